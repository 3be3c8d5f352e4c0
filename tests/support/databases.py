"""Migrated databases for tests: made once a session, copied for each test."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet
from sqlalchemy import make_url, text

from fundtracker.store.database import Database
from fundtracker.store.keys import Keys
from tests.support.lasting import Lasting
from tests.support.postgres import STRANGER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.postgres import Postgres

KEYS = Keys([Fernet.generate_key()])


def sqlite_url(file: Path) -> str:
    """Return the address of a database in this file, as DATABASE_URL takes it."""
    return f"sqlite:///{file}"


def migrate(url: str) -> None:
    """Bring an empty database to the newest version of the tables."""
    with opened(url) as database:
        database.upgrade()


# Databases to which connections stay open, by their addresses.
_lasting: dict[str, Lasting] = {}


def stay_open(url: str) -> None:
    """Let connections to a database stay open from now on, whoever closes it."""
    _lasting[url] = Lasting(url, KEYS)


def stay_open_no_more(url: str) -> None:
    """Close them now."""
    _lasting.pop(url).close()


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """Open a database as the app does, and close its connections at the end unless they stay."""
    lasting = _lasting.get(url)
    database = Database.open(url, KEYS) if lasting is None else lasting.open()
    try:
        yield database
    finally:
        database.close()


@contextmanager
def postgres_copy(server: Postgres, template: str) -> Iterator[str]:
    """Return the address of a copy of a template database, dropped at the end."""
    name = server.create(template)
    try:
        yield server.url(name)
    finally:
        server.drop(name)


def for_stranger(url: str) -> str:
    """Let somebody use a database who owns none of it, and return its address for them."""
    with opened(url) as database, database.unit_of_work() as session:
        for things in ("TABLES", "SEQUENCES"):
            session.execute(text(f"GRANT ALL ON ALL {things} IN SCHEMA public TO {STRANGER}"))
    return make_url(url).set(username=STRANGER).render_as_string(hide_password=False)
