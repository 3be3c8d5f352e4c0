"""The days once more, from the ledger itself: to prove what is kept of them, or make it anew."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from fundtracker.store.days import DayKey, DayRow, Sum, add
from fundtracker.store.ledger import EntryRow, JournalRow, brought

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session


def days(session: Session, fund_id: int | None = None) -> dict[DayKey, Sum]:
    """What the ledger says of each day, of one fund or of all."""
    only = [] if fund_id is None else [EntryRow.fund_id == fund_id]
    sums: defaultdict[DayKey, Sum] = defaultdict(Sum)
    for each in brought(session, *only):
        sums[each.day] += each.sum
    return {key: counted for key, counted in sums.items() if counted != Sum()}


def kept_days(session: Session) -> dict[DayKey, Sum]:
    """What is kept of each day, those that came to nothing left out."""
    query = select(DayRow.__table__)
    kept = {DayKey(*row[:6]): Sum(*row[6:]) for row in session.execute(query)}
    return {key: counted for key, counted in kept.items() if counted != Sum()}


def make_anew(session: Session, fund_id: int) -> None:
    """Count the days of a fund again: in another timezone they begin at another hour.

    Nobody may book meanwhile: take `lock_settler` first.
    """
    session.execute(delete(DayRow).where(DayRow.fund_id == fund_id))
    add(session, days(session, fund_id))


def relabel(session: Session, words: Mapping[int, str]) -> None:
    """Move donations to the way of paying that is known of them by now; `words` were theirs."""
    if not words:
        return
    sums: defaultdict[DayKey, Sum] = defaultdict(Sum)
    for each in brought(session, JournalRow.donation_id.in_(words)):
        sums[each.day._replace(stripe_method=words[each.donation_id])] += -each.sum
        sums[each.day] += each.sum
    add(session, sums)
