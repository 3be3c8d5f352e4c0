"""Journals as the ledger pages list them, each with its entries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, or_, select

from fundtracker.store.donations import DonationRow
from fundtracker.store.ledger import EntryRow, JournalRow
from fundtracker.store.pledges import PledgeRow
from fundtracker.store.scoping import within
from fundtracker.store.treasury_lines import EntryLine, JournalLine
from fundtracker.store.treasury_places import funds, sections
from fundtracker.store.treasury_search import Search, accounts, few, resolve

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.filters import LedgerFilter
    from fundtracker.domain.scope import Scope


def journals(
    session: Session,
    wanted: LedgerFilter,
    scope: Scope,
    *,
    after: int | None = None,
    limit: int,
) -> list[JournalLine]:
    """The journals that a filter leaves, newest first; `after` is the last one seen.

    A journal has one date, that of its booking. Method and status are those of its donation.
    Journals of no donation, such as payouts, are seen by those who see everything.
    """
    # An account has journals of no donation too.
    search = resolve(session, replace(wanted, account=""), scope)
    if search is None:
        return []
    query = select(JournalRow).where(*_conditions(session, wanted, search))
    if wanted.account:
        of_account = JournalRow.account == wanted.account
        own = few(session, JournalRow, of_account, scope)
        query = query.where(of_account if own is None else JournalRow.id.in_(own))
    query = within(query, scope, JournalRow.fund_id, JournalRow.section_id)
    if wanted.method or wanted.status:
        query = query.join(DonationRow, DonationRow.id == JournalRow.donation_id)
    if search.by_date:
        query = query.order_by(JournalRow.booked_at.desc(), JournalRow.id.desc())
    else:
        query = query.order_by(JournalRow.id.desc())
    if after is not None:
        place = _place(session, after, search, scope)
        if place is None:
            return []
        query = query.where(place)
    return _lines(session, session.scalars(query.limit(limit)).all())


def of_donation(session: Session, donation_id: int, scope: Scope) -> list[JournalLine]:
    """The journals of a donation, in the order in which they were booked."""
    query = select(JournalRow).where(JournalRow.donation_id == donation_id)
    query = within(query, scope, JournalRow.fund_id, JournalRow.section_id)
    return _lines(session, session.scalars(query.order_by(JournalRow.id)).all())


def of_pledge(session: Session, pledge_id: int, scope: Scope) -> list[JournalLine]:
    """The journals of a pledge, in the order in which they were booked."""
    query = select(JournalRow).where(JournalRow.pledge_id == pledge_id)
    query = within(query, scope, JournalRow.fund_id, JournalRow.section_id)
    return _lines(session, session.scalars(query.order_by(JournalRow.id)).all())


def _conditions(
    session: Session, wanted: LedgerFilter, search: Search
) -> Iterator[ColumnElement[bool]]:
    for column, value in (
        (JournalRow.fund_id, search.fund_id),
        (JournalRow.section_id, search.section_id),
        (JournalRow.kind, wanted.kind or None),
        (DonationRow.method, wanted.method or None),
        (DonationRow.status, wanted.status or None),
    ):
        if value is not None:
            yield column == value
    if search.few is not None:
        yield JournalRow.donation_id.in_(search.few)
    if search.named is not None:
        of_these = JournalRow.donation_id.in_(search.named)
        yield or_(of_these, JournalRow.id.in_(_of_source(session, wanted.text)))
    yield from search.place.real(JournalRow.fund_id)
    yield from search.between(JournalRow.booked_at, JournalRow.fund_id)


def _of_source(session: Session, source: str) -> list[int]:
    """The journals that an object of Stripe's made, looked up apart so that each uses its index."""
    query = select(JournalRow.id).where(
        JournalRow.account.in_(accounts(session)),
        JournalRow.source == source,
    )
    return list(session.scalars(query))


def _place(
    session: Session, after: int, search: Search, scope: Scope
) -> ColumnElement[bool] | None:
    """What comes after a journal in the list; None where there is no such journal to be seen."""
    if not search.by_date:
        return JournalRow.id < after
    query = select(JournalRow.booked_at).where(JournalRow.id == after)
    last: datetime | None = session.scalar(
        within(query, scope, JournalRow.fund_id, JournalRow.section_id),
    )
    if last is None:
        return None
    booked_at = JournalRow.booked_at
    return and_(booked_at <= last, or_(booked_at < last, JournalRow.id < after))


def _lines(session: Session, rows: Sequence[JournalRow]) -> list[JournalLine]:
    if not rows:
        return []
    owners = funds(session)
    tokens = _tokens(session, {row.donation_id for row in rows if row.donation_id is not None})
    numbers = _numbers(session, {row.pledge_id for row in rows if row.pledge_id is not None})
    entries = _entries(session, [row.id for row in rows])
    parts = sections(session, {row.section_id for row in rows if row.section_id is not None})
    lines = []
    for row in rows:
        fund = None if row.fund_id is None else owners[row.fund_id]
        part = None if row.section_id is None else parts[row.section_id]
        lines.append(
            JournalLine(
                id=row.id,
                booked_at=row.booked_at,
                source=row.source,
                kind=row.kind,
                account=row.account,
                fund=fund.slug if fund else "",
                fund_currency=fund.currency if fund else "",
                timezone=fund.timezone if fund else "UTC",
                section=part.code if part else "",
                section_name=part.short_name if part else "",
                donation=tokens.get(row.donation_id or 0),
                pledge=numbers.get(row.pledge_id or 0),
                actor=row.actor,
                entries=tuple(entries[row.id]),
            )
        )
    return lines


def _tokens(session: Session, ids: Collection[int]) -> dict[int, str]:
    query = select(DonationRow.id, DonationRow.token).where(DonationRow.id.in_(ids))
    return {row.id: row.token for row in session.execute(query)}


def _numbers(session: Session, ids: Collection[int]) -> dict[int, str]:
    query = select(PledgeRow.id, PledgeRow.number).where(PledgeRow.id.in_(ids))
    return {row.id: row.number for row in session.execute(query)}


def _entries(session: Session, journal_ids: Collection[int]) -> dict[int, list[EntryLine]]:
    query = select(EntryRow).where(EntryRow.journal_id.in_(journal_ids)).order_by(EntryRow.id)
    rows = session.scalars(query).all()
    parts = sections(session, {row.section_id for row in rows})
    found: defaultdict[int, list[EntryLine]] = defaultdict(list)
    for row in rows:
        found[row.journal_id].append(
            EntryLine(
                account=row.account,
                holder=row.holder,
                section=parts[row.section_id].code,
                currency=row.currency,
                amount=row.amount,
                base=row.base,
            ),
        )
    return found
