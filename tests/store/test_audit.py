"""The audit log: what is found in it, and its seal, attacked by raw SQL."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import text

from fundtracker.domain.audit import Action
from fundtracker.domain.chain import GENESIS, START, Deed, Head, follow
from fundtracker.domain.scope import Reach, Scope
from fundtracker.store import audit, triggers
from fundtracker.store.audit import AuditFilter
from fundtracker.store.audit_seal import AUDIT
from fundtracker.store.base import UNREADABLE
from tests.factories.rows import NOW
from tests.support import databases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fundtracker.domain.chain import Finding
    from fundtracker.store.database import Database

EVERYTHING = Scope.everything()
REFUSED = "audit log is sealed|permission denied"
NEXT = f"""INSERT INTO audit
    (number, at, actor, action, subject, facts, commitment, previous, digest)
    VALUES (5, '2026-06-12 18:00', 'me', 'refused', 'x', '{{}}', '', '{GENESIS}', 'x')"""  # noqa: S608
# Each would change what is recorded. Four entries stand there, the last three with private details.
ATTACKS: dict[str, str] = {
    "update who did it": "UPDATE audit SET actor = 'staff:nobody' WHERE number = 2",
    "update what changes nothing": "UPDATE audit SET actor = actor WHERE number = 2",
    "update while erasing": "UPDATE audit SET private = NULL, actor = 'x' WHERE number = 2",
    "update a digest": "UPDATE audit SET digest = previous",
    "update a number": "UPDATE audit SET number = 99 WHERE number = 4",
    "put other private details there": "UPDATE audit SET private = 'x'",
    "delete one": "DELETE FROM audit WHERE number = 4",
    "delete all": "DELETE FROM audit",
    "an entry over another": NEXT.replace("(5", "(2"),
    "an entry after a gap": NEXT.replace("(5", "(6"),
    "an entry that does not follow": NEXT,
    "upsert": f"{NEXT.replace('(5', '(2')} ON CONFLICT (number) DO UPDATE SET actor = 'x'",
}
SQLITE_ATTACKS = {
    "replace": NEXT.replace("INSERT", "INSERT OR REPLACE").replace("(5", "(2"),
    "insert or ignore": NEXT.replace("INSERT", "INSERT OR IGNORE"),
    "update or replace": "UPDATE OR REPLACE audit SET number = 2 WHERE number = 3",
    "a number that is none": NEXT.replace("(5", "('5x'"),
    "bytes for letters": "UPDATE audit SET private = NULL, facts = CAST(facts AS BLOB)",
}
POSTGRES_ATTACKS = {
    "truncate": "TRUNCATE audit",
    "say that we replicate": "SET session_replication_role = replica; DELETE FROM audit",
    "a table that hides ours": "CREATE TEMP TABLE audit (number bigint, digest text);"
    + NEXT.replace("INTO audit", "INTO public.audit").replace("(5", "(1"),
    "merge": """MERGE INTO audit USING (SELECT 1 AS id) AS other ON number = other.id
        WHEN MATCHED THEN DELETE""",
}


def a_deed(**fields: Any) -> Deed:  # noqa: ANN401 - whatever fields there are
    usual: dict[str, Any] = {
        "at": NOW,
        "actor": "staff:anna",
        "action": "fund_changed",
        "subject": "fund:conference",
        "fund_id": None,
        "section_id": None,
        "facts": "{}",
        "private": None,
    }
    return Deed(**usual | fields)


def record(database: Database, *deeds: Deed) -> None:
    for deed in deeds:
        with database.unit_of_work() as session:
            audit.append(session, deed)


def record_four(database: Database) -> None:
    record(database, a_deed(), *(a_deed(private=f'{{"salt":"{n}"}}') for n in range(3)))


def found(database: Database, scope: Scope = EVERYTHING, **wanted: Any) -> list[int]:  # noqa: ANN401
    with database.reading(scope) as session:
        rows = audit.page(session, AuditFilter(**wanted), scope, before=None, limit=99)
        return [row.number for row in rows]


def followed(database: Database, kept: Head | None = None) -> Finding:
    with database.reading() as session:
        return follow(audit.links(session), kept)


def head(database: Database) -> Head:
    with database.reading() as session:
        return audit.head(session)


def attack(database: Database, statement: str) -> None:
    """Run a statement to the commit, as anybody's tool does: no pragma is set."""
    connection: sqlite3.Connection | psycopg.Connection[Any]
    if database.is_sqlite:
        connection = sqlite3.connect(str(database.writer.url.database))
    else:
        address = database.writer.url.render_as_string(hide_password=False)
        connection = psycopg.connect(address)
    with closing(connection):
        connection.execute(statement)
        connection.commit()


