from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InternalError, OperationalError

from fundtracker.domain.errors import Busy
from fundtracker.store import database as module
from fundtracker.store.database import Database, Turns, is_passing
from fundtracker.store.funds import FundRow
from tests.factories.rows import a_fund
from tests.support import databases

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class TestTurns:
    @pytest.fixture
    def turns(self) -> Turns:
        return Turns()

    @pytest.fixture
    def pool(self) -> Iterator[ThreadPoolExecutor]:
        with ThreadPoolExecutor(8) as pool:
            yield pool

    def test_they_are_given_in_the_order_in_which_they_are_asked_for(
        self, turns: Turns, pool: ThreadPoolExecutor
    ) -> None:
        served: list[int] = []

        def wait(number: int) -> None:
            with turns.take(60):
                served.append(number)

        with turns.take(0):
            waiting = []
            for number in range(8):
                waiting.append(pool.submit(wait, number))
                # The first in the queue is the one whose turn it is.
                while len(turns._queue) < number + 2:  # noqa: SLF001 - nobody else needs to know
                    pass
        for each in waiting:
            each.result()

        assert served == list(range(8))

    def test_who_waits_too_long_is_told_that_we_are_busy(self, turns: Turns) -> None:
        with turns.take(0), pytest.raises(Busy), turns.take(0):
            pass

    def test_who_left_the_queue_holds_nobody_up(
        self, turns: Turns, pool: ThreadPoolExecutor
    ) -> None:
        def wait() -> bool:
            with turns.take(60):
                return True

        with turns.take(0):
            with pytest.raises(Busy), turns.take(0):
                pass
            patient = pool.submit(wait)
        assert patient.result()

    def test_who_fails_gives_the_turn_back(self, turns: Turns) -> None:
        with pytest.raises(ZeroDivisionError), turns.take(0):
            raise ZeroDivisionError

        with turns.take(0):
            pass


def test_what_is_written_is_there_when_the_unit_of_work_is_over(database: Database) -> None:
    with database.unit_of_work() as session:
        a_fund(session, slug="hall")
        with database.reading() as other:
            assert other.scalars(select(FundRow.slug)).all() == []

    with database.reading() as session:
        assert session.scalars(select(FundRow.slug)).all() == ["hall"]


def test_a_unit_of_work_that_raises_writes_nothing(database: Database) -> None:
    with database.unit_of_work() as session:
        a_fund(session, slug="hall")

    def twice() -> None:
        with database.unit_of_work() as session:
            a_fund(session, slug="strike")
            a_fund(session, slug="hall")

    with pytest.raises(IntegrityError):
        twice()

    with database.reading() as session:
        assert session.scalars(select(FundRow.slug)).all() == ["hall"]


def test_a_reader_cannot_write(database: Database) -> None:
    with database.reading() as session, pytest.raises(DBAPIError, match=r"read-?only"):
        session.execute(text("DELETE FROM fund"))


def test_a_reader_sees_one_state_from_beginning_to_end(database: Database) -> None:
    count = text("SELECT count(*) FROM fund")
    with database.reading() as session:
        assert session.scalar(count) == 0
        with database.unit_of_work() as writer:
            a_fund(writer)
        assert session.scalar(count) == 0
    with database.reading() as session:
        assert session.scalar(count) == 1


def test_many_threads_write_and_none_is_told_that_it_is_locked(database: Database) -> None:
    with database.unit_of_work() as session:
        number = a_fund(session).id

    def count_up(_turn: int) -> None:
        with database.unit_of_work() as session:
            # Reads, then writes: what a deferred transaction of SQLite's cannot do.
            session.scalar(select(FundRow.version).where(FundRow.id == number).with_for_update())
            raised = text("UPDATE fund SET version = version + 1 WHERE id = :id")
            session.execute(raised, {"id": number})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(160)))

    with database.reading() as session:
        assert session.get_one(FundRow, number).version == 160


def test_who_waits_for_the_writer_too_long_is_told_that_we_are_busy(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0)
    with databases.opened(sqlite_url) as database:
        with database.unit_of_work(), pytest.raises(Busy), database.unit_of_work():
            pass
        with database.unit_of_work() as session:
            a_fund(session)


@pytest.mark.postgresql
def test_who_waits_for_a_connection_too_long_is_told_that_we_are_busy(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0)
    monkeypatch.setattr(module, "POOL", 1)
    with closing(Database.open(postgres_url, databases.KEYS)) as database:
        with database.unit_of_work() as first, database.unit_of_work() as second:
            first.connection()
            second.connection()
            with pytest.raises(Busy), database.reading() as third:
                third.connection()
            with pytest.raises(Busy), database.unit_of_work() as third:
                third.connection()
        with database.reading() as session:
            session.connection()


