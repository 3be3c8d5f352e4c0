"""Where and when a filter looks: its fund, its section and its days, looked up by their names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select

from fundtracker.domain.filters import WITHOUT_SECTION
from fundtracker.domain.sections import NO_SECTION
from fundtracker.store.funds import FundRow
from fundtracker.store.sections import SectionRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute, Session

    from fundtracker.domain.filters import LedgerFilter
    from fundtracker.domain.pledge_filters import PledgeFilter
    from fundtracker.domain.scope import Scope

    Moment = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
    Number = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]


@dataclass(frozen=True, slots=True)
class Fund:
    """What a line says of its fund."""

    id: int
    slug: str
    currency: str
    timezone: str
    rehearsal: bool


@dataclass(frozen=True, slots=True)
class Section:
    """What a line says of its section."""

    code: str
    short_name: str


@dataclass(frozen=True, slots=True)
class Meant:
    """Where a filter looks: None stands for all; `funds` are those that can be meant at all.

    `apart` are rehearsals, which are never mixed with real money: who means one names it.
    """

    fund_id: int | None
    section_id: int | None
    funds: Mapping[int, Fund]
    apart: frozenset[int]

    def real(self, fund: Number) -> Iterator[ColumnElement[bool]]:
        """Yield what leaves rehearsals out; what is of no fund stays."""
        if self.apart:
            yield or_(fund.is_(None), fund.not_in(self.apart))


@dataclass(frozen=True, slots=True)
class Days:
    """When the days of a filter begin and end for the funds of one timezone."""

    funds: frozenset[int]
    since: datetime | None
    until: datetime | None

    def hold(self, moment: Moment) -> list[ColumnElement[bool]]:
        """Return what they ask of a column."""
        asked = []
        if self.since is not None:
            asked.append(moment >= self.since)
        if self.until is not None:
            asked.append(moment < self.until)
        return asked


def place_of(session: Session, wanted: LedgerFilter | PledgeFilter, scope: Scope) -> Meant | None:
    """Look up the fund and the section of a filter; None where one of them means nothing."""
    meant = funds(session)
    apart = frozenset(id for id, fund in meant.items() if fund.rehearsal and not wanted.fund)
    meant = {id: fund for id, fund in meant.items() if id not in apart}
    fund_id = section_id = None
    if wanted.fund:
        meant = {id: fund for id, fund in meant.items() if fund.slug == wanted.fund}
        fund_id = next(iter(meant), None)
        if fund_id is None or not scope.allows_fund(fund_id):
            return None
    if wanted.section:
        section_id = _section_id(session, wanted.section)
        if section_id is None:
            return None
    return Meant(fund_id, section_id, meant, apart)


def days_of(since: date | None, until: date | None, meant: Mapping[int, Fund]) -> Iterator[Days]:
    """When days begin and end for the funds of each timezone; nothing where there are none."""
    if since is None and until is None:
        return
    for timezone in sorted({fund.timezone for fund in meant.values()}):
        zone = ZoneInfo(timezone)
        own = frozenset(id for id, fund in meant.items() if fund.timezone == timezone)
        after = None if until is None else until + timedelta(days=1)
        yield Days(own, _start_of(since, zone), _start_of(after, zone))


def zone_of(session: Session, wanted: LedgerFilter | PledgeFilter, scope: Scope) -> str:
    """Name the timezone of what a filter leaves: UTC where its funds do not share one."""
    zones = {
        fund.timezone
        for id, fund in funds(session).items()
        if scope.allows_fund(id) and wanted.fund in {"" if not fund.rehearsal else None, fund.slug}
    }
    return zones.pop() if len(zones) == 1 else "UTC"


def funds(session: Session) -> dict[int, Fund]:
    """What lines say of each fund, by id."""
    query = select(FundRow.id, FundRow.slug, FundRow.currency, FundRow.timezone, FundRow.rehearsal)
    return {row.id: Fund(*row) for row in session.execute(query)}


def sections(session: Session, ids: Collection[int]) -> dict[int, Section]:
    """What lines say of these sections, by id."""
    query = select(SectionRow.id, SectionRow.code, SectionRow.short_name)
    rows = session.execute(query.where(SectionRow.id.in_(ids)))
    return {row.id: Section(row.code, row.short_name) for row in rows}


def _section_id(session: Session, code: str) -> int | None:
    if code == WITHOUT_SECTION:
        return NO_SECTION
    return session.scalar(select(SectionRow.id).where(SectionRow.code == code))


def _start_of(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), zone)
