"""Donations as the ledger pages list them, newest first, a page at a time by key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select

from fundtracker.domain.facts import ChargeState, RefundStatus
from fundtracker.domain.filters import Dates, LedgerFilter
from fundtracker.domain.money import Money
from fundtracker.domain.rates import Rate
from fundtracker.domain.scope import Scope
from fundtracker.store.donations import DonationRow
from fundtracker.store.payments import (
    BalanceTransactionRow,
    ChargeRow,
    DisputeRow,
    DisputeTransactionRow,
    RefundRow,
)
from fundtracker.store.scoping import within
from fundtracker.store.treasury_lines import DonationLine
from fundtracker.store.treasury_places import funds, sections
from fundtracker.store.treasury_search import Search, resolve

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy.orm import InstrumentedAttribute, Session

    from fundtracker.store.treasury_places import Fund, Section

# The filter that leaves everything, and the scope in which nobody's name is told.
EVERY = LedgerFilter()
NOWHERE = Scope.nothing()


def donations(
    session: Session,
    wanted: LedgerFilter,
    scope: Scope,
    *,
    after: int | None = None,
    limit: int,
    names: Scope = NOWHERE,
) -> list[DonationLine]:
    """The donations that a filter leaves, newest first; `after` is the last one seen.

    By number, or where the filter names days, by their date. References and public names are
    filled in where `names` allows it.
    """
    search = resolve(session, wanted, scope)
    if search is None or search.donations == frozenset():
        return []
    moment = _moment(wanted)
    query = narrowed(_columns(with_names=names != NOWHERE), wanted, search, scope)
    if search.by_date:
        query = query.order_by(moment.desc(), DonationRow.id.desc())
    else:
        query = query.order_by(DonationRow.id.desc())
    if after is not None:
        place = _place(session, after, search, moment, scope)
        if place is None:
            return []
        query = query.where(place)
    return _lines(session, session.execute(query.limit(limit)).all(), names)


def by_token(
    session: Session, token: str, scope: Scope, names: Scope = NOWHERE
) -> DonationLine | None:
    """The one donation of that token, unless it lies outside the scope."""
    query = _columns(with_names=names != NOWHERE).where(DonationRow.token == token)
    query = within(query, scope, DonationRow.fund_id, DonationRow.section_id)
    return next(iter(_lines(session, session.execute(query).all(), names)), None)


def by_ids(
    session: Session, ids: Collection[int], scope: Scope, names: Scope = NOWHERE
) -> dict[int, DonationLine]:
    """These donations by id, as far as they lie within the scope."""
    query = _columns(with_names=names != NOWHERE).where(DonationRow.id.in_(ids))
    query = within(query, scope, DonationRow.fund_id, DonationRow.section_id)
    return {line.id: line for line in _lines(session, session.execute(query).all(), names)}


def narrowed(
    query: Select[*tuple[Any, ...]], wanted: LedgerFilter, search: Search, scope: Scope
) -> Select[*tuple[Any, ...]]:
    """Leave of a query over donations what a filter and a scope leave."""
    query = within(query, scope, DonationRow.fund_id, DonationRow.section_id)
    return query.where(*_conditions(wanted, search))


def _conditions(wanted: LedgerFilter, search: Search) -> Iterator[ColumnElement[bool]]:
    for column, value in (
        (DonationRow.fund_id, search.fund_id),
        (DonationRow.section_id, search.section_id),
        (DonationRow.method, wanted.method or None),
        (DonationRow.status, wanted.status or None),
        (DonationRow.account, wanted.account or None),
    ):
        if value is not None:
            yield column == value
    if search.donations is not None:
        yield DonationRow.id.in_(search.donations)
    yield from search.place.real(DonationRow.fund_id)
    yield from search.between(_moment(wanted), DonationRow.fund_id)


def _moment(wanted: LedgerFilter) -> InstrumentedAttribute[Any]:
    by_booking = wanted.dates is Dates.BOOKING
    return DonationRow.booked_at if by_booking else DonationRow.succeeded_at


def _place(
    session: Session,
    after: int,
    search: Search,
    moment: InstrumentedAttribute[Any],
    scope: Scope,
) -> ColumnElement[bool] | None:
    """What comes after a donation in the list; None where there is no such donation to be seen."""
    if not search.by_date:
        return DonationRow.id < after
    query = select(moment).where(DonationRow.id == after, moment.is_not(None))
    last = session.scalar(within(query, scope, DonationRow.fund_id, DonationRow.section_id))
    if last is None:
        return None
    # The first half is what an index begins at.
    return and_(moment <= last, or_(moment < last, DonationRow.id < after))


def _columns(*, with_names: bool) -> Select[*tuple[Any, ...]]:
    columns = [
        column
        for column in DonationRow.__table__.columns
        if column.name not in {"public_name", "reference", "message", "checkout_url", "attempt"}
    ]
    if with_names:
        columns += [DonationRow.__table__.c.public_name, DonationRow.__table__.c.reference]
    return select(*columns)


def _lines(
    session: Session, rows: Sequence[Row[*tuple[Any, ...]]], names: Scope
) -> list[DonationLine]:
    ids = [row.id for row in rows]
    if not ids:
        return []
    owners, parts = funds(session), sections(session, {row.section_id for row in rows})
    fees, refunded, disputed = _fees(session, ids), _refunded(session, ids), _disputed(session, ids)
    words = _stripe_methods(session, ids)
    return [
        DonationLine(
            **_of_row(row, owners[row.fund_id], parts[row.section_id], names),
            stripe_method=words.get(row.id),
            fee=fees.get(row.id, (None, None))[0],
            fee_currency=fees.get(row.id, (None, None))[1],
            refunded=refunded.get(row.id, 0),
            disputed=disputed.get(row.id, 0),
        )
        for row in rows
    ]


def _of_row(
    row: Row[*tuple[Any, ...]], fund: Fund, section: Section, names: Scope
) -> dict[str, Any]:
    rate = None
    if row.rate_mantissa is not None and row.rate_scale is not None:
        rate = Rate(row.rate_mantissa, row.rate_scale)
    shows = names.allows(row.fund_id, row.section_id)
    kept = Money(row.kept, row.currency)
    return {
        "id": row.id,
        "token": row.token,
        "fund": fund.slug,
        "fund_currency": fund.currency,
        "timezone": fund.timezone,
        "section": section.code,
        "section_name": section.short_name,
        "method": row.method,
        "status": row.status,
        "currency": row.currency,
        "amount": row.amount,
        "cover": row.cover,
        "kept": row.kept,
        "rate": "" if rate is None else str(rate),
        "base": None if rate is None else rate.to_base(kept, fund.currency).minor,
        "account": row.account,
        "created_at": row.created_at,
        "given_at": row.succeeded_at,
        "booked_at": row.booked_at,
        "reference": row.reference if shows else None,
        "public_name": row.public_name if shows else None,
    }


def _stripe_methods(session: Session, ids: Collection[int]) -> dict[int, str | None]:
    """How the charges that took the money were paid."""
    query = select(ChargeRow.donation_id, ChargeRow.method).where(
        ChargeRow.donation_id.in_(ids),
        ChargeRow.state == ChargeState.SUCCEEDED,
    )
    return {row.donation_id: row.method for row in session.execute(query)}


def _fees(session: Session, ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """What Stripe kept of donations; one is settled in one currency, the last of them is told."""
    line = BalanceTransactionRow
    query = (
        select(line.donation_id, func.sum(line.fee), line.currency)
        .where(line.donation_id.in_(ids))
        .group_by(line.donation_id, line.currency)
    )
    rows = session.execute(query)
    return {number: (int(fee), currency) for number, fee, currency in rows if number is not None}


def _refunded(session: Session, ids: Collection[int]) -> dict[int, int]:
    query = (
        select(RefundRow.donation_id, func.sum(RefundRow.amount))
        .where(RefundRow.donation_id.in_(ids), RefundRow.status == RefundStatus.SUCCEEDED)
        .group_by(RefundRow.donation_id)
    )
    return {number: int(amount) for number, amount in session.execute(query)}


def _disputed(session: Session, ids: Collection[int]) -> dict[int, int]:
    """What banks took back and did not put back."""
    move = DisputeTransactionRow
    moved = case((move.reinstated, -DisputeRow.amount), else_=DisputeRow.amount)
    same = and_(DisputeRow.account == move.account, DisputeRow.id == move.dispute_id)
    query = (
        select(move.donation_id, func.sum(moved))
        .join(DisputeRow, same)
        .where(move.donation_id.in_(ids))
        .group_by(move.donation_id)
    )
    return {number: max(int(amount), 0) for number, amount in session.execute(query)}
