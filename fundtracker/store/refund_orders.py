"""Refunds that a treasurer asked for, from the asking until Stripe has told of the refund."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.store.base import Base, Key, Private


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

    __table_args__ = (CheckConstraint("amount > 0", name="amount"),)
