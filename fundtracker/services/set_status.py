"""Set the status of a fund: open it, pause it, close it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.funds import FundStatus
from fundtracker.store import funds

if TYPE_CHECKING:
    from datetime import datetime

    from fundtracker.services.parts import Parts
    from fundtracker.store.funds import FundRow


def set_status(parts: Parts, slug: str, status: FundStatus) -> bool:
    """Give a fund a status; return whether it had another one. Raises UnknownFund or Invalid."""
    now = parts.clock()
    with parts.database.unit_of_work() as session:
        row = funds.row_of(session, slug)
        if row.status == status:
            return False
        _check(row, status, now)
        # The row's lock first: from here on nobody else changes the fund.
        version = funds.bump(session, [row.id], now)[slug]
        row.status = status
    parts.broker.announce(slug, version)
    return True


def _check(row: FundRow, status: FundStatus, now: datetime) -> None:
    if row.status == FundStatus.ARCHIVED:
        raise Invalid(N_("This fund is archived and stays so."), field="status")
    over = row.closes_at is not None and row.closes_at <= now
    if status is FundStatus.OPEN and over:
        raise Invalid(N_("The closing time of this fund has passed."), field="status")
