"""A seal: triggers by which a database refuses changes, whoever asks for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.engine import Connection

_ON_POSTGRESQL = """SELECT tgname AS name, prosrc AS body
    FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
    JOIN unnest(CAST(:tables AS text[])) AS sealed (name) ON tgrelid = to_regclass(sealed.name)
    WHERE tgenabled = 'A' AND tgqual IS NULL"""


@dataclass(frozen=True)
class Seal:
    """The triggers of some tables, in each database's own words.

    The name of a trigger begins with its table's. On PostgreSQL it says when it calls which
    function.
    """

    tables: tuple[str, ...]
    sqlite: Mapping[str, str]
    functions: Mapping[str, str]
    postgresql: Mapping[str, tuple[str, str]]

    def create(self, connection: Connection) -> None:
        """Make the triggers anew, in whatever state they are."""
        self.drop(connection)
        if connection.dialect.name == "sqlite":
            for name in self.sqlite:
                connection.execute(text(self._sqlite_trigger(name)))
            return
        # A temporary table of the same name would be found before ours, and an empty one hides it.
        path = f"pg_catalog, {connection.dialect.default_schema_name}, pg_temp"
        for name, body in self.functions.items():
            head = f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
            connection.execute(text(f"{head} SET search_path = {path} AS $${body}$$"))
        for name, (when, function) in self.postgresql.items():
            connection.execute(text(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {function}()"))
            # Also where a session says that it replicates, and ordinary triggers keep still.
            always = f"ALTER TABLE {_table(name)} ENABLE ALWAYS TRIGGER {name}"
            connection.execute(text(always))

    def drop(self, connection: Connection) -> None:
        """Remove the triggers, for a migration that rebuilds a table."""
        if connection.dialect.name == "sqlite":
            for name in self.sqlite:
                connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
            return
        for name in self.postgresql if self.is_needed(connection) else ():
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name} ON {_table(name)}"))
        for name in self.functions:
            connection.execute(text(f"DROP FUNCTION IF EXISTS {name}()"))

    def missing(self, connection: Connection) -> set[str]:
        """The triggers that should be there and are not, are switched off, or do something else."""
        if connection.dialect.name == "sqlite":
            query = text("SELECT name, sql AS body FROM sqlite_master WHERE type = 'trigger'")
            expected = {name: self._sqlite_trigger(name) for name in self.sqlite}
        else:
            query = text(_ON_POSTGRESQL).bindparams(tables=list(self.tables))
            expected = {
                name: self.functions[function] for name, (_, function) in self.postgresql.items()
            }
        found = {row.name: row.body for row in connection.execute(query)}
        return {name for name, body in expected.items() if found.get(name) != body}

    def is_needed(self, connection: Connection) -> bool:
        """Whether there is anything to seal: the tables are there."""
        return all(connection.dialect.has_table(connection, table) for table in self.tables)

    def _sqlite_trigger(self, name: str) -> str:
        return f"CREATE TRIGGER {name} {self.sqlite[name]}"


def _table(trigger: str) -> str:
    return trigger.split("_", maxsplit=1)[0]