class TestReading:
    def test_a_new_log_has_no_head_but_the_start(self, database: Database) -> None:
        assert head(database) == START
        assert followed(database).fault is None

    def test_what_was_written_is_read_as_the_same_chain(self, database: Database) -> None:
        record_four(database)

        assert followed(database).head == head(database)
        assert head(database).number == 4
        assert followed(database, head(database)).fault is None

    def test_the_newest_come_first_a_page_at_a_time(self, database: Database) -> None:
        record_four(database)

        with database.reading() as session:
            one = audit.page(session, AuditFilter(), EVERYTHING, before=None, limit=3)
            other = audit.page(session, AuditFilter(), EVERYTHING, before=2, limit=3)
        assert [row.number for row in one] == [4, 3, 2]
        assert [row.number for row in other] == [1]

    def test_entries_are_found_by_what_is_known_of_them(self, database: Database) -> None:
        later = NOW + timedelta(hours=1)
        record(
            database,
            a_deed(),
            a_deed(actor="staff:bo", fund_id=1),
            a_deed(action="refused", subject="donation:1"),
            a_deed(at=later),
        )

        assert found(database) == [4, 3, 2, 1]
        assert found(database, actor="staff:bo") == [2]
        assert found(database, action="refused") == [3]
        assert found(database, subject="donation:1") == [3]
        assert found(database, subject="fund:") == [4, 2, 1]
        assert found(database, subject="f_nd") == []
        assert found(database, fund_id=1) == [2]
        assert found(database, since=later) == [4]
        assert found(database, until=later) == [3, 2, 1]
        assert found(database, since=NOW, until=later, actor="staff:anna") == [3, 1]

    def test_who_reads_the_log_of_one_fund_sees_no_other(self, database: Database) -> None:
        record(
            database,
            a_deed(),
            a_deed(fund_id=1),
            a_deed(fund_id=2),
            a_deed(fund_id=1, section_id=3),
        )

        assert found(database, Scope(frozenset({Reach(fund_id=1)}))) == [4, 2]
        assert found(database, Scope.of([3])) == [4]
        assert found(database, Scope.nothing()) == []

    def test_everybody_who_acts_is_known_to_those_who_see_it(self, database: Database) -> None:
        record(database, a_deed(), a_deed(actor="staff:bo", fund_id=1), a_deed(), a_deed(fund_id=2))

        with database.reading() as session:
            assert audit.actors(session, EVERYTHING) == ["staff:anna", "staff:bo"]
            assert audit.actors(session, Scope(frozenset({Reach(fund_id=1)}))) == ["staff:bo"]

    def test_details_that_no_key_opens_hide_nothing_else(self, database: Database) -> None:
        record_four(database)
        with database.unit_of_work() as session:
            AUDIT.drop(session.connection())
            junk = text("UPDATE audit SET private = :junk WHERE number = 2")
            session.execute(junk, {"junk": b"encrypted by nobody"})

        with database.reading() as session:
            rows = audit.page(session, AuditFilter(), EVERYTHING, before=None, limit=9)
        assert [row.private for row in rows][2:] == [UNREADABLE, None]
        assert "Entry 2 has private details" in (followed(database).fault or "")


class TestErasing:
    def test_private_details_may_go_and_nothing_else(self, database: Database) -> None:
        record_four(database)

        with database.unit_of_work() as session:
            row = audit.erase(session, 2)
            assert row is not None
            assert (row.number, row.private) == (2, None)
        record(database, a_deed(action=Action.DETAILS_ERASED, subject="audit:2"))

        assert followed(database).fault is None
        with database.unit_of_work() as session:
            assert audit.erase(session, 2) is None
            assert audit.erase(session, 1) is None

    def test_who_erases_behind_our_back_is_found(self, database: Database) -> None:
        record_four(database)

        attack(database, "UPDATE audit SET private = NULL WHERE number = 3")

        assert "Entry 3 lost its private details" in (followed(database).fault or "")


