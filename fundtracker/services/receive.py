"""Receive what Stripe tells: keep it first, act on it later.

The unique key of the inbox makes it once, however often it comes; it is durable before anybody
says that it was received.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from fundtracker.payments.events import event_id
from fundtracker.store import inbox
from fundtracker.store.inbox import Arrival
from fundtracker.store.sharing import SharedCommit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from fundtracker.payments.gateway import Seen
    from fundtracker.services.parts import Parts


class Intake:
    """The way in for webhooks; those that come at the same moment share a commit."""

    def __init__(self, parts: Parts) -> None:
        """Take one for a process, so that its threads meet in it."""
        self._parts = parts
        self._commits = SharedCommit(parts.database, self._put)

    def receive(self, body: bytes, signature: str) -> None:
        """Keep a webhook; raises BadSignature or Malformed, and then nothing is kept."""
        gateway = self._parts.gateway
        gateway.verify(body, signature, self._parts.clock())
        self._commits.put(Arrival(gateway.account, event_id(body), body.decode()))

    def _put(self, session: Session, arrivals: Sequence[Arrival]) -> None:
        inbox.put(session, arrivals, self._parts.clock())


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
