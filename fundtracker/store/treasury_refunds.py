"""Refunds as the ledger pages list them: whoever asked for them, here or at Stripe's own desk."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from fundtracker.domain.filters import Dates
from fundtracker.domain.ledger import Account
from fundtracker.store.donations import DonationRow
from fundtracker.store.ledger import EntryRow, JournalRow
from fundtracker.store.payments import RefundRow
from fundtracker.store.refund_orders import RefundOrderRow
from fundtracker.store.scoping import within
from fundtracker.store.treasury_lines import OrderLine, RefundLine
from fundtracker.store.treasury_places import funds, sections
from fundtracker.store.treasury_search import resolve

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy.orm import Session

    from fundtracker.domain.filters import LedgerFilter
    from fundtracker.domain.scope import Scope
    from fundtracker.store.treasury_search import Search

_BOOKED = and_(
    JournalRow.account == RefundRow.account,
    JournalRow.source == RefundRow.id,
    JournalRow.kind == "refund",
)


def refunds(
    session: Session,
    wanted: LedgerFilter,
    scope: Scope,
    *,
    after: str | None = None,
    limit: int,
) -> list[RefundLine]:
    """The refunds that a filter leaves, the last heard of first; `after` is the last one seen."""
    search = resolve(session, replace(wanted, status=""), scope)
    if search is None or search.donations == frozenset():
        return []
    query = _columns(scope).where(*_conditions(wanted, search))
    if after is not None:
        place = _place(session, after, scope)
        if place is None:
            return []
        query = query.where(place)
    query = query.order_by(RefundRow.heard_at.desc(), RefundRow.id.desc()).limit(limit)
    return _lines(session, session.execute(query).all())


def open_orders(
    session: Session, wanted: LedgerFilter, scope: Scope, *, limit: int
) -> list[OrderLine]:
    """The refunds that were asked for here and not answered yet, the newest first.

    They have neither a status nor a date of Stripe's: a filter that names one leaves none.
    """
    search = resolve(session, wanted, scope)
    if search is None or search.by_date or wanted.status:
        return []
    order = RefundOrderRow
    query = (
        select(
            order.amount,
            order.asked_at,
            order.actor,
            DonationRow.token,
            DonationRow.currency,
            DonationRow.fund_id,
            DonationRow.section_id,
        )
        .join(DonationRow, DonationRow.id == order.donation_id)
        .where(order.refund_id.is_(None), order.refused_at.is_(None))
        .where(*_of_donation(wanted, search))
    )
    query = within(query, scope, DonationRow.fund_id, DonationRow.section_id)
    rows = session.execute(query.order_by(order.id.desc()).limit(limit)).all()
    owners, parts = funds(session), sections(session, {row.section_id for row in rows})
    return [
        OrderLine(
            donation=row.token,
            fund=owners[row.fund_id].slug,
            timezone=owners[row.fund_id].timezone,
            section=parts[row.section_id].code,
            section_name=parts[row.section_id].short_name,
            currency=row.currency,
            amount=row.amount,
            asked_at=row.asked_at,
            asked_by=row.actor,
        )
        for row in rows
    ]


def _columns(scope: Scope) -> Select[*tuple[Any, ...]]:
    query = (
        select(
            RefundRow.id,
            RefundRow.account,
            RefundRow.status,
            RefundRow.amount,
            RefundRow.currency,
            RefundRow.heard_at,
            RefundRow.fund_id,
            RefundRow.section_id,
            DonationRow.token,
            JournalRow.id.label("journal_id"),
            JournalRow.booked_at,
        )
        .join(DonationRow, DonationRow.id == RefundRow.donation_id)
        .outerjoin(JournalRow, _BOOKED)
    )
    return within(query, scope, RefundRow.fund_id, RefundRow.section_id)


def _conditions(wanted: LedgerFilter, search: Search) -> Iterator[ColumnElement[bool]]:
    yield from _of_donation(wanted, search, RefundRow)
    if wanted.status:
        yield RefundRow.status == wanted.status
    by_booking = wanted.dates is Dates.BOOKING
    moment = JournalRow.booked_at if by_booking else RefundRow.heard_at
    yield from search.between(moment, RefundRow.fund_id)


def _of_donation(
    wanted: LedgerFilter, search: Search, owner: type[DonationRow | RefundRow] = DonationRow
) -> Iterator[ColumnElement[bool]]:
    """What a filter asks of the donation of a refund; the `owner` names its fund and section."""
    for column, value in (
        (owner.fund_id, search.fund_id),
        (owner.section_id, search.section_id),
        (DonationRow.method, wanted.method or None),
        (DonationRow.account, wanted.account or None),
    ):
        if value is not None:
            yield column == value
    if search.donations is not None:
        yield DonationRow.id.in_(search.donations)
    yield from search.place.real(owner.fund_id)


def _place(session: Session, after: str, scope: Scope) -> ColumnElement[bool] | None:
    """What comes after a refund in the list; None where there is no such refund to be seen."""
    query = select(RefundRow.heard_at).where(RefundRow.id == after)
    last = session.scalar(within(query, scope, RefundRow.fund_id, RefundRow.section_id))
    if last is None:
        return None
    heard_at = RefundRow.heard_at
    return and_(heard_at <= last, or_(heard_at < last, RefundRow.id < after))


def _lines(session: Session, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[RefundLine]:
    owners, parts = funds(session), sections(session, {row.section_id for row in rows})
    bases = _bases(session, [row.journal_id for row in rows if row.journal_id])
    askers = _askers(session, [row.id for row in rows])
    return [
        RefundLine(
            id=row.id,
            donation=row.token,
            fund=owners[row.fund_id].slug,
            fund_currency=owners[row.fund_id].currency,
            timezone=owners[row.fund_id].timezone,
            section=parts[row.section_id].code,
            section_name=parts[row.section_id].short_name,
            status=row.status,
            currency=row.currency,
            amount=row.amount,
            base=None if row.journal_id is None else bases.get(row.journal_id, 0),
            account=row.account,
            heard_at=row.heard_at,
            booked_at=row.booked_at,
            asked_by=askers.get(row.id),
        )
        for row in rows
    ]


def _bases(session: Session, journals: Collection[int]) -> dict[int, int]:
    """What each refund took from the headline; nothing where all of it was fee cover or loss."""
    query = (
        select(EntryRow.journal_id, func.sum(EntryRow.base))
        .where(
            EntryRow.journal_id.in_(journals),
            EntryRow.account == Account.GIFTS_RETURNED,
        )
        .group_by(EntryRow.journal_id)
    )
    return {number: int(base or 0) for number, base in session.execute(query)}


def _askers(session: Session, ids: Collection[str]) -> dict[str, str]:
    order = RefundOrderRow
    query = select(order.refund_id, order.actor).where(order.refund_id.in_(ids))
    return {refund: actor for refund, actor in session.execute(query) if refund is not None}
