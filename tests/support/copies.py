"""Databases of PostgreSQL for tests, one at a time: lent, emptied afterwards and lent again.

To copy a template takes longer than most tests. What a test leaves is rows, as a rule: they are
deleted. A database whose tables, triggers, policies or statistics are no longer those of the
template is dropped, and the next test gets a new copy. Connections stay with their database.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, LiteralString

import psycopg
from psycopg import sql

from tests.support import databases, lasting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.postgres import Postgres

# Deleted rows stay in their files for a while; a copy is better than to wait for them to go.
_LENDINGS = 100

# Whatever changes what is in a database other than its rows adds to one of these or takes away.
_SHAPE = """
SELECT count(*), max(xmin::text::bigint) FROM (
  SELECT xmin FROM pg_class UNION ALL SELECT xmin FROM pg_attribute
  UNION ALL SELECT xmin FROM pg_attrdef UNION ALL SELECT xmin FROM pg_constraint
  UNION ALL SELECT xmin FROM pg_index UNION ALL SELECT xmin FROM pg_namespace
  UNION ALL SELECT xmin FROM pg_policy UNION ALL SELECT xmin FROM pg_proc
  UNION ALL SELECT xmin FROM pg_statistic UNION ALL SELECT xmin FROM pg_trigger
) AS everything
"""
_OTHERS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
  AND (application_name <> %s OR state <> 'idle')
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_STEADFAST = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgenabled = 'A'"
_SEQUENCES = """
SELECT oid::regclass::text, pg_sequence_last_value(oid) FROM pg_class WHERE relkind = 'S'
"""


class Copies:
    """Copies of a migrated database, kept for whoever comes next."""

    def __init__(self, server: Postgres, template: str) -> None:
        self._server = server
        self._template = template
        self._spares: list[_Copy] = []

    @contextmanager
    def lend(self) -> Iterator[str]:
        """Return the address of a database that is as the template is."""
        copy = self._spares.pop() if self._spares else self._new()
        try:
            yield self._server.url(copy.name)
        finally:
            if copy.is_emptied():
                self._spares.append(copy)
            else:
                self._drop(copy)

    def close(self) -> None:
        """Drop what is kept."""
        for copy in self._spares:
            self._drop(copy)

    def _new(self) -> _Copy:
        name = self._server.create(self._template)
        databases.stay_open(self._server.url(name))
        return _Copy(name, self._server.connect(name))

    def _drop(self, copy: _Copy) -> None:
        databases.stay_open_no_more(self._server.url(copy.name))
        copy.connection.close()
        self._server.drop(copy.name)


@dataclass
class _Copy:
    """A database, and the connection of somebody who may do anything there."""

    name: str
    connection: psycopg.Connection[Any]
    lendings: int = 0
    shape: object = None
    rows: dict[str, bytes] = field(default_factory=dict)
    sequences: dict[str, int | None] = field(default_factory=dict)
    steadfast: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # No trigger fires but the steadfast: they let nobody delete what is in the books.
        self.connection.execute("SET session_replication_role = replica")
        for table, trigger in self._ask(_STEADFAST):
            self.steadfast.setdefault(table, []).append(trigger)
        self.tables = [name for (name,) in self._ask(_TABLES)]
        self.shape = self._ask(_SHAPE)
        self.sequences = dict(self._ask(_SEQUENCES))
        self.rows = {table: self._rows(table) for table in self._filled()}

    def is_emptied(self) -> bool:
        """Make it as it was, unless that takes more than to delete rows."""
        self.lendings += 1
        try:
            return self._is_emptied()
        except psycopg.OperationalError:
            return False  # a test that ends connections may have ended this one

    def _is_emptied(self) -> bool:
        self._ask(_OTHERS, lasting.NAME)
        if self.lendings >= _LENDINGS or self._ask(_SHAPE) != self.shape:
            return False
        filled = self._filled()
        with self.connection.transaction():
            self._empty(filled)
        if self.steadfast.keys() & filled:
            self.shape = self._ask(_SHAPE)
        return True

    def _empty(self, filled: list[str]) -> None:
        for table in filled:
            steadfast = self.steadfast.get(table, [])
            self._alter(table, "DISABLE TRIGGER", steadfast)
            self.connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
            self._alter(table, "ENABLE ALWAYS TRIGGER", steadfast)
        for table, rows in self.rows.items():
            with self.connection.cursor().copy(_copying(table, "FROM STDIN")) as copying:
                copying.write(rows)
        for sequence, last in self._ask(_SEQUENCES):
            before = self.sequences[sequence]
            if last != before:
                self._ask("SELECT setval(%s, %s, %s)", sequence, before or 1, before is not None)

    def _alter(self, table: str, how: LiteralString, triggers: list[str]) -> None:
        for trigger in triggers:
            self.connection.execute(
                sql.SQL(f"ALTER TABLE {{}} {how} {{}}").format(
                    sql.Identifier(table), sql.Identifier(trigger)
                )
            )

    def _filled(self) -> list[str]:
        """Name the tables that have rows."""
        asking = "SELECT {} WHERE EXISTS (SELECT FROM {})"
        each = [
            sql.SQL(asking).format(sql.Literal(table), sql.Identifier(table))
            for table in self.tables
        ]
        return [name for (name,) in self._ask(sql.SQL(" UNION ALL ").join(each))]

    def _rows(self, table: str) -> bytes:
        with self.connection.cursor().copy(_copying(table, "TO STDOUT")) as copying:
            return b"".join(bytes(part) for part in copying)

    def _ask(
        self, statement: LiteralString | sql.Composed, *values: object
    ) -> list[tuple[Any, ...]]:
        return self.connection.execute(statement, values or None).fetchall()


def _copying(table: str, way: LiteralString) -> sql.Composed:
    return sql.SQL(f"COPY {{}} {way}").format(sql.Identifier(table))