class TestTampering:
    """With the triggers out of the way, the chain still tells."""

    @pytest.mark.parametrize(
        ("statement", "fault"),
        [
            ("UPDATE audit SET actor = 'x' WHERE number = 2", "Entry 2 is not what was recorded"),
            ("UPDATE audit SET fund_id = 0 WHERE number = 3", "Entry 3 is not what was recorded"),
            ("UPDATE audit SET facts = '' WHERE number = 1", "Entry 1 is not what was recorded"),
            ("UPDATE audit SET digest = 'x' WHERE number = 4", "Entry 4 is not what was recorded"),
            ("UPDATE audit SET previous = 'x' WHERE number = 4", "Entry 4 does not follow"),
            ("UPDATE audit SET at = '2026-06-12 18:00:01'", "Entry 1 is not what was recorded"),
            ("DELETE FROM audit WHERE number = 2", "Entry 2 is not in its place"),
            ("DELETE FROM audit WHERE number > 2", "Entry 3 is missing"),
            ("DELETE FROM audit", "Entry 1 is missing"),
            (NEXT, "Entry 5 does not follow"),
        ],
    )
    def test_it_is_found(self, database: Database, statement: str, fault: str) -> None:
        record_four(database)
        kept = head(database)
        with database.unit_of_work() as session:
            AUDIT.drop(session.connection())

        attack(database, statement)

        assert (followed(database, kept).fault or "").startswith(fault)

    def test_what_is_no_time_is_found(self, database: Database) -> None:
        record_four(database)
        with database.unit_of_work() as session:
            AUDIT.drop(session.connection())

        attack(database, "UPDATE audit SET at = 'infinity' WHERE number = 3")

        assert "there is one that cannot be read" in (followed(database).fault or "")


class TestSeal:
    @pytest.mark.parametrize("how", ATTACKS)
    def test_the_log_stays_as_it_was_written(self, database: Database, how: str) -> None:
        record_four(database)
        kept = head(database)

        with pytest.raises((sqlite3.Error, psycopg.Error), match=REFUSED):
            attack(database, ATTACKS[how])

        assert followed(database, kept).fault is None
        assert head(database) == kept

    @pytest.mark.parametrize("how", SQLITE_ATTACKS)
    def test_ways_around_a_trigger_of_sqlite_are_closed(self, sqlite_url: str, how: str) -> None:
        with databases.opened(sqlite_url) as database:
            record_four(database)

            with pytest.raises(sqlite3.Error, match=REFUSED):
                attack(database, SQLITE_ATTACKS[how])

            assert followed(database).fault is None

    @pytest.mark.postgresql
    @pytest.mark.parametrize("how", POSTGRES_ATTACKS)
    def test_ways_around_a_trigger_of_postgresql_are_closed(
        self, postgres_url: str, how: str
    ) -> None:
        with databases.opened(postgres_url) as database:
            record_four(database)

            with pytest.raises(psycopg.Error, match=REFUSED):
                attack(database, POSTGRES_ATTACKS[how])

            assert followed(database).fault is None

    def test_a_trigger_that_is_gone_is_missed(self, database: Database) -> None:
        gone = "audit_follows"
        attack(database, f"DROP TRIGGER {gone}{'' if database.is_sqlite else ' ON audit'}")

        with database.reading() as session:
            assert triggers.missing(session.connection()) == {gone}


def test_before_there_is_a_log_there_is_nothing_to_seal(database: Database) -> None:
    database.downgrade("0001")

    with database.reading() as session:
        assert AUDIT.missing(session.connection()) == set(_names(database))
        assert not AUDIT.is_needed(session.connection())
    database.upgrade()
    with database.reading() as session:
        assert triggers.missing(session.connection()) == set()


def _names(database: Database) -> Iterator[str]:
    yield from AUDIT.sqlite if database.is_sqlite else AUDIT.postgresql
