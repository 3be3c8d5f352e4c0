"""A number as it is typed at the desk, where thousands fly and a mark can mean two things."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fundtracker.domain.desk.values import Choice, Mark, Refused, ask
from fundtracker.domain.errors import N_
from fundtracker.domain.money import Money, currency

if TYPE_CHECKING:
    from fundtracker.domain.desk.values import Desk
    from fundtracker.domain.desk.words import Words

_SHAPE = re.compile(r"[0-9]+(?:[.,'’][0-9]+)*")
_THOUSANDS = {"": 0, "k": 3, "mn": 6}
_THREE = 3
_MOST_DIGITS = 12


def amount(text: str, suffix: str, code: str, desk: Desk, line: Words) -> Money:
    """Read digits with marks, and k or mn behind them, as an amount of a currency.

    Raises Refused, or Unclear where one mark stands before three digits.
    """
    if not _SHAPE.fullmatch(text) or sum(map(str.isdigit, text)) > _MOST_DIGITS:
        raise Refused(N_("“%(text)s” is no amount. Type it like 500, 1'000 or 12.50."), text=text)
    whole, decimals = _read(text.replace("’", "'"), suffix, code, desk, line)
    return _money(text, whole, decimals, suffix, code)


def _read(text: str, suffix: str, code: str, desk: Desk, line: Words) -> tuple[str, str]:
    """Return the digits before and after the decimal mark."""
    # Apostrophes group, whatever else is there.
    marks = [character for character in text if character in ".,"]
    if not marks:
        return _grouped(text, "'"), ""
    if len(marks) > 1:
        return _several(text, marks)
    whole, _, rest = text.partition(marks[0])
    if "'" in rest:
        raise Refused(_UNCLEAR, text=text)
    if "'" in whole or len(rest) != _THREE or not re.fullmatch(r"[1-9][0-9]{0,2}", whole):
        return _grouped(whole, "'"), rest
    meaning = desk.habits.get(marks[0]) or _only_meaning(suffix, code)
    if meaning is None:
        raise _which(text, marks[0], suffix, code, line)
    return (whole + rest, "") if meaning is Mark.GROUPS else (whole, rest)


def _several(text: str, marks: list[str]) -> tuple[str, str]:
    """Of two kinds of mark the last is the decimal one; one kind alone groups."""
    if "'" in text:
        raise Refused(_UNCLEAR, text=text)
    first, last = marks[0], marks[-1]
    if first == last:
        return _grouped(text, first), ""
    whole, _, rest = text.rpartition(last)
    return _grouped(whole, first), rest


def _only_meaning(suffix: str, code: str) -> Mark | None:
    """A currency without decimals has no choice, unless thousands are meant."""
    coin = currency(code)
    return Mark.GROUPS if not suffix and coin.step == 10**coin.exponent else None


def _which(text: str, mark: str, suffix: str, code: str, line: Words) -> Exception:
    whole, _, rest = text.partition(mark)
    readings = {Mark.GROUPS: (whole + rest, ""), Mark.FRACTION: (whole, rest)}
    choices = []
    for meaning, (units, decimals) in readings.items():
        try:
            money = _money(text, units, decimals, suffix, code)
        except Refused:
            continue
        choices.append(Choice(str(money), str(line), {mark: meaning}))
    return ask(N_("What does “%(text)s” mean?"), tuple(choices), text=text)


def _money(text: str, whole: str, decimals: str, suffix: str, code: str) -> Money:
    coin = currency(code)
    places = coin.exponent + _THOUSANDS[suffix]
    if len(decimals.rstrip("0")) > places or (decimals and not places):
        raise Refused(
            N_("%(code)s amounts have at most %(decimals)s decimals.")
            if coin.exponent
            else N_("%(code)s amounts have no decimals. Enter a whole number."),
            code=coin.code,
            decimals=coin.exponent,
        )
    money = Money(int((whole + decimals.ljust(places, "0"))[: len(whole) + places]), coin.code)
    if not money.minor:
        raise Refused(N_("Enter an amount of more than zero."))
    if money.minor % coin.step or len(str(money.minor)) > _MOST_DIGITS + coin.exponent:
        raise Refused(N_("“%(text)s” is no amount of %(code)s."), text=text, code=coin.code)
    return money


_UNCLEAR = N_("The marks in “%(text)s” are unclear. Type the amount without them.")


def _grouped(number: str, mark: str) -> str:
    """Return the digits of a number that has no marks, or one between each three."""
    if mark not in number:
        return number
    if not re.fullmatch(rf"[1-9][0-9]{{0,2}}(?:{re.escape(mark)}[0-9]{{3}})+", number):
        raise Refused(_UNCLEAR, text=number)
    return number.replace(mark, "")
