"""Sections, and their part in a fund."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import normalize

from sqlalchemy import ForeignKey, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain.errors import NotFound
from fundtracker.domain.sections import NO_SECTION, FundSection, Section, Visibility
from fundtracker.store.base import Base, Key
from fundtracker.store.donations import DonationRow
from fundtracker.store.scoping import within
from fundtracker.store.totals import TotalRow

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope


class SectionRow(Base):
    """A national organisation; row 0 is "no section"."""

    __tablename__ = "section"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    short_name: Mapped[str]
    currency: Mapped[str]


class FundSectionRow(Base):
    """A section's part in a fund."""

    __tablename__ = "fund_section"

    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"), primary_key=True)
    target: Mapped[int | None]
    members: Mapped[int | None]
    visibility: Mapped[str]


# By columns: every line at a desk is read against them, and rows cost three times as much.
_OF_FUND = (
    select(
        SectionRow.id,
        SectionRow.code,
        SectionRow.name,
        SectionRow.short_name,
        SectionRow.currency,
        FundSectionRow.target,
        FundSectionRow.members,
        FundSectionRow.visibility,
    )
    .join(SectionRow, SectionRow.id == FundSectionRow.section_id)
    .where(FundSectionRow.fund_id == bindparam("fund"), SectionRow.id != NO_SECTION)
)


def of_fund(session: Session, fund_id: int, scope: Scope) -> list[FundSection]:
    """The sections of a fund by name, "no section" left out.

    Sorted here, for databases put Österreich behind Zimbabwe, each in its own way.
    """
    query = within(_OF_FUND, scope, FundSectionRow.fund_id, FundSectionRow.section_id)
    found = session.execute(query, {"fund": fund_id})
    parts = [
        FundSection(Section(id, code, name, short, coin), target, members, Visibility(seen))
        for id, code, name, short, coin, target, members, seen in found
    ]
    return sorted(parts, key=lambda part: alphabetical(part.section))


def alphabetical(section: Section) -> tuple[str, str]:
    """Return where a section stands in a list by name."""
    return normalize("NFKD", section.name).casefold(), section.code


def by_code(session: Session) -> dict[str, Section]:
    """Every section there is, by code."""
    query = select(SectionRow).where(SectionRow.id != NO_SECTION)
    return {row.code: _section(row) for row in session.scalars(query)}


def save(session: Session, section: Section) -> int:
    """Add a section (id 0), or change the one with this id; return its id."""
    if section.id == NO_SECTION:
        row = SectionRow(code=section.code)
        session.add(row)
    else:
        row = session.get_one(SectionRow, section.id)
    row.code = section.code
    row.name = section.name
    row.short_name = section.short_name
    row.currency = section.currency
    session.flush()
    return row.id


def join(session: Session, fund_id: int, section_id: int) -> FundSectionRow:
    """Make a section part of a fund, its totals row with it; return the part, new or known."""
    part = session.get(FundSectionRow, (fund_id, section_id))
    if part is None:
        part = FundSectionRow(
            fund_id=fund_id,
            section_id=section_id,
            visibility=Visibility.SHOWN,
        )
        session.add_all([part, TotalRow(fund_id=fund_id, section_id=section_id)])
        session.flush()
    return part


def locked(session: Session, code: str) -> SectionRow:
    """The row of a section, locked until the end of the unit of work; raises NotFound."""
    query = select(SectionRow).where(SectionRow.code == code, SectionRow.id != NO_SECTION)
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound
    return row


def rows_of(session: Session, fund_id: int) -> list[FundSectionRow]:
    """The parts of a fund, to be changed, "no section" left out."""
    query = select(FundSectionRow).where(
        FundSectionRow.fund_id == fund_id, FundSectionRow.section_id != NO_SECTION
    )
    return list(session.scalars(query))


def funds_with(session: Session, section_ids: Collection[int]) -> set[int]:
    """The funds in which any of these sections takes part: what shows their names."""
    query = select(FundSectionRow.fund_id).where(FundSectionRow.section_id.in_(section_ids))
    return set(session.scalars(query))


def places(session: Session, scope: Scope) -> dict[int, dict[int, FundSection]]:
    """The parts of every section within a scope, by section and by fund."""
    query = (
        select(FundSectionRow, SectionRow)
        .join(SectionRow, SectionRow.id == FundSectionRow.section_id)
        .where(SectionRow.id != NO_SECTION)
        .order_by(FundSectionRow.fund_id)
    )
    query = within(query, scope, FundSectionRow.fund_id, FundSectionRow.section_id)
    found: dict[int, dict[int, FundSection]] = {}
    for part, section in session.execute(query):
        found.setdefault(section.id, {})[part.fund_id] = _part(part, section)
    return found


def has_donations(session: Session, section_id: int) -> bool:
    """Whether anybody has begun to give to a section, in whatever fund."""
    query = select(DonationRow.id).where(DonationRow.section_id == section_id)
    return session.scalar(query.limit(1)) is not None


def _part(part: FundSectionRow, section: SectionRow) -> FundSection:
    return FundSection(
        section=_section(section),
        target=part.target,
        members=part.members,
        visibility=Visibility(part.visibility),
    )


def _section(row: SectionRow) -> Section:
    return Section(row.id, row.code, row.name, row.short_name, row.currency)
