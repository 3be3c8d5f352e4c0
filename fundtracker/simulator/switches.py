"""What can be made to go wrong, kept in the storage so that every process obeys."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from fundtracker.simulator.storage import Storage

# How an API request can fail: an error, no answer in time, or one that is lost after the work.
FAILURES = ("", "500", "429", "timeout", "lost")

LARGEST = 1_000_000


class BadSwitch(ValueError):
    """A switch that does not exist, or a value that it cannot take."""


@dataclass(frozen=True, slots=True)
class Positions:
    """How every switch stands; the defaults are what Stripe does on a good day."""

    duplicate: int = 0
    """1: every event is delivered twice."""
    twin: int = 0
    """1: every event has a second one beside it, with an id of its own, about the same fact."""
    delay: int = 0
    """Seconds by which events are held back, each by another part of them, so out of order."""
    drop: int = 0
    """1: events are listed but never sent."""
    null_balance_transaction: int = 0
    """Seconds for which a charge has no balance transaction; then charge.updated brings it."""
    refund_delay: int = 2
    """Seconds until the refund of a card that says so changes its status."""
    fail_next: str = ""
    """How the next API requests fail; one of FAILURES."""
    times: int = 0
    """How many more API requests fail in that way."""
    hold: int = 30
    """Seconds for which a request that is to time out is kept waiting."""
    slow: int = 0
    """Milliseconds that every API request takes."""
    rate_limit: int = 25
    """API requests that are answered in one second; 0 for any number."""


NUMBERS = frozenset(each.name for each in fields(Positions) if each.type == "int")


@dataclass(frozen=True, slots=True)
class Switches:
    """The switches of one storage."""

    storage: Storage

    def now(self) -> Positions:
        """Read how they stand."""
        with self.storage.reading() as connection:
            return positions(connection)

    def set(self, **changes: int | str) -> Positions:
        """Turn some, leave the others; raises BadSwitch and then changes nothing."""
        rows = [(name, checked(name, value)) for name, value in changes.items()]
        if changes.get("fail_next") and "times" not in changes:
            rows.append(("times", "1"))
        with self.storage.writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO switch VALUES (?, ?)", rows)
            return positions(connection)

    def reset(self) -> Positions:
        """Put all back."""
        with self.storage.writing() as connection:
            connection.execute("DELETE FROM switch")
        return Positions()

    def hurry(self) -> None:
        """Let everything that waits for its time be due at once: tasks and deliveries."""
        with self.storage.writing() as connection:
            connection.execute("UPDATE task SET due = 0 WHERE name <> 'expire'")
            connection.execute("UPDATE delivery SET due = 0 WHERE state = 'pending'")

    def next_failure(self) -> str:
        """Return how this API request has to fail, "" if it need not, and count it."""
        if not self.now().times:
            return ""
        with self.storage.writing() as connection:
            stand = positions(connection)
            if not stand.times:
                return ""
            rows = [("times", str(stand.times - 1))]
            connection.executemany("INSERT OR REPLACE INTO switch VALUES (?, ?)", rows)
            return stand.fail_next


def positions(connection: sqlite3.Connection) -> Positions:
    """Read how the switches stand, inside a transaction."""
    rows: Mapping[str, str] = dict(connection.execute("SELECT name, value FROM switch"))
    return Positions(
        **{name: int(value) for name, value in rows.items() if name in NUMBERS},
        fail_next=rows.get("fail_next", ""),
    )


def checked(name: str, value: int | str) -> str:
    """Return a switch's value as it is stored; raises BadSwitch."""
    text = str(int(value)) if isinstance(value, bool) else str(value).strip()
    if name == "fail_next":
        good = text in FAILURES
    else:
        good = name in NUMBERS and text.isascii() and text.isdigit() and int(text) <= LARGEST
    if not good:
        raise BadSwitch(f"{name}={text}")
    return text


def described(stand: Positions) -> dict[str, int | str]:
    """Return the switches by name."""
    return asdict(stand)
