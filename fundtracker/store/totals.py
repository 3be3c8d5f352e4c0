"""The running totals: kept as money is booked, so that reading costs the same at any size."""

from __future__ import annotations

from dataclasses import asdict, fields
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain.totals import Totals
from fundtracker.store.base import Base, insert_of, kind_of
from fundtracker.store.scoping import within

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Insert
    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope


class TotalRow(Base):
    """The running totals of a section in a fund, in minor units of the fund's currency.

    Made with the fund and the section, so that no first donation races to make one.
    """

    __tablename__ = "total"

    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"), primary_key=True)
    received: Mapped[int] = mapped_column(default=0)
    pledged: Mapped[int] = mapped_column(default=0)
    unconfirmed: Mapped[int] = mapped_column(default=0)
    donations: Mapped[int] = mapped_column(default=0)
    pledges: Mapped[int] = mapped_column(default=0)


_SUMS = tuple(getattr(TotalRow, field.name) for field in fields(Totals))


def of_fund(session: Session, fund_id: int, scope: Scope) -> dict[int, Totals]:
    """The totals of a fund's sections, by section."""
    query = select(TotalRow.section_id, *_SUMS).where(TotalRow.fund_id == fund_id)
    query = within(query, scope, TotalRow.fund_id, TotalRow.section_id)
    return {section_id: Totals(*sums) for section_id, *sums in session.execute(query)}


def of_section(session: Session, fund_id: int, section_id: int, *, locked: bool) -> Totals:
    """The totals of one section of a fund; locked, nobody else adds to them before the end."""
    query = select(*_SUMS).where(TotalRow.fund_id == fund_id, TotalRow.section_id == section_id)
    if locked:
        query = query.with_for_update()
    return Totals(*session.execute(query).one())


def add(session: Session, changes: Mapping[tuple[int, int], Totals]) -> None:
    """Add to the totals of each (fund, section), always in the same order: the lock order."""
    if not changes:
        return
    session.connection().execute(
        _add(kind_of(session)),
        [
            {"fund_id": fund_id, "section_id": section_id, **asdict(change)}
            for (fund_id, section_id), change in sorted(changes.items(), key=lambda item: item[0])
        ],
    )


@cache
def _add(kind: str) -> Insert:
    statement = insert_of(kind, TotalRow)
    table, added = TotalRow.__table__.columns, statement.excluded
    return statement.on_conflict_do_update(
        index_elements=[TotalRow.fund_id, TotalRow.section_id],
        set_={field.name: table[field.name] + added[field.name] for field in fields(Totals)},
    )
