"""What can be made to go wrong, kept in the storage so that every process obeys."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from fundtracker.simulator.storage import Storage

# How an API request can fail: an error, no answer in time, or one that is lost after the work.
FAILURES = ("", "500", "429", "timeout", "lost")

LARGEST = 1_000_000

T = TypeVar("T", int, str)


class BadSwitch(ValueError):
    """A switch that does not exist, or a value that it cannot take."""


def _switch(default: T, meaning: str) -> T:
    value: T = field(default=default, metadata={"meaning": meaning})
    return value


@dataclass(frozen=True, slots=True)
class Positions:
    """How every switch stands; the defaults are what Stripe does on a good day."""

    duplicate: int = _switch(0, "1: every event is delivered twice")
    twin: int = _switch(0, "1: every event has a twin with another id about the same fact")
    delay: int = _switch(0, "seconds by which events are held back at most, so out of order")
    drop: int = _switch(0, "1: events are listed, but never sent")
    null_balance_transaction: int = _switch(
        0,
        "seconds for which a charge has no balance transaction; charge.updated then brings it",
    )
    refund_delay: int = _switch(2, "seconds until the refunds of some cards change their status")
    fail_next: str = _switch(
        "",
        "how the next API requests fail: 500, 429, timeout (no work is done, no answer comes) or"
        " lost (the work is done, no answer comes)",
    )
    times: int = _switch(0, "how many more API requests fail in that way")
    hold: int = _switch(30, "seconds for which a request that is to time out is kept waiting")
    slow: int = _switch(0, "milliseconds that every API request takes")
    rate_limit: int = _switch(25, "API requests that are answered in a second; 0: any number")


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


def explained(name: str) -> str:
    """Return what a switch does, for people."""
    meanings = {each.name: each.metadata["meaning"] for each in fields(Positions)}
    return str(meanings[name])
