"""Catch up: read from Stripe what its webhooks did not bring, into the inbox like everything else.

Lists are newest first, so a reading walks back from now to a little before the last one, and its
cursor moves in the commit that keeps the last page. What is read twice is one row.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from fundtracker.domain.errors import GatewayRefused
from fundtracker.services.receive import arrival, keep
from fundtracker.store import donations, inbox, jobs

if TYPE_CHECKING:
    from collections.abc import Callable

    from fundtracker.payments.gateway import Page
    from fundtracker.services.parts import Parts

# A list can show a line later than its time says; so much is read again each time.
OVERLAP = timedelta(hours=1)
# Stripe lists events for thirty days.
HORIZON = timedelta(days=30)
# A donation that is open for so long is asked about; a payment page is open for an hour.
OPEN_FOR = timedelta(hours=1)
OPEN_BATCH = 50


def read_events(parts: Parts) -> int:
    """Keep the events that were missed; return how many were new."""
    return _read(
        parts,
        "events",
        lambda since, after: parts.gateway.list_events(
            created_from=since,
            after=after,
        ),
    )


def read_transactions(parts: Parts) -> int:
    """Keep the lines of Stripe's ledger that are new, fees among them; return how many."""
    return _read(
        parts,
        "transactions",
        lambda since, after: parts.gateway.list_transactions(
            created_from=since,
            after=after,
        ),
    )


def ask_session(parts: Parts, session_id: str) -> int:
    """Keep what Stripe says of one payment page; return 1 if that was new."""
    return keep(parts, [parts.gateway.retrieve_session(session_id)])


def ask_open(parts: Parts) -> int:
    """Keep what Stripe says of donations that are open for long; return how many were new."""
    before = parts.clock() - OPEN_FOR
    with parts.database.reading() as session:
        ids = donations.unsettled(session, parts.gateway.account, before, OPEN_BATCH)
    return sum(_ask_if_known(parts, session_id) for session_id in ids)


def _ask_if_known(parts: Parts, session_id: str) -> int:
    """Ask about one of many: one that Stripe no longer knows must not hold up the others."""
    try:
        return ask_session(parts, session_id)
    except GatewayRefused:
        return 0


def forget(parts: Parts) -> int:
    """Empty old payloads; return how many."""
    with parts.database.unit_of_work() as session:
        return inbox.forget(session, parts.clock())


def _read(parts: Parts, name: str, listing: Callable[[int, str | None], Page]) -> int:
    account, started = parts.gateway.account, parts.clock()
    with parts.database.reading() as session:
        known = jobs.cursor(session, account, name)
    oldest = int((started - HORIZON).timestamp())
    since = oldest if known is None else int(known) - int(OVERLAP.total_seconds())
    new, after = 0, None
    while True:
        page = listing(max(since, oldest), after)
        after = page.next
        with parts.database.unit_of_work() as session:
            new += inbox.put(session, [arrival(account, s) for s in page.items], parts.clock())
            if after is None:
                jobs.move_cursor(session, account, name, str(int(started.timestamp())))
                return new
