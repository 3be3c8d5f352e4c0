"""Refunds that a treasurer asked for, from the asking until Stripe has told of the refund."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, and_, func, select
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain.facts import RefundStatus
from fundtracker.store.base import Base, Key, Private
from fundtracker.store.donations import DonationRow, StripeRefRow
from fundtracker.store.payments import RefundRow

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

# So far Stripe has a refund, and its money has not left the gift yet.
_ON_ITS_WAY = (RefundStatus.PENDING, RefundStatus.REQUIRES_ACTION)


class RefundOrderRow(Base):
    """Money that is to go back; `key` is Stripe's idempotency key and stands in its metadata.

    Until `refund_id` is known, `amount` (minor units of the donation's currency) is spoken for,
    unless `refused_at` says that Stripe will not.
    """

    __tablename__ = "refund_order"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(unique=True)
    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"), index=True)
    amount: Mapped[int]
    reason: Mapped[Private]
    actor: Mapped[str]
    asked_at: Mapped[datetime]
    refund_id: Mapped[str | None] = mapped_column(index=True)
    refused_at: Mapped[datetime | None]
    note: Mapped[str | None]
    # Whether the pledge that the gift paid is withdrawn with it, and when it was.
    withdraws: Mapped[bool] = mapped_column(default=False)
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)


def by_key(session: Session, key: str) -> RefundOrderRow | None:
    """The order that a form made, if it was sent before."""
    return session.scalar(select(RefundOrderRow).where(RefundOrderRow.key == key))


def known(session: Session, key: str) -> RefundOrderRow:
    """The order of that key, which is there."""
    return session.scalars(select(RefundOrderRow).where(RefundOrderRow.key == key)).one()


def of_donation(session: Session, donation_id: int) -> list[RefundOrderRow]:
    """The orders of a donation, in the order of the asking."""
    query = select(RefundOrderRow).where(RefundOrderRow.donation_id == donation_id)
    return list(session.scalars(query.order_by(RefundOrderRow.id)))


def withdrawing(session: Session, donation_ids: Collection[int]) -> list[RefundOrderRow]:
    """The orders of donations whose pledges are to be withdrawn, now that the money is back."""
    query = (
        select(RefundOrderRow)
        .join(RefundRow, RefundRow.id == RefundOrderRow.refund_id)
        .where(
            RefundOrderRow.donation_id.in_(donation_ids),
            RefundOrderRow.withdraws,
            RefundOrderRow.withdrawn_at.is_(None),
            RefundRow.status == RefundStatus.SUCCEEDED,
        )
    )
    return list(session.scalars(query.order_by(RefundOrderRow.id)))


def open_keys(session: Session, limit: int) -> list[str]:
    """The orders of which Stripe has said nothing yet, oldest first."""
    query = select(RefundOrderRow.key).where(
        RefundOrderRow.refund_id.is_(None),
        RefundOrderRow.refused_at.is_(None),
    )
    return list(session.scalars(query.order_by(RefundOrderRow.id).limit(limit)))


def left(session: Session, donation: DonationRow) -> int:
    """What of a donation can still be refunded: kept, and neither ordered nor on its way back.

    To be asked under the donation's lock. An order whose refund Stripe told of before we knew its
    id counts twice for a moment: rather too little is offered than too much given back.
    """
    unheard = select(func.coalesce(func.sum(RefundOrderRow.amount), 0)).outerjoin(
        RefundRow,
        and_(RefundRow.id == RefundOrderRow.refund_id, RefundRow.account == donation.account),
    )
    ordered = session.scalar(
        unheard.where(
            RefundOrderRow.donation_id == donation.id,
            RefundOrderRow.refused_at.is_(None),
            RefundRow.id.is_(None),
        ),
    )
    on_its_way = session.scalar(
        select(func.coalesce(func.sum(RefundRow.amount), 0)).where(
            RefundRow.donation_id == donation.id,
            RefundRow.status.in_(_ON_ITS_WAY),
        ),
    )
    return max(donation.kept - int(ordered or 0) - int(on_its_way or 0), 0)


def intent_of(session: Session, donation: DonationRow) -> str | None:
    """The payment intent by which Stripe knows a donation."""
    query = select(StripeRefRow.id).where(
        StripeRefRow.account == donation.account,
        StripeRefRow.donation_id == donation.id,
        StripeRefRow.id.startswith("pi_", autoescape=True),
    )
    return session.scalar(query.limit(1))
