"""What has paid a pledge, and what is on its way to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from fundtracker.domain.allocations import AllocationStatus
from fundtracker.domain.donations import DonationStatus
from fundtracker.domain.money import Money
from fundtracker.store.donations import DonationRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.store.allocations import AllocationRow
    from fundtracker.store.pledges import PledgeRow


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that counts for a pledge, in its currency."""

    at: datetime
    amount: Money


def arrived(row: PledgeRow, parts: Iterable[AllocationRow]) -> tuple[Payment, ...]:
    """What has paid a pledge and is still there, oldest first, from its allocations."""
    return tuple(
        Payment(part.decided_at or part.made_at, Money(part.kept_amount, row.currency))
        for part in parts
        if part.status == AllocationStatus.CONFIRMED and part.kept_amount
    )


def on_the_way(session: Session, pledge_id: int) -> tuple[Money, ...]:
    """What was paid for a pledge on the payment page, and of which the bank has not told yet."""
    query = select(DonationRow.amount, DonationRow.currency).where(
        DonationRow.pledge_id == pledge_id, DonationRow.status == DonationStatus.PROCESSING
    )
    return tuple(
        Money(amount, code) for amount, code in session.execute(query.order_by(DonationRow.id))
    )
