"""What a filter of the ledger means in the database: ids looked up first, then plain conditions.

The names in a filter are resolved before the query, so that each query is over one table with an
index for its order; databases that may choose do not always choose that by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select, union

from fundtracker.domain.filters import WITHOUT_SECTION, comparable
from fundtracker.domain.sections import NO_SECTION
from fundtracker.store.base import fingerprints
from fundtracker.store.donations import DonationRow, StripeRefRow
from fundtracker.store.funds import FundRow
from fundtracker.store.inbox import InboxRow
from fundtracker.store.payments import BalanceTransactionRow
from fundtracker.store.scoping import within
from fundtracker.store.sections import SectionRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date

    from sqlalchemy import ColumnElement, CompoundSelect
    from sqlalchemy.orm import InstrumentedAttribute, Session

    from fundtracker.domain.filters import LedgerFilter
    from fundtracker.domain.scope import Scope
    from fundtracker.store.ledger import JournalRow

    Moment = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]
    Number = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]

# A reference such as "gift" may stand on any number of transfers.
_MOST_FOUND = 500
# So many are read one by one rather than looked for in a list of any length.
_FEW = 500


@dataclass(frozen=True, slots=True)
class Fund:
    """What a line says of its fund."""

    id: int
    slug: str
    currency: str
    timezone: str


@dataclass(frozen=True, slots=True)
class Section:
    """What a line says of its section."""

    code: str
    short_name: str


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


@dataclass(frozen=True, slots=True)
class Search:
    """A filter whose names were looked up.

    `named` are the donations that its text names, `few` those that another field leaves, where
    they are few: read by their numbers, for walking a long list for them takes too long. None
    stands for all.
    """

    fund_id: int | None
    section_id: int | None
    days: tuple[Days, ...]
    named: frozenset[int] | None
    few: frozenset[int] | None

    @property
    def donations(self) -> frozenset[int] | None:
        """The donations that can be meant at all, None where that may be any."""
        if self.named is None or self.few is None:
            return self.few if self.named is None else self.named
        return self.named & self.few

    @property
    def by_date(self) -> bool:
        """Whether the filter names days: then the order is that of their column."""
        return bool(self.days)

    def between(self, moment: Moment, fund: Number) -> Iterator[ColumnElement[bool]]:
        """Yield what the days ask of a column: each fund's own, from its own midnight on."""
        if not self.days:
            return
        since = min((days.since for days in self.days if days.since is not None), default=None)
        until = max((days.until for days in self.days if days.until is not None), default=None)
        # What an index can begin and end at; with one timezone it is all there is to say.
        yield from Days(frozenset(), since, until).hold(moment)
        if len(self.days) > 1:
            own = (and_(fund.in_(days.funds), *days.hold(moment)) for days in self.days)
            yield or_(fund.is_(None), *own)


def resolve(session: Session, wanted: LedgerFilter, scope: Scope) -> Search | None:
    """Look up the names in a filter; None where one of them means nothing within the scope."""
    meant = funds(session)
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
    named = named_by(session, wanted.text, scope) if wanted.text else None
    return Search(
        fund_id,
        section_id,
        tuple(_days(wanted, meant)),
        named,
        _few_donations(session, wanted, scope, fund_id, section_id),
    )


def few(
    session: Session,
    table: type[DonationRow | JournalRow],
    asked: ColumnElement[bool],
    scope: Scope,
) -> frozenset[int] | None:
    """The rows that a condition leaves, None where they are many."""
    query = within(select(table.id).where(asked), scope, table.fund_id, table.section_id)
    found = session.scalars(query.limit(_FEW + 1)).all()
    return frozenset(found) if len(found) <= _FEW else None


