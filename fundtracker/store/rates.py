"""Rate tables: a fund's exchange rates, superseded and never edited."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain.rates import Rate
from fundtracker.store.base import Base, Key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund


class RateTableRow(Base):
    """A fund's exchange rates; a later change makes a new table, never edits one."""

    __tablename__ = "rate_table"

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), index=True)
    source: Mapped[str]
    as_of: Mapped[date]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    # Locked before the event: it can still be superseded, but only by somebody who says why.
    locked_by: Mapped[str | None]
    locked_at: Mapped[datetime | None]


class RateRow(Base):
    """One rate to the fund's currency: mantissa / 10^scale, two integers."""

    __tablename__ = "rate"

    rate_table_id: Mapped[int] = mapped_column(ForeignKey("rate_table.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    mantissa: Mapped[int]
    scale: Mapped[int]

    __table_args__ = (CheckConstraint("mantissa > 0 AND scale >= 0", name="positive"),)


def current(session: Session, fund: Fund) -> dict[str, Rate]:
    """The rates that gifts get now, by currency; the fund's own currency is always among them."""
    query = select(RateRow).where(RateRow.rate_table_id == fund.rate_table_id)
    rates = {row.currency: Rate(row.mantissa, row.scale) for row in session.scalars(query)}
    return {fund.currency: Rate.ONE, **rates}


def supersede(  # noqa: PLR0913 - who, when and from where belong to a rate table
    session: Session,
    fund_id: int,
    rates: Mapping[str, Rate],
    *,
    source: str,
    as_of: date,
    made_by: str,
    made_at: datetime,
) -> int:
    """Make a new rate table and return its id; gifts that were made keep their rate."""
    table = RateTableRow(
        fund_id=fund_id,
        source=source,
        as_of=as_of,
        made_by=made_by,
        made_at=made_at,
    )
    session.add(table)
    session.flush()
    session.add_all(
        RateRow(rate_table_id=table.id, currency=code, mantissa=rate.mantissa, scale=rate.scale)
        for code, rate in rates.items()
    )
    session.flush()
    return table.id
