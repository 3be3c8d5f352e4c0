"""Sections, and their part in a fund."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import normalize

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain.sections import NO_SECTION, FundSection, Section, Visibility
from fundtracker.store.base import Base, Key
from fundtracker.store.scoping import within
from fundtracker.store.totals import TotalRow

if TYPE_CHECKING:
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


def of_fund(session: Session, fund_id: int, scope: Scope) -> list[FundSection]:
    """The sections of a fund by name, "no section" left out.

    Sorted here, for databases put Österreich behind Zimbabwe, each in its own way.
    """
    query = (
        select(FundSectionRow, SectionRow)
        .join(SectionRow, SectionRow.id == FundSectionRow.section_id)
        .where(FundSectionRow.fund_id == fund_id, SectionRow.id != NO_SECTION)
    )
    query = within(query, scope, FundSectionRow.fund_id, FundSectionRow.section_id)
    parts = [
        FundSection(
            section=_section(section),
            target=part.target,
            members=part.members,
            visibility=Visibility(part.visibility),
        )
        for part, section in session.execute(query)
    ]
    return sorted(parts, key=_alphabetical)


def _alphabetical(part: FundSection) -> tuple[str, str]:
    return normalize("NFKD", part.section.name).casefold(), part.section.code


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


def _section(row: SectionRow) -> Section:
    return Section(row.id, row.code, row.name, row.short_name, row.currency)
