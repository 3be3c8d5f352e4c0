from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import StatementError

from fundtracker.store import inbox
from fundtracker.store.base import UnreadableError
from fundtracker.store.database import Database
from fundtracker.store.donations import DonationRow
from fundtracker.store.inbox import Arrival, InboxRow
from fundtracker.store.keys import Keys
from tests.factories.rows import NOW, a_donation, a_fund
from tests.support import databases, postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME, MESSAGE, PAYLOAD = "Canaria Nightingale", "sung at dawn ☀", '{"email": "canary@example.org"}'


def write_secrets(database: Database) -> None:
    with database.unit_of_work() as session:
        a_donation(session, a_fund(session), public_name=NAME, message=MESSAGE)
        inbox.put(session, [Arrival("main", "evt_1", PAYLOAD)], NOW)


def read_secrets(database: Database) -> tuple[str | None, ...]:
    with database.reading() as session:
        row = session.execute(select(DonationRow.public_name, DonationRow.message)).one()
        return (*row, session.scalars(select(InboxRow.payload)).one())


def canaries() -> list[bytes]:
    return [word.encode() for word in ("Canaria", "Nightingale", "sung at", "☀", "canary@")]


def test_what_is_private_comes_back_as_it_was_written(database: Database) -> None:
    write_secrets(database)

    assert read_secrets(database) == (NAME, MESSAGE, PAYLOAD)


def test_nothing_private_is_nothing_and_not_an_encrypted_nothing(database: Database) -> None:
    with database.unit_of_work() as session:
        a_donation(session, a_fund(session))
    with database.reading() as session:
        assert session.execute(text("SELECT public_name, message FROM donation")).one() == (
            None,
            None,
        )


def test_nothing_private_stands_in_the_files_of_sqlite(sqlite_url: str, tmp_path: Path) -> None:
    with databases.opened(sqlite_url) as database:
        write_secrets(database)
        # While it is open, what was written last stands in the write-ahead log.
        written = b"".join(file.read_bytes() for file in tmp_path.glob("fundtracker.db*"))
        assert (tmp_path / "fundtracker.db-wal").stat().st_size > 0
        assert b"evt_1" in written
        assert not [word for word in canaries() if word in written]
    closed = (tmp_path / "fundtracker.db").read_bytes()
    assert b"evt_1" in closed
    assert not [word for word in canaries() if word in closed]


@pytest.mark.postgresql
def test_nothing_private_stands_in_a_dump_of_postgresql(postgres_url: str) -> None:
    with databases.opened(postgres_url) as database:
        write_secrets(database)
        dump = b"".join(dump_of(database))

    assert b"evt_1" in dump
    assert not [word for word in canaries() if word in dump]
    # Bytes are written in hexadecimal there.
    assert not [word for word in canaries() if word.hex().encode() in dump]


def dump_of(database: Database) -> Iterator[bytes]:
    """Dump every table; with the server's own tool where its client is installed."""
    binaries = postgres.find_binaries()
    pg_dump = shutil.which("pg_dump") or (binaries and binaries / "pg_dump")
    if pg_dump and Path(pg_dump).exists():
        address = database.writer.url.render_as_string(hide_password=False)
        # As a role that the tables' policies bind, which has to say that it wants every row.
        command = [pg_dump, "--enable-row-security", address]
        everything = {**os.environ, "PGOPTIONS": "-c fundtracker.scope=*"}
        yield subprocess.run(command, check=True, capture_output=True, env=everything).stdout
    with database.reading() as session:
        for table in inspect(session.connection()).get_table_names():
            for row in session.execute(text(f'SELECT t::text FROM "{table}" t')):  # noqa: S608 - ours
                yield str(row[0]).encode()


def test_a_new_key_reads_what_the_old_one_wrote_and_writes_with_itself(database_url: str) -> None:
    old, new = Fernet.generate_key(), Fernet.generate_key()
    for keys in (Keys([old]), Keys([new, old]), Keys([new])):
        database = Database.open(database_url, keys)
        with database.unit_of_work() as session:
            a_donation(session, a_fund(session), public_name=NAME)
        database.close()

    database = Database.open(database_url, Keys([new, old]))
    with database.reading() as session:
        assert list(session.scalars(select(DonationRow.public_name))) == [NAME] * 3
    database.close()

    database = Database.open(database_url, Keys([new]))
    with database.reading() as session:
        newest = select(DonationRow.public_name).order_by(DonationRow.id.desc()).limit(2)
        assert list(session.scalars(newest)) == [NAME] * 2
        with pytest.raises(UnreadableError, match="put its key back into DATA_KEYS"):
            session.scalars(select(DonationRow.public_name)).all()
    database.close()


def test_two_databases_of_one_process_have_keys_of_their_own(
    sqlite_template: Path, tmp_path: Path
) -> None:
    urls = [databases.sqlite_url(tmp_path / name) for name in ("a.db", "b.db")]
    opened = []
    for url in urls:
        shutil.copy(sqlite_template, url.removeprefix("sqlite:///"))
        opened.append(Database.open(url, Keys([Fernet.generate_key()])))
    for database in opened:
        write_secrets(database)

    assert [read_secrets(database) for database in opened] == [(NAME, MESSAGE, PAYLOAD)] * 2
    for database in opened:
        database.close()


def test_an_error_of_the_database_does_not_tell_what_was_to_be_written(database: Database) -> None:
    with pytest.raises(StatementError) as failure, database.unit_of_work() as session:
        a_donation(session, a_fund(session), public_name=NAME, amount=-1)

    assert "amounts" in str(failure.value)
    assert not [word for word in canaries() if word.decode() in str(failure.value)]


def test_times_are_kept_in_utc_whatever_zone_they_come_in(database: Database) -> None:
    zurich = timezone(timedelta(hours=2))
    with database.unit_of_work() as session:
        a_fund(session, opens_at=datetime(2026, 6, 1, 8, tzinfo=zurich))
    with database.reading() as session:
        fund = session.execute(text("SELECT opens_at FROM fund")).scalar_one()
        assert "06:00" in str(fund) or fund.astimezone(UTC).hour == 6
    with database.unit_of_work() as session:
        row = session.execute(select(type(a_fund(session)).opens_at).limit(1)).scalar_one()
    assert row == datetime(2026, 6, 1, 6, tzinfo=UTC)
    assert row.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with (
        pytest.raises(StatementError, match="without a zone"),
        database.unit_of_work() as session,
    ):
        a_fund(session, opens_at=datetime(2026, 6, 1))  # noqa: DTZ001 - that is the point
