"""Undo a line: one's own while nobody has confirmed it; else a second person has to want it too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.desk.calls import CallState
from fundtracker.domain.desk.values import Refused
from fundtracker.domain.errors import N_
from fundtracker.services.desk.pledges import withdraw_pledges
from fundtracker.services.desk.sitting import EVERYTHING
from fundtracker.store import prepared, same_calls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fundtracker.services.desk.sitting import Sitting
    from fundtracker.store.calls import CallRow


class TakenBack(Refused):
    """The line does not stand any more."""

    message = N_("Line %(number)s is taken back already.")


def undo(at: Sitting, rows: Sequence[CallRow]) -> Sequence[CallRow]:
    """Take lines back, or ask a second person to; raises Refused where there is nothing."""
    if not rows:
        raise Refused(N_("There is no line of yours to take back."))
    for row in rows:
        take_back_or_ask(at, row)
    return rows


def take_back_or_ask(at: Sitting, row: CallRow) -> None:
    """Take a line back if this person alone may, or is the second one to want it."""
    refuse_if_taken_back(row)
    asked = row.undo_asked_by not in {None, at.teller}
    if asked or is_free(at, row):
        take_back(at, row)
    elif row.undo_asked_by is None:
        row.undo_asked_by = at.teller
        at.touch(row)


def is_free(at: Sitting, row: CallRow) -> bool:
    """Whether a line is one's own, and nobody has confirmed it."""
    return row.teller == at.teller and not row.is_confirmed


def take_back(at: Sitting, row: CallRow, *, instead: int | None = None) -> None:
    """Let a line count no more, perhaps for another one; its pledges are withdrawn."""
    if row.state in {CallState.COUNTED, CallState.SECOND}:
        withdraw_pledges(at, row)
    row.state, row.replaced_by = CallState.TAKEN_BACK, instead
    row.undo_asked_by = None
    # Who typed the same as a line that is gone is looked at again.
    if row.matches is not None:
        other = at.line(row.matches)
        other.matches = row.matches = None
        at.touch(other)
    # Of two that may be one, nobody need look at the other any more.
    for other in same_calls.doubles_of(at.session, row, EVERYTHING):
        other.double_open = False
        at.touch(other)
    prepared.free(at.session, at.fund.id, row.number, instead)
    at.touch(row)


def refuse_if_taken_back(row: CallRow) -> None:
    """Raise TakenBack for a line that does not stand any more."""
    if row.state == CallState.TAKEN_BACK:
        raise TakenBack(number=row.number)
