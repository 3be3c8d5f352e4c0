"""Sums for the figures of the treasury: read from what is kept of each day, never added up anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from fundtracker.domain.filters import Dates
from fundtracker.store.days import DayRow, Sum
from fundtracker.store.funds import all_funds
from fundtracker.store.scoping import within
from fundtracker.store.sections import FundSectionRow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute, Session

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.scope import Scope

_SUMS = (func.sum(DayRow.received), func.sum(DayRow.donations))
_PLACE = (DayRow.fund_id, DayRow.section_id)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which days, sections and ways of paying of a fund are meant; None and "" are all of them.

    `since` and `until` belong to it.
    """

    fund_id: int
    section_id: int | None = None
    since: date | None = None
    until: date | None = None
    dates: Dates = Dates.EVENT
    method: str = ""


def by_day(session: Session, wanted: Wanted, scope: Scope) -> dict[date, Sum]:
    """What each day brought, the first day first; days on which nothing came are left out."""
    return {day: total for (day,), total in _sums(session, wanted, scope, _day(wanted))}


def by_section(session: Session, wanted: Wanted, scope: Scope) -> dict[int, Sum]:
    """What each section brought, by its id, those from which nothing came left out."""
    return {id: total for (id,), total in _sums(session, wanted, scope, DayRow.section_id)}


def by_method(session: Session, wanted: Wanted, scope: Scope) -> dict[tuple[str, str], Sum]:
    """What came by each way of paying, Stripe's own word beside ours."""
    rows = _sums(session, wanted, scope, DayRow.method, DayRow.stripe_method)
    return {(method, stripe): total for (method, stripe), total in rows}


def earlier(session: Session, wanted: Wanted, scope: Scope) -> Sum:
    """What had come before the first of these days."""
    if wanted.since is None:
        return Sum()
    before = replace(wanted, since=None, until=wanted.since - timedelta(days=1))
    query = select(*_SUMS).where(*_meant(before))
    received, donations = session.execute(within(query, scope, *_PLACE)).one()
    return Sum(int(received or 0), int(donations or 0))


def funds_within(session: Session, scope: Scope) -> list[Fund]:
    """The funds in which somebody may read anything, by their address."""
    query = select(FundSectionRow.fund_id).distinct()
    query = within(query, scope, FundSectionRow.fund_id, FundSectionRow.section_id)
    ids = set(session.scalars(query))
    return [fund for fund in all_funds(session) if fund.id in ids]


def _sums(
    session: Session, wanted: Wanted, scope: Scope, *keys: InstrumentedAttribute[Any]
) -> Iterator[tuple[tuple[Any, ...], Sum]]:
    """Sums by keys, in their order; what came to nothing is left out."""
    query = select(*keys, *_SUMS).where(*_meant(wanted)).group_by(*keys).order_by(*keys)
    for *key, received, donations in session.execute(within(query, scope, *_PLACE)):
        total = Sum(int(received), int(donations))
        if total != Sum():
            yield tuple(key), total


def _meant(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    yield DayRow.fund_id == wanted.fund_id
    if wanted.section_id is not None:
        yield DayRow.section_id == wanted.section_id
    if wanted.since is not None:
        yield _day(wanted) >= wanted.since
    if wanted.until is not None:
        yield _day(wanted) <= wanted.until
    if wanted.method:
        yield DayRow.method == wanted.method


def _day(wanted: Wanted) -> InstrumentedAttribute[date]:
    return DayRow.booked_on if wanted.dates is Dates.BOOKING else DayRow.given_on
