"""Commands: each by what it does, in the turn of the teller who typed it."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from fundtracker.domain.desk.calls import CallState
from fundtracker.domain.desk.commands import (
    Confirm,
    Fix,
    Level,
    Move,
    Name,
    Repetition,
    Undo,
    read_command,
)
from fundtracker.domain.desk.values import Question, Refusal, Refused
from fundtracker.domain.errors import N_
from fundtracker.services.desk.check import confirm
from fundtracker.services.desk.pledges import name_pledges
from fundtracker.services.desk.replace import fix, move
from fundtracker.services.desk.understand import Unanswered
from fundtracker.services.desk.undo import refuse_if_taken_back, undo

if TYPE_CHECKING:
    from fundtracker.domain.desk.commands import Command
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


def do(at: Sitting, desk: Desk, origin: Origin, shown: int | None) -> list[CallRow]:
    """Do what a line behind a slash says, and return the lines that it made or changed.

    Raises Differs where somebody else has changed a line that it names since the version `shown`.
    """
    command = command_in(origin.raw, desk)
    if isinstance(command, Fix | Move | Name | Repetition):
        at.refuse_changed([at.line(command.number)], shown)
    return _done(at, desk, command, origin, shown)


def _done(
    at: Sitting, desk: Desk, command: Command, origin: Origin, shown: int | None
) -> list[CallRow]:
    match command:
        case Undo() as wanted:
            rows = undo(at, wanted, shown)
        case Fix() as wanted:
            rows = fix(at, desk, wanted, origin)
        case Move() as wanted:
            rows = move(at, desk, wanted, origin)
        case Name() as wanted:
            rows = _name(at, wanted)
        case Confirm() as wanted:
            rows = confirm(at, wanted, shown)
        case Repetition() as wanted:
            rows = _double(at, wanted)
        case Level() as wanted:
            rows = _level(at, wanted)
        case _ as never:
            assert_never(never)
    return rows


def _name(at: Sitting, wanted: Name) -> list[CallRow]:
    """Put a label to a line, and to its pledges, which are no placeholders any more."""
    row = at.line(wanted.number)
    refuse_if_taken_back(row)
    row.label = wanted.label
    name_pledges(at, row)
    at.touch(row)
    return [row]


def _double(at: Sitting, wanted: Repetition) -> list[CallRow]:
    """Flag a line as another one heard twice: it counts until somebody takes it back."""
    row, other = at.lines([wanted.number, wanted.of])
    for each in (row, other):
        refuse_if_taken_back(each)
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
