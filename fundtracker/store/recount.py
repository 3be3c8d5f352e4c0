"""The days once more, from the ledger itself: to prove what is kept of them, or make it anew."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select

from fundtracker.domain.ledger import RECEIVED
from fundtracker.store.days import DayKey, DayRow, Sum, add
from fundtracker.store.donations import DonationRow
from fundtracker.store.funds import FundRow
from fundtracker.store.ledger import EntryRow, JournalRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

# Rows that are held in memory at once.
_STEP = 1000


def days(session: Session, fund_id: int | None = None) -> dict[DayKey, Sum]:
    """What the ledger says of each day, of one fund or of all."""
    sums: defaultdict[DayKey, Sum] = defaultdict(Sum)
    for key, counted in _donations(session, fund_id):
        sums[key] += counted
    return {key: counted for key, counted in sums.items() if counted != Sum()}


def kept_days(session: Session) -> dict[DayKey, Sum]:
    """What is kept of each day, those that came to nothing left out."""
    query = select(DayRow.__table__)
    kept = {DayKey(*row[:6]): Sum(*row[6:]) for row in session.execute(query)}
    return {key: counted for key, counted in kept.items() if counted != Sum()}


def make_anew(session: Session, fund_id: int) -> None:
    """Count the days of a fund again: they begin at another hour in another timezone."""
    session.execute(delete(DayRow).where(DayRow.fund_id == fund_id))
    add(session, days(session, fund_id))


def _donations(session: Session, fund_id: int | None) -> Iterator[tuple[DayKey, Sum]]:
    """What is booked of each donation, in the ledger's own words."""
    query = (
        select(
            EntryRow.fund_id,
            EntryRow.section_id,
            FundRow.timezone,
            DonationRow.method,
            DonationRow.succeeded_at,
            func.min(JournalRow.booked_at),
            -func.sum(EntryRow.base),
            -func.sum(EntryRow.amount),
        )
        .select_from(JournalRow)
        .join(EntryRow, EntryRow.journal_id == JournalRow.id)
        .join(DonationRow, DonationRow.id == JournalRow.donation_id)
        .join(FundRow, FundRow.id == EntryRow.fund_id)
        .where(EntryRow.account.in_(RECEIVED))
        .group_by(DonationRow.id, EntryRow.fund_id, EntryRow.section_id, FundRow.timezone)
    )
    if fund_id is not None:
        query = query.where(EntryRow.fund_id == fund_id)
    rows = session.execute(query.execution_options(yield_per=_STEP))
    for fund, section, timezone, method, given_at, booked_at, base, amount in rows:
        zone = ZoneInfo(timezone)
        key = DayKey(
            fund,
            section,
            (given_at or booked_at).astimezone(zone).date(),
            booked_at.astimezone(zone).date(),
            method,
            "",
        )
        yield key, Sum(int(base), int(int(amount) > 0))
