"""The reader's language: sentences translated, money and times as the reader writes them.

What a script needs to write the same money on the client, `money_style`, is taken from the same
patterns, so that a number never changes its clothes when it is updated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel import Locale, negotiate_locale
from babel.dates import format_time
from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol
from flask import has_request_context, request
from flask_babel import Babel, get_locale, gettext

from fundtracker.domain.money import Money
from fundtracker.languages import catalogues, formats
from fundtracker.web.words import word

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from flask import Flask

    from fundtracker.domain.errors import FundtrackerError

# What donors read, and those who promise, is translated first: in these languages there is no more.
FOR_DONORS = frozenset({"de"})
_DONORS_ROOMS = frozenset({"giving", "home"})


def setup_i18n(app: Flask) -> None:
    """Choose each reader's language among the translated ones and give templates their filters."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(catalogues.TRANSLATIONS)
    languages = catalogues.languages()
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
    return formats.money(locale(), money)


def format_whole(money: Money, *, up: bool = False) -> str:
    """Write an amount in whole units, towards nothing; `up` where what is missing is told."""
    return formats.whole(locale(), money, up=up)


def format_short(money: Money) -> str:
    """Write an amount without its decimals where they are all noughts."""
    return formats.short(locale(), money)


def format_count(number: int) -> str:
    """Write a whole number with the reader's group marks."""
    return formats.count(locale(), number)


def format_per_cent(permille: int) -> str:
    """Write tenths of a per cent as whole per cents, floored, so that 99.9 is never 100."""
    return word("per_cent", number=format_count(permille // 10))


def format_clock(moment: datetime, timezone: str) -> str:
    """Write the time of day in a fund's timezone: 18:04."""
    return str(format_time(moment, "HH:mm", tzinfo=ZoneInfo(timezone), locale=locale()))


def format_day(moment: datetime, timezone: str) -> str:
    """Write the day in a fund's timezone."""
    return formats.day(locale(), moment.astimezone(ZoneInfo(timezone)).date())


def format_short_day(day: date) -> str:
    """Write a day of the calendar where there is little room: 12 Jun."""
    return formats.short_day(locale(), day)


def format_calendar_day(day: date) -> str:
    """Write a day of the calendar: 12 June 2026."""
    return formats.calendar_day(locale(), day)


def format_moment(moment: datetime, timezone: str = "UTC", *, zoned: bool = True) -> str:
    """Write a day and a time with the zone that they are in: 12 Jun 2026, 18:04 UTC.

    Without it where a whole list is in one zone, which is then said beside it.
    """
    return formats.moment(locale(), moment, timezone, zoned=zoned)


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
    patterns = {code: formats.money_pattern(locale(), code) for code in sorted(set(codes))}
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
    rooms = set(request.blueprints)
    # Elsewhere half of a page would be in another language, and a hall's is not its laptop's.
    if rooms and not rooms & _DONORS_ROOMS:
        languages = [language for language in languages if language not in FOR_DONORS]
    return negotiate_locale(wanted, languages, sep="-")
