"""Webhooks a second, accepted and settled, beside what one client can insert durably, raw."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import func, select

from benchmarks.events import session_completed, webhook
from benchmarks.funds import add_donations, make_fund
from benchmarks.load import send_all
from benchmarks.places import SECRET
from benchmarks.table import Figure
from fundtracker.store.inbox import InboxRow, InboxState

if TYPE_CHECKING:
    from benchmarks.places import Place
    from fundtracker.store.database import Database

ROUNDS = 3
COUNT = 2000
PAYLOAD = b"x" * 2800
COLUMNS = "account, event_id, payload, state, attempts, due_at, received_at"
# Seconds; only a worker that stands still takes so long.
PATIENCE = 120


def measure(place: Place) -> list[Figure]:
    """Send rounds of events over HTTP, and let the worker settle them meanwhile."""
    sections = make_fund(place.database)
    tokens = add_donations(place.database, sections, "w", COUNT * ROUNDS)
    place.server.start()
    send_all(place.server.port, [webhook(session_completed("warm"), SECRET, place.server.port)])
    accepted, settled, raw = [], [], []
    for number in range(ROUNDS):
        raw.append(_raw_rate(place, number))
        mine = tokens[number * COUNT : (number + 1) * COUNT]
        requests = [webhook(session_completed(t), SECRET, place.server.port) for t in mine]
        started = time.perf_counter()
        accepted.append(COUNT / send_all(place.server.port, requests))
        _wait_until_settled(place.database)
        settled.append(COUNT / (time.perf_counter() - started))
    beside = f"{median(raw):,.0f}/s raw inserts"
    ratio = median(accepted) / median(raw)
    return [
        Figure(
            f"{place.name}: webhooks accepted over HTTP",
            f"{median(accepted):,.0f}/s",
            beside,
            f"half of raw or more (here {ratio:.2f})",
            met=ratio >= 1 / 2,
        ),
        Figure(
            f"{place.name}: webhooks accepted and settled",
            f"{median(settled):,.0f}/s",
            beside,
            f"half of raw or more (here {median(settled) / median(raw):.2f})",
            met=median(settled) / median(raw) >= 1 / 2,
        ),
    ]


def _raw_rate(place: Place, number: int) -> float:
    """Rows a second that one client inserts into the same table, each durable before the next."""
    now = datetime.now(UTC).replace(tzinfo=None).isoformat(sep=" ")
    rows = [
        ("raw", f"raw{number}_{row}", PAYLOAD, InboxState.IGNORED.value, 0, now, now)
        for row in range(COUNT)
    ]
    with closing(_connect(place.url)) as connection:
        mark = "%s" if place.url.startswith("postgresql") else "?"
        values = ", ".join([mark] * len(rows[0]))
        insert = f"INSERT INTO inbox ({COLUMNS}) VALUES ({values})"  # noqa: S608 - our constants
        started = time.perf_counter()
        for row in rows:
            connection.execute(insert, row)
        return COUNT / (time.perf_counter() - started)


def _connect(url: str) -> Any:  # noqa: ANN401 - of either driver
    if url.startswith("postgresql"):
        return psycopg.connect(url, autocommit=True)
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def _wait_until_settled(database: Database) -> None:
    deadline = time.monotonic() + PATIENCE
    query = select(func.count()).where(InboxRow.state == InboxState.RECEIVED)
    while time.monotonic() < deadline:
        with database.reading() as session:
            if session.scalar(query) == 0:
                return
        time.sleep(0.02)
    raise SystemExit("the worker did not settle in time")
