"""What a snapshot and the settling of one donation cost at 1,000 and at 100,000 donations."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.events import session_completed
from benchmarks.funds import ACCOUNT, SLUG, add_donations, add_received, make_fund
from benchmarks.table import Figure
from fundtracker.domain.actors import Actor
from fundtracker.live.local import LocalBroker
from fundtracker.mail.files import Files
from fundtracker.payments.budget import CallBudget
from fundtracker.payments.stripe import StripeGateway
from fundtracker.services.parts import Parts
from fundtracker.services.settle import settle
from fundtracker.store import inbox, snapshots
from fundtracker.store.inbox import Arrival

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from benchmarks.places import Place

FEW, MANY = 1_000, 100_000
ROUNDS = 200
LIMIT = 1.1


def measure(make: Callable[[], AbstractContextManager[Place]]) -> list[Figure]:
    """Build a small fund and a large one, and take turns between them."""
    with ExitStack() as stack:
        small = stack.enter_context(make())
        large = stack.enter_context(make())
        sides = [_Side(small, FEW), _Side(large, MANY)]
        settling: list[list[float]] = [[], []]
        reading: list[list[float]] = [[], []]
        # Turn by turn, so that what disturbs the machine disturbs both.
        for number in range(ROUNDS):
            for index, side in enumerate(sides):
                settling[index].append(side.settle_one(number))
                reading[index].append(side.read_snapshot())
        name = small.name
    return [
        _figure(f"{name}: settling one donation", *map(median, settling)),
        _figure(f"{name}: one snapshot", *map(median, reading)),
    ]


def _figure(what: str, few: float, many: float) -> Figure:
    return Figure(
        f"{what} at {MANY:,} donations",
        f"{many * 1000:.2f} ms",
        f"{few * 1000:.2f} ms at {FEW:,}",
        f"within {LIMIT} x (here {many / few:.2f})",
        met=many / few <= LIMIT,
    )


class _Side:
    """One database with so many donations in its fund."""

    def __init__(self, place: Place, donations: int) -> None:
        self._parts = Parts(
            database=place.database,
            gateway=_no_gateway(),
            broker=LocalBroker(),
            clock=lambda: datetime.now(UTC),
            actor=Actor.command("bench"),
            public_url="http://127.0.0.1",
            delivery=Files(Path("/nowhere"), "http://127.0.0.1"),
            exports=Path("/nowhere"),
        )
        sections = make_fund(place.database)
        add_received(place.database, sections, donations)
        self._tokens = add_donations(place.database, sections, "c", ROUNDS)
        with place.database.writer.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()

    def settle_one(self, number: int) -> float:
        """Seconds from a row in the inbox to the commit of what it books."""
        parts = self._parts
        token = self._tokens[number]
        with parts.database.unit_of_work() as session:
            event = Arrival(ACCOUNT, f"evt_{token}", session_completed(token).decode())
            inbox.put(session, [event], parts.clock())
        started = time.perf_counter()
        settle(parts)
        return time.perf_counter() - started

    def read_snapshot(self) -> float:
        """Seconds to build what the world sees, as bytes."""
        started = time.perf_counter()
        with self._parts.database.reading() as session:
            snapshots.load(session, SLUG)
        return time.perf_counter() - started


def _no_gateway() -> StripeGateway:
    """Settling needs no call; it asks the gateway for its account and mode only."""
    return StripeGateway(
        account=ACCOUNT,
        key="sk_test_unused",
        webhook_secrets=["whsec_unused"],
        base_address="http://127.0.0.1:9",
        budget=CallBudget(1),
    )
