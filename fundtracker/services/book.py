"""Booking a batch: what every donation's facts amount to, less what is booked already."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from fundtracker.domain import ledger as books
from fundtracker.domain.postings import given, returned, settled
from fundtracker.domain.totals import Totals
from fundtracker.store.ledger import Booking

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from fundtracker.domain.donations import Back
    from fundtracker.domain.ledger import Journal
    from fundtracker.services.merge import Batch, Case
    from fundtracker.store.donations import DonationRow

Posted = set[tuple[str, str]]


def book(batch: Batch, posted: Mapping[int | None, Posted], now: datetime) -> list[Booking]:
    """Journals for everything new in a batch; updates what the rows say of `kept`."""
    bookings: list[Booking] = []
    for number in sorted(batch.cases):
        case = batch.cases[number]
        source = batch.intent_of(number) or case.row.token
        bookings += _donation(case, source, posted[number], now)
    for line in batch.lines:
        journal = settled(line.fact, line.original, batch.account)
        if journal is None:
            continue
        if line.donation_id is None:
            bookings.append(Booking(journal, None, None, None))
        else:
            bookings.append(_of(batch.cases[line.donation_id].row, journal))
    return bookings


def changes(
    bookings: Iterable[Booking],
    kept_before: Mapping[int, int],
    batch: Batch,
) -> dict[tuple[int, int], Totals]:
    """What a batch adds to the totals of each (fund, section)."""
    sums: defaultdict[tuple[int, int], Totals] = defaultdict(Totals)
    for booking in bookings:
        for place, change in books.totals(booking.journal.entries).items():
            sums[place] += change
    for number, case in batch.cases.items():
        counted = (case.row.kept > 0) - (kept_before[number] > 0)
        if counted:
            sums[case.row.fund_id, case.row.section_id] += Totals(donations=counted)
    return dict(sums)


def _donation(case: Case, source: str, posted: Posted, now: datetime) -> list[Booking]:
    gift = case.gift
    # Without a rate the gift waits, visibly; it is never counted at 1.
    if not case.payment.succeeded or gift.rate is None:
        return []
    journals = []
    if not any(kind == "gift" for _, kind in posted):
        journals.append(given(gift, source))
        case.row.succeeded_at = case.row.booked_at = now
    backs = list(case.payment.backs())
    gone = sum(back.amount for back in backs if (back.source, back.kind) in posted)
    for back in _due(backs, posted):
        # Money that a bank put back before we hear that it was taken waits for the taking.
        if gone + back.amount >= 0:
            journals.append(returned(gift, back, gone))
            gone += back.amount
    case.row.kept = gift.kept(gone)
    return [_of(case.row, journal) for journal in journals]


def _of(row: DonationRow, journal: Journal) -> Booking:
    return Booking(journal, row.fund_id, row.section_id, row.id)


def _due(backs: Iterable[Back], posted: Posted) -> list[Back]:
    """What is not booked yet, money that went before money that came again.

    A refund that is known to have failed before it was ever booked is nothing to book.
    """
    backs = list(backs)
    void = {
        back.source
        for back in backs
        if back.kind == "refund_failed" and (back.source, "refund") not in posted
    }
    due = [
        back
        for back in backs
        if back.amount and (back.source, back.kind) not in posted and back.source not in void
    ]
    return sorted(due, key=lambda back: back.amount < 0)
