"""The count on paper, kept beside the desk: what somebody wrote down of each section."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain.money import Money
from fundtracker.domain.scope import Scope
from fundtracker.store.base import Base
from fundtracker.store.scoping import within

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session


class PaperRow(Base):
    """A sum on paper, in minor units of a currency in which a section was called."""

    __tablename__ = "paper_sum"

    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    amount: Mapped[int]
    typed_by: Mapped[str]
    typed_at: Mapped[datetime]

    __table_args__ = (CheckConstraint("amount >= 0", name="amount"),)

    @property
    def money(self) -> Money:
        """The sum."""
        return Money(self.amount, self.currency)


def kept(session: Session, fund_id: int, scope: Scope) -> dict[tuple[int, str], PaperRow]:
    """What stands on paper, by section and currency."""
    query = select(PaperRow).where(PaperRow.fund_id == fund_id)
    query = within(query, scope, PaperRow.fund_id, PaperRow.section_id)
    return {(row.section_id, row.currency): row for row in session.scalars(query)}


def sums(session: Session, fund_id: int, scope: Scope) -> dict[tuple[int, str], Money]:
    """The sums on paper, by section and currency."""
    return {place: row.money for place, row in kept(session, fund_id, scope).items()}


def keep(
    session: Session,
    fund_id: int,
    wanted: Mapping[tuple[int, str], Money | None],
    typed_by: str,
    typed_at: datetime,
) -> None:
    """Let these be sums on paper of a fund, by section and currency; None takes one away."""
    rows = kept(session, fund_id, Scope.everything())
    for place, money in wanted.items():
        row = rows.get(place)
        if money is None:
            session.delete(rows[place])
            continue
        if row is None:
            row = PaperRow(fund_id=fund_id, section_id=place[0], currency=place[1])
            session.add(row)
        row.amount, row.typed_by, row.typed_at = money.minor, typed_by, typed_at
    session.flush()
