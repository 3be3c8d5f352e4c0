"""Announcements that were written down before the collection, to be booked by one keystroke."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, select, update
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain.money import Money
from fundtracker.store.base import Base, Private
from fundtracker.store.scoping import within

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope


class PreparedRow(Base):
    """What a section is going to announce: `amount` is minor units of one of `count` pledges.

    `used_by` is the number of the line that booked it.
    """

    __tablename__ = "prepared"

    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"), primary_key=True)
    currency: Mapped[str]
    amount: Mapped[int]
    count: Mapped[int]
    instalments: Mapped[int | None]
    is_total: Mapped[bool]
    label: Mapped[Private]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    used_by: Mapped[int | None]

    __table_args__ = (CheckConstraint("amount > 0 AND count > 0", name="amount"),)

    @property
    def money(self) -> Money:
        """The amount of one."""
        return Money(self.amount, self.currency)


def of_section(session: Session, fund_id: int, section_id: int, scope: Scope) -> PreparedRow | None:
    """What a section of a fund is going to announce, if that was written down."""
    query = select(PreparedRow).where(
        PreparedRow.fund_id == fund_id, PreparedRow.section_id == section_id
    )
    return session.scalar(within(query, scope, PreparedRow.fund_id, PreparedRow.section_id))


def of_fund(session: Session, fund_id: int, scope: Scope) -> dict[int, PreparedRow]:
    """Everything that was written down for a fund, by section."""
    query = select(PreparedRow).where(PreparedRow.fund_id == fund_id)
    query = within(query, scope, PreparedRow.fund_id, PreparedRow.section_id)
    return {row.section_id: row for row in session.scalars(query)}


def used(session: Session, fund_id: int, section_id: int) -> PreparedRow:
    """The announcement that a line has just booked."""
    return session.get_one(PreparedRow, (fund_id, section_id))


def free(session: Session, fund_id: int, number: int, instead: int | None) -> None:
    """Let what a line booked be announced again, for it is taken back; or be another line's."""
    session.execute(
        update(PreparedRow)
        .where(PreparedRow.fund_id == fund_id, PreparedRow.used_by == number)
        .values(used_by=instead),
    )
