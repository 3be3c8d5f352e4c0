"""Which line an edit is of: another teller may have changed the one that it names, meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.desk.calls import CallState
from fundtracker.services.desk.sitting import EVERYTHING, Differs, NoSuchLine
from fundtracker.services.desk.undo import refuse_if_taken_back
from fundtracker.store import call_course

if TYPE_CHECKING:
    from fundtracker.domain.desk.seen import Seen
    from fundtracker.services.desk.sitting import Sitting
    from fundtracker.store.calls import CallRow


def edited(at: Sitting, number: int, seen: Seen, *, anew: bool = False) -> CallRow:
    """Return the line that an edit of a number is of, as it stands now.

    Of one that was replaced that is the line which stands instead, and with `anew` one that is
    taken back may be booked again: either only once the teller has been shown so, and chosen.
    Raises Differs, NoSuchLine, or TakenBack where nothing is left to be edited.
    """
    rows = call_course.course(at.session, at.fund.id, number, EVERYTHING)
    if not rows:
        raise NoSuchLine(number=number)
    first, last = rows[0], rows[-1]
    gone = last.state == CallState.TAKEN_BACK
    if gone and not anew:
        refuse_if_taken_back(last)
    if at.changed_since(rows, seen) or (not seen.chosen and (gone or last is not first)):
        waiting = call_course.waiting(at.session, at.fund.id, last.number, EVERYTHING)
        raise Differs([row.number for row in (*rows, *waiting)])
    return last
