"""Why a fund takes no gifts now, for those who only look: nobody has been charged anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext

from fundtracker.domain.errors import FundClosed, FundNotYetOpen, FundPaused
from fundtracker.domain.funds import refuse_unless_open
from fundtracker.web.i18n import format_clock, format_day

if TYPE_CHECKING:
    from datetime import datetime

    from fundtracker.domain.funds import Fund


def refusal(fund: Fund, now: datetime) -> str:
    """Return the sentence, empty while the fund takes gifts; raises UnknownFund for a draft."""
    try:
        refuse_unless_open(fund, now)
    except FundPaused:
        return str(gettext("This fund is paused. Please come back a little later."))
    except FundClosed:
        return str(gettext("This fund is closed. Thank you to everybody who gave."))
    except FundNotYetOpen:
        return str(
            gettext(
                "This fund opens on %(day)s at %(time)s (%(timezone)s).",
                day=format_day(fund.opens_at, fund.timezone),
                time=format_clock(fund.opens_at, fund.timezone),
                timezone=fund.timezone,
            )
        )
    return ""
