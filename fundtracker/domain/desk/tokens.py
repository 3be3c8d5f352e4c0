"""The words of a line sorted by what they are; each sort stands there once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fundtracker.domain.amounts import SYMBOLS
from fundtracker.domain.desk.coins import is_coin
from fundtracker.domain.desk.values import A_YEAR, MOST_INSTALMENTS, MOST_PEOPLE, PaidBy, Refused
from fundtracker.domain.desk.who import NOBODY
from fundtracker.domain.errors import N_
from fundtracker.domain.money import CURRENCIES

if TYPE_CHECKING:
    from collections.abc import Collection

_VERBS = {member.value: member for member in PaidBy} | {"check": PaidBy.CHEQUE}
_COINS = "|".join(
    re.escape(word) for word in sorted([*SYMBOLS, *CURRENCIES, "fr"], key=len, reverse=True)
)
_AMOUNT = re.compile(
    rf"(?P<total>=)?(?:(?P<people>[0-9]+)@)?(?P<before>{_COINS})?"
    rf"(?P<digits>[0-9][0-9.,'’]*)(?P<suffix>k(?![rč])|mn)?(?P<after>{_COINS})?(?:/m(?P<months>[0-9]*))?",
    re.IGNORECASE,
)
_LEVEL = re.compile(r"([0-9]+)@")
_TIMES = re.compile(r"[x×]([0-9]+)", re.IGNORECASE)
_BADGE = re.compile(r"#([A-Za-z0-9-]{1,12})")


@dataclass(slots=True)
class Tokens:
    """What a line has of each sort; `amounts` may be several words that are one number."""

    who: str | None = None
    amounts: list[Typed] = field(default_factory=list)
    coin: str | None = None
    count: int | None = None
    paid_by: PaidBy | None = None
    badge: str | None = None
    parked: bool = False
    prepared: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """A word that is an amount, taken apart."""

    word: str
    digits: str
    suffix: str = ""
    coin: str | None = None
    people: int | None = None
    months: int | None = None
    total: bool = False


def sort(words: tuple[str, ...], names: Collection[str] = ()) -> Tokens:
    """Sort words; raises Refused for what stands there twice, or not whole.

    `names` are the codes and aliases of sections, in capitals: France's is the franc's as well, and
    the first word that is one names the section.
    """
    tokens = Tokens()
    rest = iter(words)
    for word in rest:
        if word in {"x", "X", "×"}:
            following = next(rest, "")
            if not following.isdigit():
                raise Refused(N_("How many? Type a number after the x."))
            _once(tokens, "count", _people(following))
        elif tokens.who is None and word.upper() in names:
            tokens.who = word
        elif not (_mark(tokens, word) or _word(tokens, word)):
            _once(tokens, "who", word)
    return tokens


def _mark(tokens: Tokens, word: str) -> bool:
    """Take a word that is a mark; return whether it was one."""
    badge, times, level = _BADGE.fullmatch(word), _TIMES.fullmatch(word), _LEVEL.fullmatch(word)
    if word == "~":
        _once(tokens, "parked", value=True)
    elif word == "!":
        _once(tokens, "prepared", value=True)
    elif word == NOBODY:
        _once(tokens, "who", word)
    elif badge:
        _once(tokens, "badge", badge[1])
    elif times or level:
        _once(tokens, "count", _people((times or level or [])[1]))
    else:
        return False
    return True


def _word(tokens: Tokens, word: str) -> bool:
    """Take a word that is a way to pay, a currency or an amount; return whether it was one."""
    verb = _VERBS.get(word.lower())
    found = _AMOUNT.fullmatch(word)
    if verb:
        _once(tokens, "paid_by", verb)
    elif is_coin(word):
        _once(tokens, "coin", word)
    elif found:
        tokens.amounts.append(_typed(word, found))
    elif word[0] in "-−–=" or word[0].isdigit():
        raise Refused(N_("“%(word)s” is no amount. Type it like 500, 1'000 or 12.50."), word=word)
    else:
        return False
    return True


def _typed(word: str, found: re.Match[str]) -> Typed:
    if found["before"] and found["after"]:
        raise Refused(N_("“%(word)s” names two currencies."), word=word)
    months = found["months"]
    return Typed(
        word=word,
        digits=found["digits"],
        suffix=(found["suffix"] or "").lower(),
        coin=found["before"] or found["after"],
        people=None if found["people"] is None else _people(found["people"]),
        months=None if months is None else _months(months),
        total=found["total"] is not None,
    )


def _people(digits: str) -> int:
    if len(digits) > len(str(MOST_PEOPLE)) or not 0 < int(digits) <= MOST_PEOPLE:
        raise Refused(N_("A line is for 1 to %(most)s people."), most=MOST_PEOPLE)
    return int(digits)


def _months(digits: str) -> int:
    if not digits:
        return A_YEAR
    if len(digits) > len(str(MOST_INSTALMENTS)) or not 1 < int(digits) <= MOST_INSTALMENTS:
        raise Refused(N_("There are 2 to %(most)s instalments."), most=MOST_INSTALMENTS)
    return int(digits)


_TWICE = {
    "who": N_("This line names two sections: “%(word)s” as well."),
    "coin": N_("This line names two currencies."),
    "count": N_("This line says twice how many people."),
    "paid_by": N_("This line says twice how it will be paid."),
    "badge": N_("This line has two badges."),
    "parked": N_("One ~ is enough."),
    "prepared": N_("One ! is enough."),
}


def _once(tokens: Tokens, sort_of: str, value: object) -> None:
    if getattr(tokens, sort_of):
        raise Refused(_TWICE[sort_of], word=value)
    setattr(tokens, sort_of, value)
