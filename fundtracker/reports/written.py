"""Cells as they stand on paper."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from fundtracker.domain.money import Money
from fundtracker.reports.tables import decimals

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from fundtracker.reports.tables import Cell


def amount(money: Money) -> str:
    """Write an amount with its currency, in groups of three: EUR 1,234.50."""
    number = decimals(money)
    sign = "-" if number.startswith("-") else ""
    whole, point, rest = number.removeprefix("-").partition(".")
    return f"{money.currency} {sign}{int(whole):,}{point}{rest}"


def written(cell: Cell, zone: ZoneInfo) -> str:
    """Write any cell; times in the timezone of the paper."""
    if cell is None:
        return ""
    if isinstance(cell, Money):
        return amount(cell)
    if isinstance(cell, datetime):
        return f"{cell.astimezone(zone):%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    return f"{cell:,}" if isinstance(cell, int) else cell
