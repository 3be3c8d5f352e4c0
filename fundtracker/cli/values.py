"""What is typed behind a command, and amounts as a terminal shows them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from fundtracker.domain.errors import Invalid
from fundtracker.domain.money import currency
from fundtracker.domain.rates import Rate

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

DATE = len("2026-06-14")


class Moment(click.ParamType[datetime]):
    """A day and a time, in the fund's timezone unless the text names another one."""

    name = "YYYY-MM-DD HH:MM"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's own signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> datetime:
        """Read it; a day alone would leave open where in it."""
        text = str(value).strip()
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.fail(f"{text} is not a time such as 2026-06-14 18:00.", param, ctx)
        if len(text) <= DATE:
            self.fail(f"{text} is a whole day; say the time too, as in {text} 18:00.", param, ctx)
        return moment


class RateOf(click.ParamType[tuple[str, Rate]]):
    """A currency and what one unit of it is worth in the fund's currency."""

    name = "CURRENCY=RATE"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's own signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, Rate]:
        """Read it."""
        code, equals, number = str(value).partition("=")
        if not equals:
            self.fail(f"{value} is not of the form GBP=1.15.", param, ctx)
        try:
            return code.strip().upper(), Rate.parse(number)
        except Invalid as error:
            self.fail(str(error), param, ctx)


def in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return an aware time."""
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment


def amount(minor: int, code: str) -> str:
    """Return "1,234.50" for minor units of a currency."""
    exponent = currency(code).exponent
    whole, rest = divmod(abs(minor), 10**exponent)
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole:,}.{rest:0{exponent}}" if exponent else f"{sign}{whole:,}"
