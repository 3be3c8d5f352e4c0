"""Which currency a sign means: the section's own where it fits, else the teller is asked."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from fundtracker.domain.amounts import SYMBOLS
from fundtracker.domain.desk.values import Choice, Refused, ask
from fundtracker.domain.errors import N_
from fundtracker.domain.money import CURRENCIES

if TYPE_CHECKING:
    from fundtracker.domain.desk.values import Desk
    from fundtracker.domain.desk.words import Words

_MOST_CHOICES = 3
# Upper case, as words are compared; "mn" and "k" are no signs.
_SIGNS = {sign.upper(): codes.split() for sign, codes in SYMBOLS.items()} | {"FR": ["CHF"]}
# What a sign means where it is not the section's own, without a question.
_USUAL = {"£": "GBP", "FR": "CHF", "FR.": "CHF"}


def is_coin(word: str) -> bool:
    """Whether a word is a currency's code or sign."""
    return word.upper() in CURRENCIES or word.upper() in _SIGNS


def own_currency(section: str, desk: Desk) -> str:
    """The currency of a bare number."""
    if desk.in_fund_currency or not section:
        return desk.currency
    return desk.sections[section].currency


def currency_of(sign: str | None, section: str, desk: Desk, line: Words) -> str:
    """The currency that a sign means for a section; raises Refused or Unclear."""
    own = own_currency(section, desk)
    if sign is None:
        return _with_rate(own, desk)
    word = sign.upper()
    if word in CURRENCIES:
        return _with_rate(word, desk)
    meant = _SIGNS[word]
    at_home = desk.sections[section].currency if section else desk.currency
    if at_home in meant:
        return _with_rate(at_home, desk)
    if word in _USUAL or len(meant) == 1:
        return _with_rate(_USUAL.get(word, meant[0]), desk)
    known = [code for code in meant if code in desk.rates]
    if not known:
        raise Refused(N_("The fund has no exchange rate for “%(sign)s”."), sign=sign)
    choices = tuple(Choice(code, _with_code(line, sign, code)) for code in known[:_MOST_CHOICES])
    raise ask(N_("Which currency is “%(sign)s”?"), choices, sign=sign)


def _with_code(line: Words, sign: str, code: str) -> str:
    """The line with a code instead of a sign, wherever in a word the sign stands."""
    alone = (word for word in line.words if word == sign)
    within = (word for word in line.words if sign in word and any(map(str.isdigit, word)))
    word = next(chain(alone, within))
    at = word.index(sign)
    return str(line.instead((word,), word[:at] + code + word[at + len(sign) :]))


def _with_rate(code: str, desk: Desk) -> str:
    if code not in desk.rates:
        raise Refused(N_("The fund has no exchange rate for %(code)s."), code=code)
    return code
