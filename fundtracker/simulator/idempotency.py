"""The same key with the same parameters gives the same answer, whatever has happened since."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.simulator.errors import KeyInUse, KeyReused, Refused

if TYPE_CHECKING:
    import sqlite3

    from fundtracker.simulator.storage import Storage

LONGEST_KEY = 255
# In seconds: Stripe keeps keys for a day at least; a request that runs longer has died.
KEPT = 24 * 60 * 60
LONGEST_REQUEST = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered."""

    status: int
    body: str


def fingerprint(method: str, path: str, form: list[tuple[str, str]]) -> str:
    """Return what tells requests apart, without keeping what they said."""
    return hashlib.sha256(repr((method, path, sorted(form))).encode()).hexdigest()


def claim(storage: Storage, key: str, print_: str, now: float) -> Answer | None:
    """Begin a request under a key, or return the answer that it has already had.

    Raises KeyReused for other parameters, KeyInUse while the first request is being worked on.
    """
    if len(key) > LONGEST_KEY:
        raise Refused(f"Idempotency keys can have up to {LONGEST_KEY} characters.")
    with storage.writing() as connection:
        connection.execute("DELETE FROM idempotency WHERE since < ?", (now - KEPT,))
        row = connection.execute(
            "SELECT fingerprint, since, status, body FROM idempotency WHERE key = ?",
            (key,),
        ).fetchone()
        if row is not None:
            known, since, status, body = row
            if known != print_:
                raise KeyReused(key)
            if status is not None:
                return Answer(status, body)
            if since > now - LONGEST_REQUEST:
                raise KeyInUse(key)
        connection.execute(
            "INSERT OR REPLACE INTO idempotency (key, fingerprint, since) VALUES (?, ?, ?)",
            (key, print_, now),
        )
    return None


def keep(connection: sqlite3.Connection, key: str, answer: Answer) -> None:
    """Remember what was answered, in the transaction in which the work was done."""
    connection.execute(
        "UPDATE idempotency SET status = ?, body = ? WHERE key = ?",
        (answer.status, answer.body, key),
    )


def release(storage: Storage, key: str) -> None:
    """Forget a request that never began to run: its key may be used again."""
    with storage.writing() as connection:
        connection.execute("DELETE FROM idempotency WHERE key = ? AND status IS NULL", (key,))
