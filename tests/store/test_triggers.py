"""The ledger's seal, attacked by raw SQL through connections that are not set up by us."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import text

from fundtracker.domain.actors import Actor
from fundtracker.domain.ledger import Account, Entry, Journal
from fundtracker.store import ledger, triggers
from fundtracker.store.ledger import Booking
from tests.factories.rows import NOW, a_donation, a_fund
from tests.support import databases
from tests.support.postgres import as_superuser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fundtracker.store.database import Database

ENTRY = "INSERT INTO entry (id, journal_id, section_id, account, holder, currency, amount) VALUES"
LATE = f"{ENTRY} (901, 1, 0, 'gifts', '', 'GBP', 0)"
BALANCED = f"{ENTRY} (901, 900, 0, 'gifts', '', 'GBP', -1), (902, 900, 0, 'bank', '', 'GBP', 1)"
ALONE = f"{ENTRY} (901, 900, 0, 'gifts', '', 'GBP', -1)"
IN_TWO_CURRENCIES = BALANCED.replace("'GBP', 1)", "'EUR', 1)")
HEADER = """INSERT INTO journal (id, account, source, kind, actor, booked_at)
    VALUES (900, 'main', 'x', 'gift', 'me', '2026-06-12 18:00:00')"""
HEADER_OF_THE_DONATION = """INSERT INTO journal (id, account, source, kind, donation_id, actor,
    booked_at) VALUES (900, 'main', 'x', 'gift', 1, 'me', '2026-06-12 18:00:00')"""
SAME_FACT = HEADER.replace("'x'", "'pi_1'")
SAME_NUMBER = HEADER.replace("900", "1")


REFUSED = "ledger is sealed|journal must balance|(CHECK|check|unique|foreign key) constraint"


def or_replace(statement: str) -> str:
    return statement.replace("INSERT", "INSERT OR REPLACE")


# Each would change what is booked, or book what does not balance. Journal 1 is a gift of £50,
# its entries are 1 and 2.
ATTACKS: dict[str, list[str]] = {
    "update an amount": ["UPDATE entry SET amount = amount + 1"],
    "update what changes nothing": ["UPDATE entry SET holder = holder"],
    "update a number": ["UPDATE entry SET id = id + 100 WHERE id = 1"],
    "move to another journal": ["UPDATE entry SET journal_id = 2"],
    "delete entries": ["DELETE FROM entry"],
    "delete one entry": ["DELETE FROM entry WHERE id = 1"],
    "update a header": ["UPDATE journal SET kind = 'refund'"],
    "delete a header": ["DELETE FROM journal"],
    "a late entry": [LATE],
    "late entries that balance": [BALANCED.replace("900", "1")],
    "a header without entries": [HEADER],
    "the same fact again": [BALANCED, SAME_FACT],
    "one currency that does not balance": [IN_TWO_CURRENCIES, HEADER],
    "one entry alone": [ALONE, HEADER],
    "a number below one": [BALANCED.replace("901", "-1"), HEADER],
    "a second gift of one donation": [BALANCED, HEADER_OF_THE_DONATION],
    "upsert a header": [f"{SAME_NUMBER} ON CONFLICT (id) DO UPDATE SET source = 'x'"],
    "upsert an entry": [
        f"{LATE.replace('901', '1')} ON CONFLICT (id) DO UPDATE SET amount = 0",
    ],
}

SQLITE_ATTACKS: dict[str, list[str]] = {
    "replace an entry": [or_replace(ALONE.replace("901", "1"))],
    "replace a header": [or_replace(SAME_NUMBER)],
    "replace by the unique key": [BALANCED, or_replace(SAME_FACT)],
    "replace the gift of a donation": [BALANCED, or_replace(HEADER_OF_THE_DONATION)],
    "update or replace": ["UPDATE OR REPLACE entry SET id = 2 WHERE id = 1"],
    "update or ignore": ["UPDATE OR IGNORE entry SET amount = 1"],
    "insert or ignore": [LATE.replace("INSERT", "INSERT OR IGNORE")],
    "words that sum to zero": [ALONE.replace("-1)", "'much')"), HEADER],
    "halves of a cent": [BALANCED.replace("1)", "0.5)"), HEADER],
    "a header that hides its number": [
        BALANCED.replace("900", "-1"),
        HEADER.replace("900", "NULL"),
    ],
    "a table that hides ours": ["CREATE TEMP TABLE journal (id)", LATE],
}

POSTGRES_ATTACKS: dict[str, list[str]] = {
    "truncate": ["TRUNCATE entry"],
    "truncate headers": ["TRUNCATE journal CASCADE"],
    "truncate what it stands on": ["TRUNCATE fund CASCADE"],
    "a table that hides ours": ["CREATE TEMP TABLE journal (id bigint)", LATE],
    "a table that balances instead of ours": [
        "CREATE TEMP TABLE entry (journal_id bigint, currency text, amount bigint)",
        "INSERT INTO entry VALUES (900, 'GBP', 0)",
        ALONE.replace("INTO entry", "INTO public.entry"),
        HEADER,
    ],
    "merge": [
        """MERGE INTO entry USING (SELECT 1 AS id) AS other ON entry.id = other.id
        WHEN MATCHED THEN DELETE""",
    ],
    "say that we replicate": ["SET session_replication_role = replica", "DELETE FROM entry"],
    "an entry without a header": [ALONE],
}


def seal_a_gift(database: Database) -> None:
    """Book £50 as journal 1, entries 1 and 2."""
    gift = (
        Entry(Account.STRIPE_CLEARING, 5000, "GBP", holder="main"),
        Entry(Account.GIFTS, -5000, "GBP", base=-5750, fund=1, holder="main"),
    )
    with database.unit_of_work() as session:
        row = a_donation(session, a_fund(session))
        booking = Booking(Journal("pi_1", "gift", gift), row.fund_id, row.section_id, row.id)
        ledger.post(session, "main", [booking], Actor.worker(), NOW)


def the_ledger(database: Database) -> list[tuple[Any, ...]]:
    with database.reading() as session:
        entries = session.execute(text("SELECT * FROM entry ORDER BY id")).all()
        headers = session.execute(text("SELECT * FROM journal ORDER BY id")).all()
    return [tuple(row) for row in (*entries, *headers)]


def attack(database: Database, *statements: str) -> None:
    """Run statements to the commit, as anybody's tool does: no pragma is set, no right missing."""
    connection: sqlite3.Connection | psycopg.Connection[Any]
    if database.is_sqlite:
        connection = sqlite3.connect(str(database.writer.url.database))
    else:
        address = as_superuser(database.writer.url.render_as_string(hide_password=False))
        connection = psycopg.connect(address, options="-c fundtracker.scope=*")
    with closing(connection):
        for statement in statements:
            connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize("how", ATTACKS)
