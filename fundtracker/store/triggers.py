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
            AND source = NEW.source AND kind = NEW.kind)) BEGIN
        SELECT RAISE(ABORT, 'the ledger is sealed: this fact is booked'); END""",
    "journal_balances": """BEFORE INSERT ON journal
        WHEN NOT EXISTS (SELECT 1 FROM entry WHERE journal_id = NEW.id)
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
    "entry_sealed": (
        "BEFORE UPDATE OR DELETE ON entry FOR EACH ROW EXECUTE FUNCTION ledger_sealed()"
    ),
    "entry_not_truncated": (
        "BEFORE TRUNCATE ON entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_sealed()"
    ),
    "entry_not_late": (
        "BEFORE INSERT ON entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_not_late()"
    ),
    "journal_sealed": (
        "BEFORE UPDATE OR DELETE ON journal FOR EACH ROW EXECUTE FUNCTION ledger_sealed()"
    ),
    "journal_not_truncated": (
        "BEFORE TRUNCATE ON journal FOR EACH STATEMENT EXECUTE FUNCTION ledger_sealed()"
    ),
    "journal_balances": (
        "BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION ledger_journal_balances()"
    ),
}


def create(connection: Connection) -> None:
    """Make the triggers anew, in whatever state they are."""
    drop(connection)
    if connection.dialect.name == "sqlite":
        for name, body in _SQLITE.items():
            connection.execute(text(f"CREATE TRIGGER {name} {body}"))
        return
    for name, body in _POSTGRESQL_FUNCTIONS.items():
        head = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
        connection.execute(text(f"{head} AS $${body}$$"))
    for name, body in _POSTGRESQL.items():
        connection.execute(text(f"CREATE TRIGGER {name} {body}"))


def drop(connection: Connection) -> None:
    """Remove the triggers, for a migration that rebuilds a table of the ledger."""
    if connection.dialect.name == "sqlite":
        for name in _SQLITE:
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        return
    for name in _POSTGRESQL:
        table = name.split("_", maxsplit=1)[0]
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name} ON {table}"))
    for name in _POSTGRESQL_FUNCTIONS:
        connection.execute(text(f"DROP FUNCTION IF EXISTS {name}()"))


def missing(connection: Connection) -> set[str]:
    """The triggers that should be there and are not, or are switched off."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        return set(_SQLITE) - set(found.scalars())
    enabled = text(
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    )
    return set(_POSTGRESQL) - set(connection.execute(enabled).scalars())
