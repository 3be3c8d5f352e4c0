"""Commands: each by what it does, in the turn of the teller who typed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from fundtracker.domain.desk.calls import CallState
from fundtracker.domain.desk.commands import (
    Confirm,
    Fix,
    Move,
    Name,
    Repetition,
    Undo,
    read_command,
)
from fundtracker.domain.desk.values import Level, Question, Refusal, Refused
from fundtracker.domain.errors import N_
from fundtracker.services.desk.check import confirm
from fundtracker.services.desk.edited import edited
from fundtracker.services.desk.pledges import name_pledges
from fundtracker.services.desk.replace import fixed, moved, replace_line
from fundtracker.services.desk.understand import Unanswered
from fundtracker.services.desk.undo import refuse_if_taken_back, undo
from fundtracker.store import calls, pledges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fundtracker.domain.desk.commands import Command
    from fundtracker.domain.desk.seen import Seen
    from fundtracker.domain.desk.values import Desk
    from fundtracker.services.desk.book import Origin
    from fundtracker.services.desk.sitting import Sitting
    from fundtracker.store.calls import CallRow


def command_in(line: str, desk: Desk) -> Command:
    """Return what a line behind a slash means; raises Unanswered or Refused."""
    answer = read_command(line, desk)
    if isinstance(answer, Question):
        raise Unanswered(answer)
    if isinstance(answer, Refusal):
        raise answer.error
    return answer


def do(at: Sitting, desk: Desk, origin: Origin, seen: Seen) -> Sequence[CallRow]:
    """Do what a line behind a slash says, and return the lines that it made or changed.

    Raises Differs where somebody else has changed a line that it names, and it was not seen so.
    """
    rows: Sequence[CallRow]
    match command_in(origin.raw, desk):
        case Undo() as wanted:
            rows = undo(at, _to_undo(at, wanted, seen))
        case Fix() as wanted:
            old = _to_mend(at, wanted.number, seen)
            rows = replace_line(at, old, fixed(at.fund, desk, old, wanted), origin)
        case Move() as wanted:
            old = _to_mend(at, wanted.number, seen)
            rows = replace_line(at, old, moved(at.fund, desk, old, wanted), origin)
        case Name() as wanted:
            rows = _name(at, edited(at, wanted.number, seen), wanted.label)
        case Confirm() as wanted:
            rows = confirm(at, wanted, seen)
        case Repetition() as wanted:
            rows = _double(at, edited(at, wanted.number, seen), at.line(wanted.of))
        case Level() as wanted:
            rows = _level(at, wanted)
        case _ as never:
            assert_never(never)
    return rows


def _to_undo(at: Sitting, wanted: Undo, seen: Seen) -> Sequence[CallRow]:
    """The line of a number, or the last ones of one's own."""
    if wanted.number is not None:
        return [edited(at, wanted.number, seen)]
    rows = calls.last_of(at.session, at.fund.id, at.teller, wanted.count)
    at.refuse_changed(rows, seen)
    return rows


def _to_mend(at: Sitting, number: int, seen: Seen) -> CallRow:
    """The line of a number; one that is taken back may be booked anew if it ever counted."""
    row = edited(at, number, seen, anew=True)
    if row.state == CallState.TAKEN_BACK and not pledges.of_call(at.session, row.id):
        raise Refused(
            N_("Line %(number)s is taken back, and did not count: type it anew."), number=row.number
        )
    return row


def _name(at: Sitting, row: CallRow, label: str) -> list[CallRow]:
    """Put a label to a line, and to its pledges, which are no placeholders any more."""
    row.label = label
    name_pledges(at, row)
    at.touch(row)
    return [row]


def _double(at: Sitting, row: CallRow, other: CallRow) -> list[CallRow]:
    """Flag a line as another one heard twice: it counts until somebody takes it back."""
    refuse_if_taken_back(other)
    if row.state not in {CallState.COUNTED, CallState.SECOND}:
        raise Refused(N_("Line %(number)s does not count."), number=row.number)
    row.double_of, row.double_open = other.number, True
    at.touch(row)
    return [row]


def _level(at: Sitting, wanted: Level) -> list[CallRow]:
    """Set what is called up, for every teller of the desk."""
    money = wanted.amount
    at.row.level = None if money is None else money.minor
    at.row.level_currency = None if money is None else money.currency
    at.visible = True
    return []
