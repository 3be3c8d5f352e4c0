"""The ledger's seal: triggers by which the database itself refuses every change.

Entries go in first, the header last; its trigger checks that the entries balance, and from then
on nothing can be added. Batch migrations on SQLite drop triggers, so that a migration ends with
`create`, and `missing` tells `fund verify` whether they are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

# On SQLite, INSERT OR REPLACE deletes without delete triggers unless recursive_triggers is on,
# which a connection of somebody else's need not have: so inserting over a row is refused as well.
# A header's own number is known only after it was inserted. Any column takes any type there, and
# a word sums to zero.
_SQLITE = {
    "entry_no_update": """BEFORE UPDATE ON entry BEGIN
        SELECT RAISE(ABORT, 'the ledger is sealed: entries are never updated'); END""",
    "entry_no_delete": """BEFORE DELETE ON entry BEGIN
        SELECT RAISE(ABORT, 'the ledger is sealed: entries are never deleted'); END""",
    "entry_no_replace": """BEFORE INSERT ON entry
        WHEN EXISTS (SELECT 1 FROM entry WHERE id = NEW.id) BEGIN
        SELECT RAISE(ABORT, 'the ledger is sealed: entries are never replaced'); END""",
    "entry_not_late": """BEFORE INSERT ON entry
        WHEN EXISTS (SELECT 1 FROM journal WHERE id = NEW.journal_id) BEGIN
        SELECT RAISE(ABORT, 'the ledger is sealed: this journal has its header'); END""",
    "journal_no_update": """BEFORE UPDATE ON journal BEGIN
        SELECT RAISE(ABORT, 'the ledger is sealed: journals are never updated'); END""",
    "journal_no_delete": """BEFORE DELETE ON journal BEGIN
        SELECT RAISE(ABORT, 'the ledger is sealed: journals are never deleted'); END""",
    "journal_no_replace": """BEFORE INSERT ON journal
        WHEN EXISTS (SELECT 1 FROM journal WHERE id = NEW.id OR (account = NEW.account
            AND source = NEW.source AND kind = NEW.kind)
            OR (kind = 'gift' AND NEW.kind = 'gift' AND donation_id = NEW.donation_id)) BEGIN
        SELECT RAISE(ABORT, 'the ledger is sealed: this fact is booked'); END""",
    "journal_balances": """AFTER INSERT ON journal
        WHEN NOT EXISTS (SELECT 1 FROM entry WHERE journal_id = NEW.id)
            OR EXISTS (SELECT 1 FROM entry WHERE journal_id = NEW.id
                AND (typeof(amount) <> 'integer' OR typeof(base) NOT IN ('integer', 'null')))
            OR EXISTS (SELECT 1 FROM entry WHERE journal_id = NEW.id
                GROUP BY currency HAVING sum(amount) <> 0) BEGIN
        SELECT RAISE(ABORT, 'a journal must balance to zero in each currency'); END""",
}

_POSTGRESQL_FUNCTIONS = {
    "ledger_sealed": """BEGIN
        RAISE EXCEPTION 'the ledger is sealed: % of % is refused', TG_OP, TG_TABLE_NAME; END""",
    "ledger_entry_not_late": """BEGIN
        IF EXISTS (SELECT 1 FROM journal WHERE id = NEW.journal_id) THEN
            RAISE EXCEPTION 'the ledger is sealed: this journal has its header';
        END IF;
        RETURN NEW; END""",
    "ledger_journal_balances": """BEGIN
        IF NOT EXISTS (SELECT 1 FROM entry WHERE journal_id = NEW.id)
            OR EXISTS (SELECT 1 FROM entry WHERE journal_id = NEW.id
                GROUP BY currency HAVING sum(amount) <> 0) THEN
            RAISE EXCEPTION 'a journal must balance to zero in each currency';
        END IF;
        RETURN NEW; END""",
}
_POSTGRESQL = {
    "entry_sealed": ("BEFORE UPDATE OR DELETE ON entry FOR EACH ROW", "ledger_sealed"),
    "entry_not_truncated": ("BEFORE TRUNCATE ON entry FOR EACH STATEMENT", "ledger_sealed"),
    "entry_not_late": ("BEFORE INSERT ON entry FOR EACH ROW", "ledger_entry_not_late"),
    "journal_sealed": ("BEFORE UPDATE OR DELETE ON journal FOR EACH ROW", "ledger_sealed"),
    "journal_not_truncated": ("BEFORE TRUNCATE ON journal FOR EACH STATEMENT", "ledger_sealed"),
    "journal_balances": ("BEFORE INSERT ON journal FOR EACH ROW", "ledger_journal_balances"),
}


def create(connection: Connection) -> None:
    """Make the triggers anew, in whatever state they are."""
    drop(connection)
    if connection.dialect.name == "sqlite":
        for name in _SQLITE:
            connection.execute(text(_sqlite_trigger(name)))
        return
    # A temporary table called "journal" would be found before ours, and an empty one hides it.
    path = f"pg_catalog, {connection.dialect.default_schema_name}, pg_temp"
    for name, body in _POSTGRESQL_FUNCTIONS.items():
        head = f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path = {path}"
        connection.execute(text(f"{head} AS $${body}$$"))
    for name, (when, function) in _POSTGRESQL.items():
        connection.execute(text(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {function}()"))
        # Always: also where a session says that it replicates, and ordinary triggers keep still.
        connection.execute(text(f"ALTER TABLE {_table(name)} ENABLE ALWAYS TRIGGER {name}"))


def drop(connection: Connection) -> None:
    """Remove the triggers, for a migration that rebuilds a table of the ledger."""
    if connection.dialect.name == "sqlite":
        for name in _SQLITE:
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        return
    for name in _POSTGRESQL:
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name} ON {_table(name)}"))
    for name in _POSTGRESQL_FUNCTIONS:
        connection.execute(text(f"DROP FUNCTION IF EXISTS {name}()"))


def missing(connection: Connection) -> set[str]:
    """The triggers that should be there and are not, are switched off, or do something else."""
    if connection.dialect.name == "sqlite":
        query = "SELECT name, sql AS body FROM sqlite_master WHERE type = 'trigger'"
        expected = {name: _sqlite_trigger(name) for name in _SQLITE}
    else:
        query = """SELECT tgname AS name, prosrc AS body
            FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
            WHERE tgrelid IN (to_regclass('entry'), to_regclass('journal'))
            AND tgenabled = 'A' AND tgqual IS NULL"""
        expected = {
            name: _POSTGRESQL_FUNCTIONS[function] for name, (_, function) in _POSTGRESQL.items()
        }
    found = {row.name: row.body for row in connection.execute(text(query))}
    return {name for name, body in expected.items() if found.get(name) != body}


def _sqlite_trigger(name: str) -> str:
    return f"CREATE TRIGGER {name} {_SQLITE[name]}"


def _table(trigger: str) -> str:
    return trigger.split("_", maxsplit=1)[0]
