"""What happens is written down as an event, and each event is put out for delivery."""

from __future__ import annotations

from secrets import SystemRandom
from typing import TYPE_CHECKING

from fundtracker.simulator.objects.events import new_event
from fundtracker.simulator.switches import positions

if TYPE_CHECKING:
    from fundtracker.simulator.storage import Json, Work

_CHANCE = SystemRandom()


def emit(work: Work, type: str, thing: Json, previous: Json | None = None) -> None:
    """Store an event about an object and queue it, as the switches say."""
    stand = positions(work.connection)
    for _ in range(2 if stand.twin else 1):
        event = new_event(type, thing, previous, work.request, now=work.second)
        work.add(event)
        for _ in range(2 if stand.duplicate else 1):
            work.connection.execute(
                "INSERT INTO delivery (event, due, state) VALUES (?, ?, ?)",
                (
                    event["id"],
                    work.now + _CHANCE.uniform(0, stand.delay),
                    "dropped" if stand.drop else "pending",
                ),
            )


def undelivered(work: Work, id: str) -> int:
    """Return how many deliveries of an event have not been acknowledged."""
    row = work.connection.execute(
        "SELECT count(*) FROM delivery WHERE event = ? AND state <> 'done'",
        (id,),
    ).fetchone()
    return int(row[0])
