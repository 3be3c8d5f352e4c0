"""What a teller types behind a slash: to take back, to mend, to name, to confirm."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fundtracker.domain.desk.coins import currency_of
from fundtracker.domain.desk.numbers import amount
from fundtracker.domain.desk.tokens import sort
from fundtracker.domain.desk.values import Level, Question, Refusal, Refused, Unclear
from fundtracker.domain.desk.who import section_of
from fundtracker.domain.desk.words import Words, take_apart
from fundtracker.domain.errors import N_, Invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fundtracker.domain.desk.values import Desk

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the last lines of one's own, or the one with a number, whosever it is."""

    count: int = 1
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Fix:
    """Give a line another amount, which is read in the currency of that line's section."""

    number: int
    amount: str


@dataclass(frozen=True, slots=True)
class Move:
    """Give a line to another section, "" for none."""

    number: int
    section: str


@dataclass(frozen=True, slots=True)
class Name:
    """Put a label to a line."""

    number: int
    label: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Confirm:
    """Confirm lines from one to another."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Repetition:
    """Say that one line is another one once more."""

    number: int
    of: int


Command = Undo | Fix | Move | Name | Confirm | Repetition | Level


def read_command(line: str, desk: Desk) -> Command | Question | Refusal:
    """Read a line that begins with a slash."""
    try:
        parts = take_apart(line)
        name, *_ = parts.words or ("",)
        known = _COMMANDS.get(name.lower())
        if known is None:
            raise Refused(
                N_("There is no command “%(name)s”; there are %(known)s."),
                name=name,
                known=", ".join(_COMMANDS),
            )
        return known(parts, desk)
    except Unclear as unclear:
        return unclear.question
    except Invalid as error:
        return Refusal(error.message, error.values)


def _undo(line: Words, _desk: Desk) -> Command:
    usage = N_("/undo, /undo 3 for the last three, or /undo #12 for line 12")
    if len(line.words) == 1:
        return Undo()
    if line.words[1].startswith("#"):
        (number,) = _numbers(line, r"/undo #([1-9][0-9]{0,8})", usage)
        return Undo(number=number)
    (count,) = _numbers(line, r"/undo ([0-9]{1,3})", usage)
    if not 0 < count <= MOST_AT_ONCE:
        raise Refused(N_("At most %(most)s lines at once."), most=MOST_AT_ONCE)
    return Undo(count)


def _fix(line: Words, _desk: Desk) -> Command:
    usage = N_("/fix 12 500 gives line 12 the amount 500")
    if len(line.words) < 3:  # noqa: PLR2004 - command, number, amount
        raise _usage(usage)
    number, *typed = line.words[1:]
    if not sort(tuple(typed)).amounts:
        raise _usage(usage)
    return Fix(_line_number(number, usage), " ".join(typed))


def _move(line: Words, desk: Desk) -> Command:
    usage = N_("/move 12 CH gives line 12 to Switzerland")
    if len(line.words) != 3:  # noqa: PLR2004 - command, number, section
        raise _usage(usage)
    _, number, who = line.words
    return Move(_line_number(number, usage), section_of(who, desk, line))


def _name(line: Words, _desk: Desk) -> Command:
    usage = N_('/name 12 "Zürich branch" puts a label to line 12')
    if len(line.words) != 2 or line.label is None:  # noqa: PLR2004 - command, number
        raise _usage(usage)
    return Name(_line_number(line.words[1], usage), line.label)


def _ok(line: Words, _desk: Desk) -> Command:
    usage = N_("/ok 12 or /ok 12-20 confirms lines")
    numbers = _numbers(line, r"/ok ([0-9]{1,9})(?: ?- ?([0-9]{1,9}))?", usage)
    first, last = numbers[0], numbers[-1]
    if not 0 < first <= last:
        raise _usage(usage)
    return Confirm(first, last)


def _double(line: Words, _desk: Desk) -> Command:
    usage = N_("/double 12 9 says that line 12 is line 9 once more")
    number, of = _numbers(line, r"/double ([0-9]{1,9}) ([0-9]{1,9})", usage)
    if number == of or not number or not of:
        raise _usage(usage)
    return Repetition(number, of)


def _level(line: Words, desk: Desk) -> Command:
    usage = N_("/level 500 EUR sets the amount that is called up, /level off ends it")
    if [word.lower() for word in line.words[1:]] == ["off"]:
        return Level(None)
    tokens = sort(line.words[1:])
    if len(tokens.amounts) != 1 or tokens.who or tokens.count:
        raise _usage(usage)
    (typed,) = tokens.amounts
    code = currency_of(tokens.coin or typed.coin, "", desk, line)
    return Level(amount(typed.digits, typed.suffix, code, desk, line))


_COMMANDS: Mapping[str, Callable[[Words, Desk], Command]] = {
    "/undo": _undo,
    "/fix": _fix,
    "/move": _move,
    "/name": _name,
    "/ok": _ok,
    "/double": _double,
    "/level": _level,
}


def _numbers(line: Words, shape: str, usage: str) -> list[int]:
    found = re.fullmatch(shape, " ".join(line.words), re.IGNORECASE)
    if found is None or line.label or line.note:
        raise _usage(usage)
    return [int(number) for number in found.groups() if number is not None]


def _line_number(text: str, usage: str) -> int:
    if not text.isdigit() or len(text) > 9 or not int(text):  # noqa: PLR2004 - far above any line
        raise _usage(usage)
    return int(text)


def _usage(usage: str) -> Refused:
    return Refused(N_("Type it like this: %(usage)s."), usage=usage)
