"""Pledges as the ledger pages list them, newest first, a page at a time by key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select

from fundtracker.domain.money import Money
from fundtracker.domain.pledge_filters import PledgeFilter
from fundtracker.domain.pledge_postings import EXPECTED, layer
from fundtracker.domain.pledge_stages import stage_of
from fundtracker.domain.pledges import Instalment, PledgeStatus, standing
from fundtracker.domain.rates import Rate
from fundtracker.domain.references import reference, spoken
from fundtracker.domain.scope import Scope
from fundtracker.store.pledge_search import resolve, todays
from fundtracker.store.pledges import PledgeRow, schedules
from fundtracker.store.scoping import within
from fundtracker.store.treasury_places import funds, sections

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from fundtracker.store.pledge_search import PledgeSearch
    from fundtracker.store.treasury_places import Fund, Section

# The filter that leaves everything, and the scope in which nobody's name is told.
EVERY = PledgeFilter()
NOWHERE = Scope.nothing()
_LEFT_OUT = {"name", "email", "message", "email_key", "name_key", "attempt"}


@dataclass(frozen=True, slots=True)
class PledgeLine:
    """A pledge; amounts in minor units of `currency`, those named base in `fund_currency`.

    `section` is a code, empty for none. `stage` is where it stands today; `due` the day of its
    oldest part that is not paid. `open` is what is still expected, `counted` what of that is in
    the fund's number. `is_unnamed` says that a person's name is missing; `name` is None unless it
    was asked for, and where there is none.
    """

    id: int
    token: str
    number: str
    fund: str
    fund_currency: str
    timezone: str
    section: str
    section_name: str
    source: str
    stage: str
    status: str
    currency: str
    amount: int
    paid: int
    open: int
    overdue: int
    rate: str
    promised_base: int
    paid_base: int
    open_base: int
    counted: int
    due: date | None
    parts: tuple[Instalment, ...]
    paid_by: str
    version: int
    actor: str
    made_at: datetime
    confirmed_at: datetime | None
    is_unnamed: bool
    is_counted: bool
    name: str | None = field(default=None, repr=False)

    @property
    def spoken(self) -> str:
        """Its number as it is read out."""
        return spoken(self.number)

    @property
    def reference(self) -> str:
        """By what a transfer is known to pay it."""
        return reference(self.number)

    @property
    def instalments(self) -> int:
        """In how many parts it is due."""
        return len(self.parts)


def pledges(  # noqa: PLR0913 - a list, and what a reader may know of it
    session: Session,
    wanted: PledgeFilter,
    scope: Scope,
    *,
    now: datetime,
    after: int | None = None,
    limit: int,
    names: Scope = NOWHERE,
) -> list[PledgeLine]:
    """The pledges that a filter leaves, newest first; `after` is the last one seen.

    By number, or where the filter names days, by their date. A name is looked for and filled in
    where `names` allows it.
    """
    search = resolve(session, wanted, scope, names, now)
    if search is None or search.found == frozenset():
        return []
    query = narrowed(_columns(with_names=names != NOWHERE), search, scope)
    if search.order is None:
        query = query.order_by(PledgeRow.id.desc())
    else:
        query = query.order_by(search.order.desc(), PledgeRow.id.desc())
    if after is not None:
        place = _place(session, after, search, scope)
        if place is None:
            return []
        query = query.where(place)
    return _lines(session, session.execute(query.limit(limit)).all(), names, now)


def by_token(
    session: Session, token: str, scope: Scope, now: datetime, names: Scope = NOWHERE
) -> PledgeLine | None:
    """The one pledge of that token, unless it lies outside the scope."""
    query = _columns(with_names=names != NOWHERE).where(PledgeRow.token == token)
    query = within(query, scope, PledgeRow.fund_id, PledgeRow.section_id)
    return next(iter(_lines(session, session.execute(query).all(), names, now)), None)


def by_ids(
    session: Session, ids: Collection[int], scope: Scope, now: datetime, names: Scope = NOWHERE
) -> dict[int, PledgeLine]:
    """These pledges, as far as they lie within the scope."""
    query = _columns(with_names=names != NOWHERE).where(PledgeRow.id.in_(ids))
    query = within(query, scope, PledgeRow.fund_id, PledgeRow.section_id)
    return {line.id: line for line in _lines(session, session.execute(query).all(), names, now)}


def narrowed(
    query: Select[*tuple[Any, ...]], search: PledgeSearch, scope: Scope
) -> Select[*tuple[Any, ...]]:
    """Leave of a query over pledges what a filter and a scope leave."""
    query = within(query, scope, PledgeRow.fund_id, PledgeRow.section_id)
    if search.found is not None:
        query = query.where(PledgeRow.id.in_(search.found))
    return query.where(*search.conditions)


def _place(
    session: Session, after: int, search: PledgeSearch, scope: Scope
) -> ColumnElement[bool] | None:
    """What comes after a pledge in the list; None where there is no such pledge to be seen."""
    order: Any = search.order
    if order is None:
        return PledgeRow.id < after
    query = select(order).where(PledgeRow.id == after, order.is_not(None))
    last = session.scalar(within(query, scope, PledgeRow.fund_id, PledgeRow.section_id))
    if last is None:
        return None
    # The first half is what an index begins at.
    return and_(order <= last, or_(order < last, PledgeRow.id < after))


def _columns(*, with_names: bool) -> Select[*tuple[Any, ...]]:
    table = PledgeRow.__table__.c
    columns = [column for column in table if column.name not in _LEFT_OUT]
    return select(
        *columns,
        table.name.is_(None).label("is_nameless"),
        *([table.name] if with_names else []),
    )


def _lines(
    session: Session, rows: Sequence[Row[*tuple[Any, ...]]], names: Scope, now: datetime
) -> list[PledgeLine]:
    if not rows:
        return []
    owners, parts = funds(session), sections(session, {row.section_id for row in rows})
    due, days = schedules(session, [row.id for row in rows]), todays(owners, now)
    return [
        PledgeLine(
            **_of_row(row, owners[row.fund_id], parts[row.section_id], names),
            **_standing(row, due[row.id], days[row.fund_id]),
        )
        for row in rows
    ]


def _of_row(
    row: Row[*tuple[Any, ...]], fund: Fund, section: Section, names: Scope
) -> dict[str, Any]:
    shows = names.allows(row.fund_id, row.section_id)
    return {
        "id": row.id,
        "token": row.token,
        "number": row.number,
        "fund": fund.slug,
        "fund_currency": fund.currency,
        "timezone": fund.timezone,
        "section": section.code,
        "section_name": section.short_name,
        "source": row.source,
        "status": row.status,
        "currency": row.currency,
        "amount": row.amount,
        "paid": row.paid,
        "rate": str(Rate(row.rate_mantissa, row.rate_scale)),
        "promised_base": row.base,
        "paid_base": row.paid_base,
        "paid_by": row.paid_by or "",
        "version": row.version,
        "actor": row.actor,
        "made_at": row.made_at,
        "confirmed_at": row.confirmed_at,
        "is_unnamed": row.is_nameless and row.source != "section",
        "is_counted": row.counted,
        "name": row.name if shows else None,
    }


def _standing(
    row: Row[*tuple[Any, ...]], due: Sequence[tuple[date, int]], today: date
) -> dict[str, Any]:
    status = PledgeStatus(row.status)
    parts = tuple(Instalment(day, Money(amount, row.currency)) for day, amount in due)
    stands = standing(status, parts, Money(row.paid, row.currency), today)
    left = row.base - row.paid_base - row.rounded
    open_base = max(0, left) if status in EXPECTED else 0
    counts = layer(status, None, counted=row.counted) is not None
    return {
        "stage": stage_of(status, stands).value,
        "open": stands.open.minor,
        "overdue": stands.overdue.minor,
        "open_base": open_base,
        "counted": open_base if counts else 0,
        "due": stands.next_due,
        "parts": parts,
    }
