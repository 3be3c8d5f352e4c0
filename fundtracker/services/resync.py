"""Resync: read from Stripe again what may have been missed, and settle it at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from fundtracker.services.catch_up import OVERLAP, ask_open, read_events, read_transactions
from fundtracker.services.settle import settle_all
from fundtracker.store import jobs

if TYPE_CHECKING:
    from datetime import datetime

    from fundtracker.services.parts import Parts


@dataclass(frozen=True, slots=True)
class Resynced:
    """How much was new: events, ledger lines, answers about open donations; and rows settled."""

    events: int
    transactions: int
    asked: int
    settled: int


def resync(parts: Parts, days: int | None = None) -> Resynced:
    """Read since the last reading, or since so many days; raises GatewayUnavailable or Busy.

    What was read before an error is kept and settled by the worker.
    """
    if days is not None:
        # Kept as the place to begin, so that a reading that breaks off goes on from there.
        read_from(parts, parts.clock() - timedelta(days=days))
    return Resynced(
        events=read_events(parts),
        transactions=read_transactions(parts),
        asked=ask_open(parts),
        settled=settle_all(parts),
    )


def read_from(parts: Parts, moment: datetime) -> None:
    """Let the next readings of events and ledger lines begin at a moment."""
    account = parts.gateway.account
    # A reading begins by the overlap before its cursor.
    since = str(int((moment + OVERLAP).timestamp()))
    with parts.database.unit_of_work() as session:
        for name in ("events", "transactions"):
            jobs.move_cursor(session, account, name, since)
