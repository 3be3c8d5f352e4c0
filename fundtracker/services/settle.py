"""Settle the inbox, a batch at a time: facts, journals, totals and versions in one transaction.

One settler at a time. A batch that raises is rolled back and run row by row, so that one bad row
holds nobody up; a row that raises again is put off, twice as long each time, and after eight
attempts waits for a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from sqlalchemy import insert

from fundtracker.payments.events import Malformed, read_notice
from fundtracker.services.book import book, changes
from fundtracker.services.book_pledges import Books, merged
from fundtracker.services.count import count
from fundtracker.services.identify import refs, tokens
from fundtracker.services.merge import Batch, Case, Verdict, gift_of
from fundtracker.services.pay_pledges import follow
from fundtracker.services.withdraw_refunded import what_is_paid, withdraw_refunded
from fundtracker.store import (
    donations,
    funds,
    inbox,
    ledger,
    payments,
    recount,
    refund_orders,
)
from fundtracker.store.database import is_passing, lock_settler
from fundtracker.store.donations import StripeRefRow
from fundtracker.store.inbox import InboxState
from fundtracker.store.payments import BalanceTransactionRow

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.payments.events import Notice
    from fundtracker.services.book_pledges import Changes
    from fundtracker.services.parts import Parts
    from fundtracker.store.donations import DonationRow
    from fundtracker.store.inbox import InboxRow

# Rows of one transaction: about 50 ms, so that no writer waits for long; and 20 ms on SQLite,
# where all of them wait.
BATCH, SQLITE_BATCH = 200, 50

log = structlog.get_logger(__name__)


def settle(parts: Parts, limit: int | None = None) -> int:
    """Settle what is due, one batch of it; return how many rows were tried."""
    now = parts.clock()
    with parts.database.reading() as session:
        if not inbox.is_due(session, parts.gateway.account, now):
            return 0
    # Attempts are committed first: a row that kills the process is later run alone.
    with parts.database.unit_of_work() as session:
        lock_settler(session)
        lost = inbox.give_up(session, parts.gateway.account, now)
        limit = limit or full_batch(parts)
        ids = inbox.claim(session, parts.gateway.account, now, limit)
    for row_id in lost:
        log.error("inbox_row_failed", row=row_id)
    try:
        _settle(parts, ids)
    except Exception as error:
        if is_passing(error):
            _uncount(parts, ids)
            raise
        log.warning("batch_failed", rows=len(ids), error=type(error).__name__)
        for row_id in ids:
            _settle_alone(parts, row_id)
    return len(ids)


def full_batch(parts: Parts) -> int:
    """How many rows one batch takes."""
    return SQLITE_BATCH if parts.database.is_sqlite else BATCH


def settle_all(parts: Parts) -> int:
    """Settle until nothing is due; return how many rows were tried."""
    tried = 0
    while batch := settle(parts):
        tried += batch
    return tried


def _settle_alone(parts: Parts, row_id: int) -> None:
    try:
        _settle(parts, [row_id])
    except Exception as error:  # noqa: BLE001 - whatever a row does, it must not stop the others
        if is_passing(error):
            _uncount(parts, [row_id])
            return
        with parts.database.unit_of_work() as session:
            state = inbox.put_off(session, row_id, parts.clock(), type(error).__name__)
        if state is InboxState.FAILED:
            # No traceback: its values may be personal data.
            log.error("inbox_row_failed", row=row_id, error=type(error).__name__)  # noqa: TRY400


def _uncount(parts: Parts, ids: Sequence[int]) -> None:
    with parts.database.unit_of_work() as session:
        inbox.uncount(session, ids, parts.clock())


def _settle(parts: Parts, ids: Sequence[int]) -> None:
    now = parts.clock()
    with parts.database.unit_of_work() as session:
        lock_settler(session)
        rows = inbox.still_received(session, ids)
        notices = {row.id: _read(row) for row in rows}
        batch = _load(parts, session, [n for n in notices.values() if n is not None])
        for row in rows:
            _close(row, _judge(batch, notices[row.id]), now)
        versions = write(parts, session, batch, now)
    for slug, version in versions.items():
        parts.broker.announce(slug, version)


def _read(row: InboxRow) -> Notice | None:
    try:
        return read_notice((row.payload or "").encode())
    except Malformed:
        return None


def _judge(batch: Batch, notice: Notice | None) -> Verdict:
    if notice is None:
        return Verdict(InboxState.QUARANTINED, "cannot be read")
    return batch.judge(notice)


def _close(row: InboxRow, verdict: Verdict, now: datetime) -> None:
    row.state, row.note, row.waits_for = verdict.state, verdict.note, verdict.waits_for
    row.settled_at = now
    if verdict.state in {InboxState.PARKED, InboxState.QUARANTINED}:
        log.warning(
            "event_needs_a_look",
            state=verdict.state,
            row=row.id,
            waits_for=verdict.waits_for,
            note=verdict.note,
        )


def _load(parts: Parts, session: Session, notices: Sequence[Notice]) -> Batch:
    """Lock and read the donations that messages are about."""
    account = parts.gateway.account
    facts = [fact for notice in notices for fact in notice.facts]
    rows = donations.lock(session, account, tokens(facts), refs(facts))
    lines = {fact.id for fact in facts if fact.id.startswith("txn_")}
    return batch_of(parts, session, rows, lines)


def batch_of(
    parts: Parts, session: Session, rows: Sequence[DonationRow], lines: Collection[str] = ()
) -> Batch:
    """Read what is known of donations that are locked already, all of the gateway's account."""
    account = parts.gateway.account
    known = payments.known(session, rows)
    owners = funds.by_ids(session, {row.fund_id for row in rows})
    cases = {
        row.id: Case(
            row,
            gift_of(row, owners[row.fund_id].currency),
            before=known[row.id],
            payment=known[row.id],
        )
        for row in rows
    }
    return Batch(
        account=account,
        livemode=parts.gateway.livemode,
        cases=cases,
        refs=donations.refs_of(session, account, cases),
        known_lines=payments.transactions(session, account, lines),
    )


