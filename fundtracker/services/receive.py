"""Receive what Stripe tells: keep it first, act on it later.

One statement and one commit; the unique key of the inbox makes it once, however often it comes.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from fundtracker.payments.events import event_id
from fundtracker.store import inbox
from fundtracker.store.inbox import Arrival

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fundtracker.payments.gateway import Seen
    from fundtracker.services.parts import Parts


def receive(parts: Parts, body: bytes, signature: str) -> None:
    """Keep a webhook; raises BadSignature or Malformed, and then nothing is kept."""
    now = parts.clock()
    parts.gateway.verify(body, signature, now)
    event = Arrival(parts.gateway.account, event_id(body), body.decode())
    with parts.database.unit_of_work() as session:
        inbox.put(session, [event], now)


def keep(parts: Parts, seen: Iterable[Seen]) -> int:
    """Keep objects and events that we read from Stripe ourselves; return how many were new."""
    arrivals = [arrival(parts.gateway.account, item) for item in seen]
    with parts.database.unit_of_work() as session:
        return inbox.put(session, arrivals, parts.clock())


def arrival(account: str, seen: Seen) -> Arrival:
    """An object as it goes into the inbox: one row for each state in which it was seen."""
    if seen.id.startswith("evt_"):
        return Arrival(account, seen.id, seen.body.decode())
    state = sha256(seen.body).hexdigest()[:16]
    return Arrival(account, f"read:{seen.id}:{state}", seen.body.decode())
