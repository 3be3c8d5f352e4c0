"""Allocations: so much of a donation pays so much of a pledge."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, select, update
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain.allocations import AllocationStatus, Share
from fundtracker.domain.errors import UnknownAllocation
from fundtracker.store.base import Base, Key
from fundtracker.store.scoping import within

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope


class AllocationRow(Base):
    """A part of a donation that pays a part of a pledge, of whose fund and section it is.

    `given` is minor units of the donation's currency, `amount` of the pledge's, `base` of the
    fund's, as agreed; `kept_amount` and `kept_base` are what refunds have left of it. A donation's
    parts stand in the order of their ids.
    """

    __tablename__ = "allocation"

    id: Mapped[Key]
    token: Mapped[str] = mapped_column(unique=True)
    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"))
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"))
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"))
    status: Mapped[str]
    given: Mapped[int]
    amount: Mapped[int]
    base: Mapped[int]
    kept_amount: Mapped[int]
    kept_base: Mapped[int]
    actor: Mapped[str]
    made_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("given > 0 AND amount > 0 AND base >= 0", name="amounts"),
        CheckConstraint("kept_amount BETWEEN 0 AND amount", name="kept"),
        Index("ix_allocation_donation", "donation_id", "id"),
        Index("ix_allocation_pledge", "pledge_id", "id"),
        Index("ix_allocation_place", "fund_id", "section_id", "status"),
    )

    @property
    def share(self) -> Share:
        """What was agreed."""
        return Share(self.given, self.amount, self.base)


def confirmed_of(session: Session, donation_ids: Collection[int]) -> dict[int, list[AllocationRow]]:
    """The confirmed parts of donations, by donation, in their order."""
    query = (
        select(AllocationRow)
        .where(
            AllocationRow.donation_id.in_(donation_ids),
            AllocationRow.status == AllocationStatus.CONFIRMED,
        )
        .order_by(AllocationRow.id)
        .execution_options(populate_existing=True)
    )
    found: dict[int, list[AllocationRow]] = {}
    for row in session.scalars(query):
        found.setdefault(row.donation_id, []).append(row)
    return found


def of_pledge(session: Session, pledge_id: int, scope: Scope) -> list[AllocationRow]:
    """Every part that pays a pledge, was to pay it or paid it once, in the order of making."""
    query = select(AllocationRow).where(AllocationRow.pledge_id == pledge_id)
    query = within(query, scope, AllocationRow.fund_id, AllocationRow.section_id)
    return list(session.scalars(query.order_by(AllocationRow.id)))


def of_donation(session: Session, donation_id: int, scope: Scope) -> list[AllocationRow]:
    """Every part of a donation that pays something, was to or did once, in the order of making."""
    query = select(AllocationRow).where(AllocationRow.donation_id == donation_id)
    query = within(query, scope, AllocationRow.fund_id, AllocationRow.section_id)
    return list(session.scalars(query.order_by(AllocationRow.id)))


def by_token(session: Session, token: str, scope: Scope) -> AllocationRow:
    """A part by its token; raises UnknownAllocation."""
    query = select(AllocationRow).where(AllocationRow.token == token)
    query = within(query, scope, AllocationRow.fund_id, AllocationRow.section_id)
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise UnknownAllocation
    return row


def move(session: Session, pledge_id: int, section_id: int) -> None:
    """Let what was offered to a pledge be of the section to which that goes."""
    query = update(AllocationRow).where(AllocationRow.pledge_id == pledge_id)
    session.execute(query.values(section_id=section_id))
