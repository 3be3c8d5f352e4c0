"""When a desk takes calls, and when what was called may still be corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_, NotNow, UnknownFund
from fundtracker.domain.funds import FundStatus

if TYPE_CHECKING:
    from datetime import datetime

    from fundtracker.domain.funds import Fund


class DeskPaused(NotNow):
    """Somebody has paused the fund."""

    message = N_("The fund is paused, and the line was not booked. It goes on when the fund does.")


class DeskClosed(NotNow):
    """The collection is over."""

    message = N_("The fund is closed, and the line was not booked.")


class DeskNotYetOpen(NotNow):
    """The collection has not begun."""

    message = N_("The fund is not open yet, and the line was not booked.")


def refuse_unless_taking(fund: Fund, now: datetime) -> None:
    """Raise what a teller is told while the fund takes no calls."""
    refuse_unless_correctable(fund)
    if fund.status is FundStatus.CLOSED or (fund.closes_at is not None and now >= fund.closes_at):
        raise DeskClosed
    if fund.status is FundStatus.PAUSED:
        raise DeskPaused
    if now < fund.opens_at:
        raise DeskNotYetOpen


def refuse_unless_correctable(fund: Fund) -> None:
    """Raise unless calls may be taken back, mended and confirmed: also once the fund is closed."""
    if fund.status is FundStatus.DRAFT:
        raise UnknownFund
    if fund.status is FundStatus.ARCHIVED:
        raise NotNow(N_("The fund is archived: nothing of it is changed any more."))