def test_the_ledger_stays_as_it_was_booked(database: Database, how: str) -> None:
    seal_a_gift(database)
    before = the_ledger(database)

    with pytest.raises((sqlite3.Error, psycopg.Error), match=REFUSED):
        attack(database, *ATTACKS[how])

    assert the_ledger(database) == before


class TestSQLite:
    @pytest.fixture
    def database(self, sqlite_url: str) -> Iterator[Database]:
        with databases.opened(sqlite_url) as database:
            yield database

    @pytest.mark.parametrize("how", SQLITE_ATTACKS)
    def test_its_own_ways_around_a_trigger_are_closed(self, database: Database, how: str) -> None:
        seal_a_gift(database)
        before = the_ledger(database)

        with pytest.raises(sqlite3.Error, match=REFUSED):
            attack(database, *SQLITE_ATTACKS[how])

        assert the_ledger(database) == before

    def test_entries_that_a_foreign_hand_left_without_a_header_join_no_journal_of_ours(
        self, database: Database
    ) -> None:
        """Without the pragma SQLite checks no foreign key: nothing can refuse them."""
        attack(database, LATE)

        seal_a_gift(database)

        with database.reading() as session:
            assert session.scalar(text("SELECT id FROM journal")) == 2

    @pytest.mark.parametrize(
        "name", ["entry_no_update", "journal_balances", "entry_not_late", "journal_no_replace"]
    )
    def test_a_trigger_that_is_gone_or_changed_is_missed(
        self, database: Database, name: str
    ) -> None:
        with database.reading() as session:
            assert triggers.missing(session.connection()) == set()

        table = name.split("_", maxsplit=1)[0]
        attack(database, f"DROP TRIGGER {name}")
        with database.reading() as session:
            assert triggers.missing(session.connection()) == {name}

        attack(
            database, f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} WHEN 0 BEGIN SELECT 1; END"
        )
        with database.reading() as session:
            assert triggers.missing(session.connection()) == {name}