def test_another_error_of_the_database_is_not_called_busy(database: Database) -> None:
    with (
        pytest.raises(DBAPIError) as failure,
        database.unit_of_work() as session,
    ):
        session.execute(text("SELECT * FROM nothing"))

    assert not is_passing(failure.value)


def test_sqlite_is_set_up_to_lose_nothing(sqlite_url: str) -> None:
    with databases.opened(sqlite_url) as database:
        assert database.is_sqlite
        with database.unit_of_work() as session:
            pragmas = {
                name: session.scalar(text(f"PRAGMA {name}"))
                for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
            }
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
    }


def test_a_row_cannot_refer_to_nothing(database: Database) -> None:
    with pytest.raises(IntegrityError), database.unit_of_work() as session:
        session.execute(
            text("INSERT INTO milestone (id, fund_id, amount, reached_at) VALUES (1, 99, 1, NULL)")
        )


def test_an_app_and_its_migrations_share_the_engine(sqlite_url: str) -> None:
    app = Flask("test")
    database = Database.of_app(app, sqlite_url, databases.KEYS)

    with app.app_context():
        assert module.db.engine is database.writer
    with database.unit_of_work() as session:
        a_fund(session)
    database.close()


def test_down_and_up_again_the_tables_are_there_and_empty(database: Database) -> None:
    with database.unit_of_work() as session:
        a_fund(session)

    database.downgrade("base")
    database.upgrade()

    with database.unit_of_work() as session:
        assert session.scalars(select(FundRow.slug)).all() == []
        assert session.scalar(text("SELECT code FROM section WHERE id = 0")) == ""
        a_fund(session)


class TestPassing:
    """What the database, not a row, made fail."""

    def postgres(self, state: str | None, kind: type[DBAPIError] = OperationalError) -> DBAPIError:
        driver: psycopg.Error = (
            psycopg.errors.lookup(state)() if state else psycopg.OperationalError()
        )
        return kind("UPDATE …", {}, driver)

    def sqlite(self, code: int) -> DBAPIError:
        driver = sqlite3.OperationalError()
        driver.sqlite_errorcode = code
        return OperationalError("UPDATE …", {}, driver)

    @pytest.mark.parametrize("state", ["40P01", "40001", "57P01", "08006", "53100", "58030", None])
    def test_it_may_be_tried_again_on_postgresql(self, state: str | None) -> None:
        assert is_passing(self.postgres(state))

    @pytest.mark.parametrize("state", ["23505", "22003", "P0001", "42P01"])
    def test_a_row_at_fault_is_counted_on_postgresql(self, state: str) -> None:
        assert not is_passing(self.postgres(state, InternalError))

    def test_a_value_that_the_driver_refuses_is_the_rows_fault(self) -> None:
        assert not is_passing(DataError("INSERT …", {}, psycopg.DataError()))

    def test_a_connection_that_was_lost_is_not_the_rows_fault(self) -> None:
        lost = DBAPIError("…", {}, psycopg.Error(), connection_invalidated=True)
        lost.orig.sqlstate = "XX000"  # type: ignore[union-attr]

        assert is_passing(lost)

    @pytest.mark.parametrize(
        "code",
        [sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE],
    )
    def test_it_may_be_tried_again_on_sqlite(self, code: int) -> None:
        assert is_passing(self.sqlite(code))

    @pytest.mark.parametrize("code", [sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT_TRIGGER])
    def test_a_row_at_fault_is_counted_on_sqlite(self, code: int) -> None:
        assert not is_passing(self.sqlite(code))

    def test_busy_is_not_the_rows_fault_and_anything_else_is(self) -> None:
        assert is_passing(Busy())
        assert not is_passing(KeyError("amount"))


@pytest.mark.postgresql
def test_a_server_that_is_gone_is_not_the_rows_fault(tmp_path: Path) -> None:
    engine = create_engine(f"postgresql://nobody@/nothing?host={tmp_path}")
    with pytest.raises(OperationalError) as failure, engine.connect():
        pass

    assert is_passing(failure.value)


def test_what_the_tables_hold_is_counted_for_those_who_read(database: Database) -> None:
    with database.unit_of_work() as session:
        a_fund(session)

    database.analyze()

    if database.is_sqlite:
        with database.reading() as session:
            counted = session.scalars(text("SELECT DISTINCT tbl FROM sqlite_stat1")).all()
        assert "fund" in counted
