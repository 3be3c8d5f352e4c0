"""What the donations of a filter come to.

Read from what is kept of each day where that can tell it, at any size; what it cannot tell is
counted one by one, up to a limit that is said.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from fundtracker.domain.donations import DonationStatus
from fundtracker.domain.filters import Dates
from fundtracker.domain.money import Money
from fundtracker.domain.rates import Rate
from fundtracker.store.days import DayRow
from fundtracker.store.donations import DonationRow
from fundtracker.store.scoping import within
from fundtracker.store.totals import TotalRow
from fundtracker.store.treasury_donations import narrowed
from fundtracker.store.treasury_lines import Sum
from fundtracker.store.treasury_places import funds
from fundtracker.store.treasury_search import accounts, resolve

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.filters import LedgerFilter
    from fundtracker.domain.scope import Scope
    from fundtracker.store.treasury_search import Search

# So many are counted one by one.
MOST_COUNTED = 2000


def sums(session: Session, wanted: LedgerFilter, scope: Scope) -> list[Sum]:
    """How many donations that a filter leaves have something left, and what, by fund currency."""
    search = resolve(session, wanted, scope)
    if search is None or (wanted.status and wanted.status != DonationStatus.SUCCEEDED):
        # Whatever has another status was not received.
        return []
    if search.named is not None or _is_one_account_of_many(session, wanted):
        return _counted(session, wanted, search, scope)
    if search.by_date or wanted.method:
        return _of_days(session, wanted, search, scope)
    return _of_totals(session, search, scope)


def _is_one_account_of_many(session: Session, wanted: LedgerFilter) -> bool:
    return bool(wanted.account) and accounts(session) != [wanted.account]


def _of_totals(session: Session, search: Search, scope: Scope) -> list[Sum]:
    query = select(
        TotalRow.fund_id,
        func.sum(TotalRow.donations),
        func.sum(TotalRow.received),
    ).group_by(TotalRow.fund_id)
    query = within(query, scope, TotalRow.fund_id, TotalRow.section_id)
    query = query.where(*search.place.real(TotalRow.fund_id))
    if search.fund_id is not None:
        query = query.where(TotalRow.fund_id == search.fund_id)
    if search.section_id is not None:
        query = query.where(TotalRow.section_id == search.section_id)
    rows = session.execute(query)
    return _by_currency(session, [(fund, int(n), int(received)) for fund, n, received in rows])


def _of_days(session: Session, wanted: LedgerFilter, search: Search, scope: Scope) -> list[Sum]:
    day = DayRow.booked_on if wanted.dates is Dates.BOOKING else DayRow.given_on
    query = select(
        DayRow.fund_id,
        func.sum(DayRow.donations),
        func.sum(DayRow.received),
    ).group_by(DayRow.fund_id)
    query = within(query, scope, DayRow.fund_id, DayRow.section_id)
    query = query.where(*search.place.real(DayRow.fund_id))
    if search.fund_id is not None:
        query = query.where(DayRow.fund_id == search.fund_id)
    if search.section_id is not None:
        query = query.where(DayRow.section_id == search.section_id)
    if wanted.method:
        query = query.where(DayRow.method == wanted.method)
    if wanted.since is not None:
        query = query.where(day >= wanted.since)
    if wanted.until is not None:
        query = query.where(day <= wanted.until)
    rows = session.execute(query)
    return _by_currency(session, [(fund, int(n), int(received)) for fund, n, received in rows])


def _counted(session: Session, wanted: LedgerFilter, search: Search, scope: Scope) -> list[Sum]:
    columns = (
        DonationRow.fund_id,
        DonationRow.currency,
        DonationRow.kept,
        DonationRow.rate_mantissa,
        DonationRow.rate_scale,
    )
    query = narrowed(select(*columns).where(DonationRow.kept > 0), wanted, search, scope)
    query = query.order_by(DonationRow.id.desc()).limit(MOST_COUNTED + 1)
    rows = session.execute(query).all()
    owners = funds(session)
    counted = [
        (
            row.fund_id,
            1,
            Rate(row.rate_mantissa, row.rate_scale)
            .to_base(Money(row.kept, row.currency), owners[row.fund_id].currency)
            .minor,
        )
        for row in rows[:MOST_COUNTED]
    ]
    return _by_currency(session, counted, is_all=len(rows) <= MOST_COUNTED)


def _by_currency(
    session: Session, rows: list[tuple[int, int, int]], *, is_all: bool = True
) -> list[Sum]:
    """Add up what several funds of one currency have."""
    owners = funds(session)
    found: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for fund_id, count, received in rows:
        found[owners[fund_id].currency][0] += count
        found[owners[fund_id].currency][1] += received
    return [
        Sum(currency, count, received, is_all)
        for currency, (count, received) in sorted(found.items())
        if count or received
    ]