def _few_donations(
    session: Session,
    wanted: LedgerFilter,
    scope: Scope,
    fund_id: int | None,
    section_id: int | None,
) -> frozenset[int] | None:
    """The donations that any one field of a filter leaves, where that is few."""
    columns = {
        DonationRow.method: wanted.method or None,
        DonationRow.status: wanted.status or None,
        DonationRow.account: wanted.account or None,
        DonationRow.section_id: section_id,
        DonationRow.fund_id: fund_id,
    }
    for column, value in columns.items():
        found = None if value is None else few(session, DonationRow, column == value, scope)
        if found is not None:
            return found
    return None


def _days(wanted: LedgerFilter, meant: Mapping[int, Fund]) -> Iterator[Days]:
    if wanted.since is None and wanted.until is None:
        return
    for timezone in sorted({fund.timezone for fund in meant.values()}):
        zone = ZoneInfo(timezone)
        own = frozenset(id for id, fund in meant.items() if fund.timezone == timezone)
        after = None if wanted.until is None else wanted.until + timedelta(days=1)
        yield Days(own, _start_of(wanted.since, zone), _start_of(after, zone))


def zone_of(session: Session, wanted: LedgerFilter, scope: Scope) -> str:
    """Name the timezone of what a filter leaves: UTC where its funds do not share one."""
    zones = {
        fund.timezone
        for id, fund in funds(session).items()
        if scope.allows_fund(id) and wanted.fund in {"", fund.slug}
    }
    return zones.pop() if len(zones) == 1 else "UTC"


def funds(session: Session) -> dict[int, Fund]:
    """What lines say of each fund, by id."""
    query = select(FundRow.id, FundRow.slug, FundRow.currency, FundRow.timezone)
    return {row.id: Fund(*row) for row in session.execute(query)}


def sections(session: Session, ids: Collection[int]) -> dict[int, Section]:
    """What lines say of these sections, by id."""
    query = select(SectionRow.id, SectionRow.code, SectionRow.short_name)
    rows = session.execute(query.where(SectionRow.id.in_(ids)))
    return {row.id: Section(row.code, row.short_name) for row in rows}


def accounts(session: Session) -> list[str]:
    """The Stripe accounts that ever told us anything: a step in the index for each.

    Every id of Stripe's stands under its account, so that it is found without reading them all.
    """
    found: list[str] = []
    query = select(func.min(InboxRow.account))
    account = session.scalar(query)
    while account is not None:
        found.append(account)
        account = session.scalar(query.where(InboxRow.account > account))
    return found


def named_by(session: Session, text: str, scope: Scope) -> frozenset[int]:
    """The donations that a token, an id of Stripe's or a reference names, within a scope."""
    own = accounts(session)
    looked_up: CompoundSelect[int | None] = union(
        select(DonationRow.id).where(DonationRow.token == text),
        select(StripeRefRow.donation_id).where(
            StripeRefRow.account.in_(own), StripeRefRow.id == text
        ),
        select(BalanceTransactionRow.donation_id).where(
            BalanceTransactionRow.account.in_(own),
            BalanceTransactionRow.id == text,
            BalanceTransactionRow.donation_id.is_not(None),
        ),
    )
    # Two steps, for an OR over tables makes PostgreSQL read every donation.
    keys = fingerprints(session, comparable(text))
    found = {
        *session.scalars(looked_up),
        *session.scalars(
            within(
                select(DonationRow.id)
                .where(DonationRow.reference_key.in_(keys))
                .order_by(DonationRow.id.desc())
                .limit(_MOST_FOUND),
                scope,
                DonationRow.fund_id,
                DonationRow.section_id,
            ),
        ),
    }
    if not found:
        return frozenset()
    query = select(DonationRow.id).where(DonationRow.id.in_(found))
    return frozenset(
        session.scalars(within(query, scope, DonationRow.fund_id, DonationRow.section_id)),
    )


def _section_id(session: Session, code: str) -> int | None:
    if code == WITHOUT_SECTION:
        return NO_SECTION
    return session.scalar(select(SectionRow.id).where(SectionRow.code == code))


def _start_of(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), zone)
