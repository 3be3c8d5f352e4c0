"""The count on paper, kept beside the desk: what somebody wrote down of each section."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain.money import Money
from fundtracker.store.base import Base
from fundtracker.store.scoping import within

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope


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


def sums(session: Session, fund_id: int, scope: Scope) -> dict[tuple[int, str], Money]:
    """The sums on paper, by section and currency."""
    query = select(PaperRow).where(PaperRow.fund_id == fund_id)
    query = within(query, scope, PaperRow.fund_id, PaperRow.section_id)
    return {
        (row.section_id, row.currency): Money(row.amount, row.currency)
        for row in session.scalars(query)
    }


def keep(
    session: Session,
    fund_id: int,
    counted: Mapping[int, list[Money]],
    typed_by: str,
    typed_at: datetime,
) -> None:
    """Let these be the sums on paper of a fund, by section, and no others."""
    session.execute(delete(PaperRow).where(PaperRow.fund_id == fund_id))
    session.add_all(
        PaperRow(
            fund_id=fund_id,
            section_id=section_id,
            currency=money.currency,
            amount=money.minor,
            typed_by=typed_by,
            typed_at=typed_at,
        )
        for section_id, sums_of_section in counted.items()
        for money in sums_of_section
    )
    session.flush()
