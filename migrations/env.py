"""Run migrations on whichever engine is handed over, or on the app's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from alembic import context
from flask import current_app
from sqlalchemy.types import TypeDecorator

from fundtracker.store import policies, tables, triggers
from fundtracker.store.base import Base

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext
    from sqlalchemy.engine import Connection, Engine

POLICIES = "0003"

# Importing `tables` is what fills the metadata.
assert tables.ALL  # noqa: S101 - a fact about our own code, not about input


def _render(kind: str, item: object, _autogenerate: AutogenContext) -> str | Literal[False]:
    """Write our column types as what they are in the database, so that migrations need not us."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def _engine() -> Engine:
    engine: Engine | None = context.config.attributes.get("engine")
    return engine or current_app.extensions["migrate"].db.engine


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=_render,
        # Our engine begins its own transactions on SQLite, where tables then roll back too.
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        # Batch operations on SQLite rebuild tables without their triggers.
        triggers.create(connection)
        # Code from before the policies hands no scope over, and would see nothing.
        if (context.get_context().get_current_revision() or "") >= POLICIES:
            policies.create(connection)


def _run() -> None:
    with _engine().connect() as connection:
        if connection.dialect.name != "sqlite":
            _migrate(connection)
            return
        # With foreign keys on, rebuilding a table deletes the rows that refer to it. The switch
        # does nothing inside a transaction, so it goes to the driver's own connection.
        driver = connection.connection.dbapi_connection
        if driver is None:
            return
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            _migrate(connection)
            if driver.execute("PRAGMA foreign_key_check").fetchone():
                msg = "the migration left rows that refer to nothing"
                raise RuntimeError(msg)
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


_run()