@pytest.mark.postgresql
class TestPostgres:
    @pytest.fixture
    def database(self, postgres_url: str) -> Iterator[Database]:
        with databases.opened(postgres_url) as database:
            yield database

    @pytest.mark.parametrize("how", POSTGRES_ATTACKS)
    def test_its_own_ways_around_a_trigger_are_closed(self, database: Database, how: str) -> None:
        seal_a_gift(database)
        before = the_ledger(database)

        with pytest.raises(psycopg.Error, match=REFUSED):
            attack(database, *POSTGRES_ATTACKS[how])

        assert the_ledger(database) == before

    @pytest.mark.parametrize("how", [*ATTACKS, *POSTGRES_ATTACKS])
    def test_a_role_that_owns_nothing_gets_no_further(self, database: Database, how: str) -> None:
        """Even with every right that can be granted on the tables."""
        seal_a_gift(database)
        before = the_ledger(database)
        attack(
            database,
            *[
                "DO $$ BEGIN CREATE ROLE teller; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
                "GRANT ALL ON ALL TABLES IN SCHEMA public TO teller",
                "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO teller",
            ],
        )

        with pytest.raises(psycopg.Error, match=f"{REFUSED}|permission denied"):
            attack(database, "SET ROLE teller", *(ATTACKS | POSTGRES_ATTACKS)[how])

        assert the_ledger(database) == before

    @pytest.mark.parametrize(
        "how",
        [
            "DROP TRIGGER entry_sealed ON entry",
            "ALTER TABLE entry DISABLE TRIGGER entry_sealed",
            "ALTER TABLE entry ENABLE REPLICA TRIGGER entry_sealed",
        ],
    )
    def test_a_trigger_that_is_gone_or_off_is_missed(self, database: Database, how: str) -> None:
        with database.reading() as session:
            assert triggers.missing(session.connection()) == set()

        attack(database, how)

        with database.reading() as session:
            assert triggers.missing(session.connection()) == {"entry_sealed"}

    def test_a_trigger_that_does_something_else_is_missed(self, database: Database) -> None:
        attack(
            database,
            "CREATE OR REPLACE FUNCTION ledger_entry_not_late() RETURNS trigger LANGUAGE plpgsql"
            " AS $$BEGIN RETURN NEW; END$$",
        )

        with database.reading() as session:
            assert triggers.missing(session.connection()) == {"entry_not_late"}


def test_made_anew_nothing_is_missing(database: Database) -> None:
    with database.unit_of_work() as session:
        triggers.drop(session.connection())
        names = triggers.missing(session.connection())
        assert len(names) >= 6
        triggers.create(session.connection())
        assert triggers.missing(session.connection()) == set()


def test_down_to_nothing_and_up_again_the_ledger_is_sealed(database: Database) -> None:
    database.downgrade("base")
    database.upgrade()

    with database.reading() as session:
        assert triggers.missing(session.connection()) == set()
    seal_a_gift(database)
    with pytest.raises((sqlite3.Error, psycopg.Error)):
        attack(database, "DELETE FROM entry")
