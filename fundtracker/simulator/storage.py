"""One SQLite file that holds every object as JSON, what is to be sent, and what is due later.

Several processes may use the file at once. A unit of work is one transaction; connections are kept
for the next one, because closing the last connection of a file makes SQLite copy its log.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Json: TypeAlias = dict[str, Any]

# The fields of objects by which lists can be filtered.
FILTERS = ("payment_intent", "charge", "source", "status", "type", "currency")

# In seconds; far above what a queue of writers takes.
BUSY_TIMEOUT = 20

SCHEMA = """
CREATE TABLE IF NOT EXISTS object (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, created INTEGER NOT NULL,
  body TEXT NOT NULL, notes TEXT NOT NULL, parent TEXT,
  payment_intent TEXT, charge TEXT, source TEXT, status TEXT, type TEXT, currency TEXT);
CREATE INDEX IF NOT EXISTS object_by_time ON object (kind, created, seq);
CREATE INDEX IF NOT EXISTS object_by_parent ON object (parent) WHERE parent IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_by_intent ON object (kind, payment_intent, created, seq)
  WHERE payment_intent IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_by_charge ON object (kind, charge, created, seq)
  WHERE charge IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_by_source ON object (kind, source, created, seq)
  WHERE source IS NOT NULL;
CREATE TABLE IF NOT EXISTS delivery (
  seq INTEGER PRIMARY KEY, event TEXT NOT NULL, due REAL NOT NULL, state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, answer TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (due) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS delivery_by_event ON delivery (event);
CREATE TABLE IF NOT EXISTS task (
  seq INTEGER PRIMARY KEY, due REAL NOT NULL, name TEXT NOT NULL, subject TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS task_due ON task (due);
CREATE TABLE IF NOT EXISTS idempotency (
  key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, since REAL NOT NULL,
  status INTEGER, body TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS idempotency_by_age ON idempotency (since);
CREATE TABLE IF NOT EXISTS traffic (second INTEGER PRIMARY KEY, requests INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS switch (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Work:
    """Reads and writes of one transaction, at one moment.

    `now` is in Unix seconds, `request` what events say about the request that caused them, `pages`
    the browser's address of hosted pages.
    """

    connection: sqlite3.Connection
    now: float
    request: Json
    pages: str

    @property
    def second(self) -> int:
        """The moment as Stripe writes it."""
        return int(self.now)

    def add(self, thing: Json, *, parent: str | None = None, notes: Json | None = None) -> None:
        """Store a new object; `notes` is what the simulator remembers about it and never shows."""
        self.connection.execute(
            "INSERT INTO object (id, kind, created, body, notes, parent, payment_intent, charge,"
            " source, status, type, currency) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                thing["id"],
                thing["object"],
                thing.get("created", self.second),
                json.dumps(thing),
                json.dumps(notes or {}),
                parent,
                *(thing.get(name) for name in FILTERS),
            ),
        )

    def save(self, thing: Json) -> None:
        """Store an object again after it has changed."""
        self.connection.execute(
            "UPDATE object SET body = ?, payment_intent = ?, charge = ?, source = ?, status = ?,"
            " type = ?, currency = ? WHERE id = ?",
            (json.dumps(thing), *(thing.get(name) for name in FILTERS), thing["id"]),
        )

    def find(self, kind: str, id: str) -> Json | None:
        """Return an object, or None if there is none of this kind."""
        row = self.connection.execute(
            "SELECT body FROM object WHERE id = ? AND kind = ?",
            (id, kind),
        ).fetchone()
        return None if row is None else load(row[0])

    def get(self, kind: str, id: str) -> Json:
        """Return an object that is known to be there; raises LookupError."""
        thing = self.find(kind, id)
        if thing is None:
            raise LookupError(id)
        return thing

    def notes(self, id: str) -> Json:
        """Return what is remembered about an object."""
        row = self.connection.execute("SELECT notes FROM object WHERE id = ?", (id,)).fetchone()
        return load(row[0])

    def children(self, kind: str, parent: str) -> list[Json]:
        """Return the objects that stand in another one, in the order in which they were added."""
        rows = self.connection.execute(
            "SELECT body FROM object WHERE parent = ? AND kind = ? ORDER BY seq",
            (parent, kind),
        )
        return [load(body) for (body,) in rows]

    def later(self, due: float, name: str, subject: str) -> None:
        """Note what has to be done with an object at a Unix second."""
        self.connection.execute(
            "INSERT INTO task (due, name, subject) VALUES (?, ?, ?)",
            (due, name, subject),
        )


@dataclass(frozen=True, slots=True)
class Storage:
    """The file, and the connections that are waiting for work."""

    path: Path
    _idle: list[tuple[int, sqlite3.Connection]] = field(default_factory=list, repr=False)

    def prepare(self) -> None:
        """Make the tables, if they are not there yet."""
        connection = self._take()
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(SCHEMA)
        self._put_back(connection)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection whose reads all see the same state."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that alone may write; all of it is kept, or nothing."""
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection

    def close(self) -> None:
        """Close the waiting connections."""
        while self._idle:
            self._idle.pop()[1].close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        connection = self._take()
        connection.execute(begin)
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        finally:
            self._put_back(connection)

    def _put_back(self, connection: sqlite3.Connection) -> None:
        self._idle.append((os.getpid(), connection))

    def _take(self) -> sqlite3.Connection:
        with suppress(IndexError):
            while True:
                process, connection = self._idle.pop()
                # SQLite forbids to use a connection that was opened before a fork.
                if process == os.getpid():
                    return connection
        connection = sqlite3.connect(
            self.path,
            timeout=BUSY_TIMEOUT,
            isolation_level=None,
            check_same_thread=False,
        )
        # Play money: a power cut may cost the last payments, never the file.
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection


def load(text: str) -> Json:
    """Read an object as it is stored."""
    thing: Json = json.loads(text)
    return thing