def write(parts: Parts, session: Session, batch: Batch, now: datetime) -> dict[str, int]:
    """Write what a batch learnt, in the lock order; return the new versions by fund."""
    kept_before = {number: case.row.kept for number, case in batch.cases.items()}
    booked_before = {number for number, case in batch.cases.items() if case.row.booked_at}
    _write_facts(session, batch, now)
    session.flush()
    recount.relabel(session, _renamed(batch))
    bookings = book(batch, ledger.posted(session, batch.cases), now)
    ledger.post(session, batch.account, bookings, parts.actor, now)
    promised = _follow(parts, session, batch, kept_before, booked_before, now)
    inbox.wake(session, batch.account, batch.new_refs.keys() | batch.heard, now)
    return count(session, merged(changes(bookings, kept_before, batch), promised), now)


def _follow(
    parts: Parts,
    session: Session,
    batch: Batch,
    kept_before: Mapping[int, int],
    booked_before: Collection[int],
    now: datetime,
) -> Changes:
    """Let pledges follow what is left of donations; those that succeeded pay what they are for."""
    moved = [
        case for number, case in sorted(batch.cases.items()) if case.row.kept != kept_before[number]
    ]
    currencies = {case.row.fund_id: case.gift.base_currency for case in moved}
    fresh = {case.row.id for case in moved} - set(booked_before)
    books = Books(session, parts, currencies, now)
    less = [case.row.id for case in moved if case.row.kept < kept_before[case.row.id]]
    orders = refund_orders.withdrawing(session, less) if less else []
    paid_before = what_is_paid(session, orders)
    followed = follow(books, [case.row for case in moved], fresh)
    return merged(followed, withdraw_refunded(books, orders, paid_before))


def _renamed(batch: Batch) -> dict[int, str]:
    """What Stripe had called the way of paying of gifts that are booked, where it says more now."""
    return {
        number: case.before.stripe_method
        for number, case in batch.cases.items()
        if case.row.booked_at and case.before.stripe_method != case.payment.stripe_method
    }


def _write_facts(session: Session, batch: Batch, now: datetime) -> None:
    payments.remember(
        session,
        [(case.row, case.payment, case.before) for case in batch.cases.values() if case.is_new],
        now,
    )
    if batch.new_refs:
        session.execute(
            insert(StripeRefRow),
            [
                {"account": batch.account, "id": ref, "donation_id": number}
                for ref, number in sorted(batch.new_refs.items())
            ],
        )
    session.add_all(
        BalanceTransactionRow(
            account=batch.account,
            id=line.fact.id,
            kind=line.fact.kind,
            amount=line.fact.amount,
            fee=line.fact.fee,
            net=line.fact.net,
            currency=line.fact.currency,
            source=line.fact.source,
            donation_id=line.donation_id,
        )
        for line in batch.lines
    )
