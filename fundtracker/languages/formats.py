"""Money, numbers and days as a language writes them. Digits are always 0 to 9."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, get_currency_symbol, get_decimal_symbol

from fundtracker.domain.money import Money, currency

if TYPE_CHECKING:
    from datetime import date, datetime

    from babel import Locale

_NO_BREAK_SPACE = "\xa0"


@dataclass(frozen=True, slots=True)
class MoneyPattern:
    """What stands before and after the digits of a currency."""

    exponent: int
    prefix: str
    suffix: str


@dataclass(frozen=True, slots=True)
class _Form:
    """How a day is written: in English as our readers everywhere know it, else as CLDR says."""

    english: str
    elsewhere: str


_DAY = _Form("d MMMM", "MMMMd")
_SHORT_DAY = _Form("d MMM", "MMMd")
_SHORT_DAY_OF_YEAR = _Form("d MMM y", "yMMMd")


def count(own: Locale, number: int) -> str:
    """Write a whole number with its group marks."""
    return format_decimal(number, locale=own)


@lru_cache(maxsize=4096)
def money(own: Locale, amount: Money) -> str:
    """Write an amount to the last minor unit: €25.00.

    Kept for each language: tellers' desks and lists write the same sums over again.
    """
    exponent = currency(amount.currency).exponent
    units, rest = divmod(abs(amount.minor), 10**exponent)
    decimals = f"{get_decimal_symbol(own)}{rest:0{exponent}}" if exponent else ""
    return _signed(own, amount, f"{count(own, units)}{decimals}")


def whole(own: Locale, amount: Money, *, up: bool = False) -> str:
    """Write an amount in whole units, towards nothing; `up` where what is missing is told."""
    return _signed(own, amount, count(own, whole_units(abs(amount), up=up)))


def short(own: Locale, amount: Money) -> str:
    """Write an amount without its decimals where they are all noughts."""
    nothing_after = amount.minor % 10 ** currency(amount.currency).exponent == 0
    return whole(own, amount) if nothing_after else money(own, amount)


def whole_units(amount: Money, *, up: bool = False) -> int:
    """How many whole units an amount has, floored, or with `up` rounded up."""
    unit: int = 10 ** currency(amount.currency).exponent
    return -(-amount.minor // unit) if up else amount.minor // unit


@lru_cache(maxsize=1024)
def money_pattern(own: Locale, code: str) -> MoneyPattern:
    """Take a currency's place from the language; letters keep a space between them and digits."""
    standard = own.currency_formats["standard"]
    symbol = str(get_currency_symbol(code, locale=own))
    prefix = standard.prefix[0].replace("¤", symbol)
    suffix = standard.suffix[0].replace("¤", symbol)
    if prefix[-1:].isalpha():
        prefix += _NO_BREAK_SPACE
    if suffix[:1].isalpha():
        suffix = _NO_BREAK_SPACE + suffix
    return MoneyPattern(currency(code).exponent, prefix, suffix)


def day(own: Locale, of: date) -> str:
    """Write a day without its year: 12 June."""
    return str(format_date(of, _pattern(own, _DAY), locale=own))


def short_day(own: Locale, of: date) -> str:
    """Write a day where there is little room: 12 Jun."""
    return str(format_date(of, _pattern(own, _SHORT_DAY), locale=own))


def calendar_day(own: Locale, of: date) -> str:
    """Write a day of the calendar: 12 June 2026."""
    return str(format_date(of, _long_pattern(own), locale=own))


def moment(own: Locale, at: datetime, timezone: str = "UTC", *, zoned: bool = True) -> str:
    """Write a day and a time with the zone that they are in: 12 Jun 2026, 18:04 UTC."""
    return _moment(own, at, _pattern(own, _SHORT_DAY_OF_YEAR), timezone, zoned=zoned)


def long_moment(own: Locale, at: datetime) -> str:
    """Write a day and a time where there is room for both: 12 June 2026, 18:04 UTC."""
    return _moment(own, at, _long_pattern(own), "UTC", zoned=True)


def _moment(own: Locale, at: datetime, pattern: str, timezone: str, *, zoned: bool) -> str:
    clock = "HH:mm z" if zoned else "HH:mm"
    zone = ZoneInfo(timezone)
    return str(format_datetime(at, f"{pattern}, {clock}", tzinfo=zone, locale=own))


def _long_pattern(own: Locale) -> str:
    return "d MMMM y" if own.language == "en" else str(own.date_formats["long"].pattern)


def _pattern(own: Locale, form: _Form) -> str:
    if own.language == "en":
        return form.english
    return str(own.datetime_skeletons[form.elsewhere].pattern)


def _signed(own: Locale, amount: Money, digits: str) -> str:
    pattern = money_pattern(own, amount.currency)
    return f"{'−' if amount.minor < 0 else ''}{pattern.prefix}{digits}{pattern.suffix}"
