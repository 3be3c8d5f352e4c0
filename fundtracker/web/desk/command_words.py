"""What a command is going to do, in words, before it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from flask_babel import gettext

from fundtracker.domain.desk.calls import CallState
from fundtracker.domain.desk.commands import (
    Confirm,
    Fix,
    Move,
    Name,
    Repetition,
    Undo,
)
from fundtracker.domain.desk.values import Level
from fundtracker.domain.money import Money
from fundtracker.services.desk.commands import command_in
from fundtracker.services.desk.replace import fixed, moved
from fundtracker.services.desk.sitting import NoSuchLine
from fundtracker.services.desk.undo import TakenBack
from fundtracker.store import call_course, calls
from fundtracker.web.desk.place import teller
from fundtracker.web.i18n import format_count, format_money

if TYPE_CHECKING:
    from fundtracker.domain.desk.commands import Command
    from fundtracker.domain.desk.values import Desk
    from fundtracker.services.desk.understand import Understood
    from fundtracker.store.calls import CallRow
    from fundtracker.web.desk.place import Place


def command_words(place: Place, desk: Desk, line: str) -> str:
    """Say what a command does; raises Unanswered or Refused where it does nothing."""
    command = command_in(line, desk)
    if not isinstance(command, Confirm | Level) and command.number is not None:
        changed = _changed(place, command.number, anew=isinstance(command, Fix | Move))
        if changed:
            return changed
    return _meaning(place, desk, command)


def _changed(place: Place, number: int, *, anew: bool) -> str:
    """Say what became of a line that does not stand any more: whoever sends this will choose.

    Raises TakenBack where there is nothing to choose.
    """
    rows = call_course.course(place.session, place.fund.id, number, place.scope)
    if not rows:
        raise NoSuchLine(number=number)
    last = rows[-1]
    if last.state != CallState.TAKEN_BACK:
        if len(rows) == 1:
            return ""
        words = gettext(
            "Line %(number)s is %(line)s by now. Enter shows both, and you choose.",
            number=number,
            line=_of(place, last),
        )
    elif anew:
        words = gettext(
            "Line %(number)s is taken back. Enter shows it, and you choose.", number=number
        )
    else:
        raise TakenBack(number=last.number)
    return str(words)


def _meaning(place: Place, desk: Desk, command: Command) -> str:
    match command:
        case Undo() as wanted:
            words = _undo(place, wanted)
        case Fix() as wanted:
            row = _line(place, wanted.number)
            words = _replaced(place, row, fixed(place.fund, desk, row, wanted))
        case Move() as wanted:
            row = _line(place, wanted.number)
            words = _replaced(place, row, moved(place.fund, desk, row, wanted))
        case Name() as wanted:
            row = _line(place, wanted.number)
            words = gettext(
                "%(line)s is called “%(label)s”.", line=_of(place, row), label=wanted.label
            )
        case Confirm() as wanted:
            words = _confirm(place, wanted)
        case Repetition() as wanted:
            row, other = _line(place, wanted.number), _line(place, wanted.of)
            words = gettext(
                "%(line)s may be %(other)s once more; it counts until it is taken back.",
                line=_of(place, row),
                other=_of(place, other),
            )
        case Level() as wanted:
            words = _level(wanted)
        case _ as never:
            assert_never(never)
    return str(words)


def _undo(place: Place, wanted: Undo) -> str:
    if wanted.number is not None:
        rows = [_line(place, wanted.number)]
    else:
        rows = list(calls.last_of(place.session, place.fund.id, teller(), wanted.count))
    own = [row for row in rows if row.teller == teller() and not row.is_confirmed]
    asked = [row for row in rows if row.undo_asked_by not in {None, teller()}]
    lines = "; ".join(_of(place, row) for row in rows)
    if not rows:
        return str(gettext("There is no line of yours to take back."))
    if len({row.number for row in (*own, *asked)}) == len(rows):
        return str(gettext("Takes back %(lines)s.", lines=lines))
    return str(gettext("Asks a second person to take back %(lines)s.", lines=lines))


def _replaced(place: Place, row: CallRow, found: Understood) -> str:
    after = _words(place, found.section_id, found.call.count, found.call.amount)
    return str(gettext("%(line)s becomes %(after)s.", line=_of(place, row), after=after))


def _confirm(place: Place, wanted: Confirm) -> str:
    rows = calls.between(place.session, place.fund.id, wanted.first, wanted.last, place.scope)
    others = [row for row in rows if row.teller != teller()]
    total = Money(sum(row.worth for row in others), place.fund.currency)
    words = gettext(
        "Confirms %(number)s lines, %(amount)s together.",
        number=format_count(len(others)),
        amount=format_money(total),
    )
    if len(others) == len(rows):
        return str(words)
    own = gettext("%(number)s are your own and wait.", number=format_count(len(rows) - len(others)))
    return f"{words} {own}"


def _level(wanted: Level) -> str:
    if wanted.amount is None:
        return str(gettext("Nothing is called up any more."))
    return str(gettext("A section alone is %(amount)s.", amount=format_money(wanted.amount)))


def _line(place: Place, number: int) -> CallRow:
    found = calls.by_numbers(place.session, place.fund.id, [number], place.scope)
    if number not in found:
        raise NoSuchLine(number=number)
    return found[number]


def _of(place: Place, row: CallRow) -> str:
    words = _words(place, row.section_id, row.count, row.each)
    return str(gettext("line %(number)s (%(words)s)", number=row.number, words=words))


def _words(place: Place, section_id: int, count: int, each: Money | None) -> str:
    code = place.code_of(section_id) or "?"
    if each is None:
        return code
    amount = format_money(each)
    return f"{code} {count} × {amount}" if count > 1 else f"{code} {amount}"
