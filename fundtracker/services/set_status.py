"""Set the status of a fund: open it, pause it, close it, put it into the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.funds import FundStatus
from fundtracker.services.record import record
from fundtracker.services.round_pledges import round_pledges
from fundtracker.store import funds

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.services.parts import Parts
    from fundtracker.store.funds import FundRow


def set_status(parts: Parts, slug: str, status: FundStatus) -> bool:
    """Give a fund a status; return whether it had another one. Raises UnknownFund or Invalid."""
    with parts.database.unit_of_work() as session:
        # The row's lock first: from here on nobody else changes the fund.
        row = funds.locked(session, slug)
        if row.status == status:
            return False
        version = give_status(session, parts, row, status)
    parts.broker.announce(slug, version)
    if status is FundStatus.CLOSED:
        round_pledges(parts, slug)
    return True


def give_status(session: Session, parts: Parts, row: FundRow, status: FundStatus) -> int:
    """Give a fund that is locked another status; return its new version. Raises Invalid."""
    now, before = parts.clock(), row.status
    _check(row, status, now)
    version = funds.bump(session, [row.id], now)[row.slug]
    row.status = status
    session.flush()
    record(
        session,
        parts,
        Action.FUND_CHANGED,
        f"fund:{row.slug}",
        fund_id=row.id,
        before={"status": before},
        after={"status": str(status)},
    )
    return version


def _check(row: FundRow, status: FundStatus, now: datetime) -> None:
    if row.status == FundStatus.ARCHIVED:
        raise Invalid(N_("This fund is archived and stays so."), field="status")
    if status is FundStatus.DRAFT:
        raise Invalid(N_("This fund is known outside and cannot be a draft again."), field="status")
    over = row.closes_at is not None and row.closes_at <= now
    if status is FundStatus.OPEN and over:
        raise Invalid(N_("The closing time of this fund has passed."), field="status")
