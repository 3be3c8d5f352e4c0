"""What needs a person's hand, counted for the treasury's first page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from fundtracker.domain.donations import DonationStatus
from fundtracker.domain.facts import RefundStatus
from fundtracker.store.donations import DonationRow
from fundtracker.store.inbox import InboxRow, InboxState
from fundtracker.store.jobs import JobRow
from fundtracker.store.payments import DisputeRow, RefundRow
from fundtracker.store.scoping import within

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope

# Disputes for which there is nothing to be done: the bank has them, or they are over. Any other
# word of Stripe's, a new one among them, needs a response.
_AT_REST = (
    "warning_under_review",
    "warning_closed",
    "under_review",
    "won",
    "lost",
    "prevented",
)
_WAITING = (InboxState.PARKED, InboxState.QUARANTINED, InboxState.FAILED)


@dataclass(frozen=True, slots=True)
class Needed:
    """Donations without a rate, disputes without an answer, refunds that the donor must help."""

    without_rate: int
    disputes: int
    refunds: int


def of_donations(session: Session, scope: Scope) -> Needed:
    """Count what is in a reader's own donations."""
    of_donation = DonationRow.id
    queries = (
        select(func.count()).where(
            DonationRow.rate_mantissa.is_(None), DonationRow.status == DonationStatus.SUCCEEDED
        ),
        select(func.count())
        .join_from(DisputeRow, DonationRow, of_donation == DisputeRow.donation_id)
        .where(DisputeRow.status.not_in(_AT_REST)),
        select(func.count())
        .join_from(RefundRow, DonationRow, of_donation == RefundRow.donation_id)
        .where(RefundRow.status == RefundStatus.REQUIRES_ACTION),
    )
    place = (DonationRow.fund_id, DonationRow.section_id)
    return Needed(*(session.scalar(within(query, scope, *place)) or 0 for query in queries))


def of_the_house(session: Session) -> dict[str, int]:
    """Count messages of Stripe's by their state, and jobs under "jobs", that wait for a person."""
    query = select(InboxRow.state, func.count().label("waiting")).group_by(InboxRow.state)
    rows = session.execute(query.where(InboxRow.state.in_(_WAITING)))
    failed = select(func.count()).where(JobRow.done_at.is_(None), JobRow.failed_at.is_not(None))
    return {row.state: row.waiting for row in rows} | {"jobs": session.scalar(failed) or 0}
