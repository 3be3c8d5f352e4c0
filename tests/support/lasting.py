"""Connections to PostgreSQL that stay for the next test, as the database does that they lead to.

A new connection learns every table anew, which is more work than what most tests ask for.
"""
# ruff: noqa: SLF001 - a database is put together as its own class does it

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import QueuePool

from fundtracker.store.database import Database, engine_options

if TYPE_CHECKING:
    from fundtracker.store.keys import Keys

# By this name the server knows them.
NAME = "lasting"


class Lasting:
    """The connections to one database, all with the same keys, whoever opens it."""

    def __init__(self, url: str, keys: Keys) -> None:
        options = engine_options(url)
        options["connect_args"]["application_name"] = NAME
        self._url, self._keys = url, keys
        self._engine = create_engine(url, poolclass=_Pool, **options)

    def open(self) -> Database:
        """Open the database: what a test lets its engine hear or do, no other one's does."""
        engine = Engine(self._engine.pool, self._engine.dialect, self._engine.url)
        return Database._over(engine, self._url, self._keys)

    def close(self) -> None:
        """End what is not in use."""
        pool = self._engine.pool
        assert isinstance(pool, _Pool)
        pool.end()


class _Pool(QueuePool):
    """Connections that outlive the engines which use them."""

    def dispose(self) -> None:
        """Keep them."""

    def recreate(self) -> Self:
        """Let the engine go on with the same ones."""
        return self

    def end(self) -> None:
        super().dispose()
