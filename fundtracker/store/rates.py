"""Rate tables: a fund's exchange rates, superseded and never edited."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain.rate_tables import RateTable
from fundtracker.domain.rates import Rate
from fundtracker.store.base import Base, Key
from fundtracker.store.donations import DonationRow
from fundtracker.store.scoping import within

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.scope import Scope


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


_OF_TABLE = select(RateRow.currency, RateRow.mantissa, RateRow.scale).where(
    RateRow.rate_table_id == bindparam("table")
)


def current(session: Session, fund: Fund) -> dict[str, Rate]:
    """The rates that gifts get now, by currency; the fund's own currency is always among them."""
    found = session.execute(_OF_TABLE, {"table": fund.rate_table_id})
    rates = {code: Rate(mantissa, scale) for code, mantissa, scale in found}
    return {fund.currency: Rate.ONE, **rates}


def of_table(session: Session, table_id: int) -> dict[str, Rate]:
    """The rates of one table, by currency, whether gifts still get them or not."""
    found = session.execute(_OF_TABLE, {"table": table_id})
    return {code: Rate(mantissa, scale) for code, mantissa, scale in found}


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


def tables(session: Session, fund_id: int) -> list[RateTable]:
    """Every table that a fund ever had, the newest first, with its rates."""
    query = select(RateTableRow).where(RateTableRow.fund_id == fund_id)
    rows = list(session.scalars(query.order_by(RateTableRow.id.desc())))
    found: dict[int, dict[str, Rate]] = {row.id: {} for row in rows}
    query_rates = select(RateRow).where(RateRow.rate_table_id.in_(found))
    for rate in session.scalars(query_rates.order_by(RateRow.currency)):
        found[rate.rate_table_id][rate.currency] = Rate(rate.mantissa, rate.scale)
    return [_table(row, found[row.id]) for row in rows]


def locked_table(session: Session, table_id: int | None) -> RateTableRow | None:
    """A table, if it is locked: replacing it asks for a reason."""
    query = select(RateTableRow).where(
        RateTableRow.id == table_id, RateTableRow.locked_at.is_not(None)
    )
    return session.scalar(query)


def waiting(session: Session, fund_id: int, scope: Scope) -> dict[str, tuple[int, int]]:
    """Donations that wait for a rate, by currency: how many, and their minor units together."""
    query = (
        select(DonationRow.currency, func.count().label("count"), func.sum(DonationRow.amount))
        .where(DonationRow.fund_id == fund_id, DonationRow.rate_mantissa.is_(None))
        .group_by(DonationRow.currency)
        .order_by(DonationRow.currency)
    )
    query = within(query, scope, DonationRow.fund_id, DonationRow.section_id)
    return {code: (count, int(total)) for code, count, total in session.execute(query)}


def released(
    session: Session, account: str, fund_id: int, currencies: Collection[str]
) -> list[DonationRow]:
    """The donations of a fund that wait for a rate of these currencies, locked, by id."""
    query = (
        select(DonationRow)
        .where(
            DonationRow.account == account,
            DonationRow.fund_id == fund_id,
            DonationRow.rate_mantissa.is_(None),
            DonationRow.currency.in_(currencies),
        )
        .order_by(DonationRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def _table(row: RateTableRow, found: Mapping[str, Rate]) -> RateTable:
    return RateTable(
        id=row.id,
        source=row.source,
        as_of=row.as_of,
        made_by=row.made_by,
        made_at=row.made_at,
        locked_by=row.locked_by,
        locked_at=row.locked_at,
        rates=found,
    )
