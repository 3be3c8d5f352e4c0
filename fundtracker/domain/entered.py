"""Gifts that no provider tells of: by bank, in cash or by cheque, written down by a treasurer."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fundtracker.domain.donations import Method
from fundtracker.domain.errors import N_, Invalid, NotNow
from fundtracker.domain.funds import FundStatus
from fundtracker.domain.ledger import Account, Journal

if TYPE_CHECKING:
    from datetime import date

    from fundtracker.domain.funds import Fund

# Where the money is; a cheque is in hand until somebody takes it to the bank.
ARRIVES = {
    Method.BANK: Account.BANK,
    Method.CASH: Account.CASH,
    Method.CHEQUE: Account.CASH,
}
# Money for a fund may come before it opens, but hardly sooner than this.
_SOONEST = timedelta(days=365)


def is_enterable(fund: Fund) -> bool:
    """Whether money can be entered for a fund."""
    return fund.status not in {FundStatus.DRAFT, FundStatus.ARCHIVED}


def refuse_unless_enterable(fund: Fund) -> None:
    """Raise NotNow where nothing can be entered; money still arrives when a fund is closed."""
    if fund.status is FundStatus.DRAFT:
        raise NotNow(N_("This fund is a draft. Money can be entered once it is open."))
    if fund.status is FundStatus.ARCHIVED:
        raise NotNow(N_("This fund is archived. Nothing can be entered or changed any more."))


def moment_of(fund: Fund, day: date, now: datetime) -> datetime:
    """Return the time that stands for a day: its noon in the fund's timezone, or now, if earlier.

    Raises Invalid for a day to come, and for one long before the fund.
    """
    zone = ZoneInfo(fund.timezone)
    if day > now.astimezone(zone).date():
        raise Invalid(N_("This day has not come yet."), field="given_on")
    if day < (fund.opens_at - _SOONEST).astimezone(zone).date():
        raise Invalid(
            N_("This day lies more than a year before the fund opened. Please check the year."),
            field="given_on",
        )
    return min(datetime.combine(day, time(12), zone), now)


def bounds_of(fund: Fund, day: date) -> tuple[datetime, datetime]:
    """Return when a day begins and ends in the fund's timezone."""
    zone = ZoneInfo(fund.timezone)
    return (
        datetime.combine(day, time(), zone),
        datetime.combine(day + timedelta(days=1), time(), zone),
    )


def reversal(gift: Journal) -> Journal:
    """Return the journal that takes a gift back as if it had never been entered."""
    return Journal(gift.source, "reversal", tuple(-item for item in gift.entries))
