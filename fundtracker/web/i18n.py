"""The reader's language: sentences translated, money and times as the reader writes them.

Digits are always 0 to 9. What a script needs to write the same money on the client, `money_style`,
is taken from the same patterns, so that a number never changes its clothes when it is updated.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel import Locale, negotiate_locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import (
    format_decimal,
    get_currency_symbol,
    get_decimal_symbol,
    get_group_symbol,
)
from flask import has_request_context, request
from flask_babel import Babel, get_locale, gettext

from fundtracker.domain.money import Money, currency
from fundtracker.web.words import word

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from flask import Flask

    from fundtracker.domain.errors import FundtrackerError

_TRANSLATIONS = Path(__file__).resolve().parents[2] / "translations"
_NO_BREAK_SPACE = "\xa0"


@dataclass(frozen=True, slots=True)
class MoneyPattern:
    """What stands before and after the digits of a currency."""

    exponent: int
    prefix: str
    suffix: str


def setup_i18n(app: Flask) -> None:
    """Choose each reader's language among the translated ones and give templates their filters."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(_TRANSLATIONS)
    compiled = _TRANSLATIONS.glob("*/LC_MESSAGES/messages.mo")
    languages = ["en", *sorted(file.parts[-3] for file in compiled)]
    Babel(app, default_locale="en", locale_selector=lambda: _best_of(languages))
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.filters.update(
        money=format_money,
        whole=format_whole,
        count=format_count,
        per_cent=format_per_cent,
        clock=format_clock,
        day=format_day,
        date=format_calendar_day,
        moment=format_moment,
    )
    app.jinja_env.globals.update(
        Money=Money, locale=locale, currency_symbol=currency_symbol, say=say
    )


def locale() -> Locale:
    """The reader's locale; English where nobody is reading."""
    return get_locale() or Locale("en")


def say(error: FundtrackerError) -> str:
    """The sentence of an error in the reader's language, the money in it as the reader writes."""
    values = {
        name: format_money(value) if isinstance(value, Money) else value
        for name, value in error.values.items()
    }
    return str(gettext(error.message)) % values


def format_money(money: Money) -> str:
    """Write an amount to the last minor unit: €25.00."""
    return _money_in(locale(), money)


@lru_cache(maxsize=4096)
def _money_in(_own: Locale, money: Money) -> str:
    """The same, kept for each locale: tellers' desks and lists write the same sums over again."""
    exponent = currency(money.currency).exponent
    whole, rest = divmod(abs(money.minor), 10**exponent)
    decimals = f"{decimal_mark()}{rest:0{exponent}}" if exponent else ""
    return _signed(money, f"{format_count(whole)}{decimals}")


def format_whole(money: Money, *, up: bool = False) -> str:
    """Write an amount in whole units, towards nothing; `up` where what is missing is told."""
    return _signed(money, format_count(whole_units(abs(money), up=up)))


def format_short(money: Money) -> str:
    """Write an amount without its decimals where they are all noughts."""
    nothing_after = money.minor % 10 ** currency(money.currency).exponent == 0
    return format_whole(money) if nothing_after else format_money(money)


def whole_units(money: Money, *, up: bool = False) -> int:
    """How many whole units an amount has, floored, or with `up` rounded up."""
    unit: int = 10 ** currency(money.currency).exponent
    return -(-money.minor // unit) if up else money.minor // unit


def format_count(number: int) -> str:
    """Write a whole number with the reader's group marks."""
    return format_decimal(number, locale=locale())


def format_per_cent(permille: int) -> str:
    """Write tenths of a per cent as whole per cents, floored, so that 99.9 is never 100."""
    return word("per_cent", number=format_count(permille // 10))


def format_clock(moment: datetime, timezone: str) -> str:
    """Write the time of day in a fund's timezone: 18:04."""
    return str(format_time(moment, "HH:mm", tzinfo=ZoneInfo(timezone), locale=locale()))


def format_day(moment: datetime, timezone: str) -> str:
    """Write the day in a fund's timezone."""
    return str(format_date(moment.astimezone(ZoneInfo(timezone)), "d MMMM", locale=locale()))


def format_calendar_day(day: date) -> str:
    """Write a day of the calendar: 12 June 2026."""
    return str(format_date(day, "d MMMM y", locale=locale()))


def format_moment(moment: datetime, timezone: str = "UTC", *, zoned: bool = True) -> str:
    """Write a day and a time with the zone that they are in: 12 Jun 2026, 18:04 UTC.

    Without it where a whole list is in one zone, which is then said beside it.
    """
    pattern = "d MMM y, HH:mm z" if zoned else "d MMM y, HH:mm"
    return str(format_datetime(moment, pattern, tzinfo=ZoneInfo(timezone), locale=locale()))


def currency_symbol(code: str) -> str:
    """The sign of a currency as the reader knows it, or its code."""
    return str(get_currency_symbol(code, locale=locale()))


def decimal_mark() -> str:
    """The reader's decimal mark."""
    return str(get_decimal_symbol(locale()))


def group_mark() -> str:
    """The reader's mark between thousands."""
    return str(get_group_symbol(locale()))


def money_style(codes: Iterable[str]) -> dict[str, object]:
    """All that a script needs to write money in these currencies as this module does."""
    patterns = {code: _pattern(code) for code in sorted(set(codes))}
    return {
        "decimal": decimal_mark(),
        "group": group_mark(),
        "grouping": list(locale().decimal_formats[None].grouping),
        "currencies": {
            code: {"exponent": own.exponent, "prefix": own.prefix, "suffix": own.suffix}
            for code, own in patterns.items()
        },
    }


def _best_of(languages: list[str]) -> str | None:
    if not has_request_context():
        return None
    wanted = list(request.accept_languages.values())
    return negotiate_locale(wanted, languages, sep="-")


def _signed(money: Money, digits: str) -> str:
    pattern = _pattern(money.currency)
    return f"{'−' if money.minor < 0 else ''}{pattern.prefix}{digits}{pattern.suffix}"


def _pattern(code: str) -> MoneyPattern:
    """Take a currency's place from the locale."""
    return _pattern_in(locale(), code)


@lru_cache(maxsize=1024)
def _pattern_in(own: Locale, code: str) -> MoneyPattern:
    """The same for a locale; letters keep a space between them and digits."""
    standard = own.currency_formats["standard"]
    symbol = str(get_currency_symbol(code, locale=own))
    prefix = standard.prefix[0].replace("¤", symbol)
    suffix = standard.suffix[0].replace("¤", symbol)
    if prefix[-1:].isalpha():
        prefix += _NO_BREAK_SPACE
    if suffix[:1].isalpha():
        suffix = _NO_BREAK_SPACE + suffix
    return MoneyPattern(currency(code).exponent, prefix, suffix)
