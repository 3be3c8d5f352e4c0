"""The two engines, and the only two ways in: a unit of work that commits, and a reading.

SQLite has one writer: a single connection behind a queue that is served in order, each turn one
BEGIN IMMEDIATE and one COMMIT, so that no writer of this process waits for another unfairly and
none ever sees "locked". Readers have connections of their own that cannot write.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from fundtracker.domain.errors import Busy
from fundtracker.domain.scope import Scope
from fundtracker.store.base import Base, hand_keys, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from sqlalchemy.engine import Connection, Engine
    from sqlalchemy.pool import ConnectionPoolEntry

    from fundtracker.store.keys import Keys

EVERYTHING = Scope.everything()
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
# Writers of one process wait this long for their turn; then the person is asked to try again.
PATIENCE = 5
# More connections than this make PostgreSQL slower, not faster, at our kind of writing.
POOL = 8
# Errors of the driver name the statement that failed, never its values: these are personal data.
_QUIET: dict[str, Any] = {"hide_parameters": True}
# Without a scope PostgreSQL's policies show nothing; code that acts for nobody in particular sees
# everything, and a transaction for somebody narrows it. What the policies might cost at worst lets
# PostgreSQL compile queries that take a millisecond, which takes a hundred.
_OPTIONS = "-c fundtracker.scope=* -c jit=off"
# Any number, the same in every process: who holds it, settles.
SETTLER_LOCK = 1_765_537_471
# Lost connections, deadlocks and serialization failures, full disks, shutdowns, broken hardware.
PASSING_STATES = ("08", "40", "53", "57P", "58")
PASSING_CODES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    },
)

db = SQLAlchemy(model_class=Base, disable_autonaming=True)
migrate = Migrate(db=db, directory=str(MIGRATIONS), render_as_batch=True, compare_type=True)


class Database:
    """Where everything is kept."""

    def __init__(self, writer: Engine, reader: Engine, keys: Keys) -> None:
        """Take an engine that writes and one that reads; on PostgreSQL they share a pool."""
        self.writer = writer
        self.reader = reader
        self._turns = Turns() if writer.dialect.name == "sqlite" else None
        for engine in (writer, reader):
            hand_keys(engine.dialect, keys)

    @classmethod
    def open(cls, url: str, keys: Keys) -> Database:
        """Open a database by its URL, outside any app."""
        return cls._over(create_engine(url, **engine_options(url)), url, keys)

    @classmethod
    def of_app(cls, app: Flask, url: str, keys: Keys) -> Database:
        """Open the database of an app, whose engine Flask-SQLAlchemy and Flask-Migrate share."""
        app.config["SQLALCHEMY_DATABASE_URI"] = url
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
        db.init_app(app)
        migrate.init_app(app)
        with app.app_context():
            return cls._over(db.engine, url, keys)

    @classmethod
    def _over(cls, writer: Engine, url: str, keys: Keys) -> Database:
        reader: Engine
        if writer.dialect.name != "sqlite":
            reader = writer.execution_options(
                isolation_level="REPEATABLE READ",
                postgresql_readonly=True,
            )
            return cls(writer, reader, keys)
        reader = create_engine(url, poolclass=QueuePool, pool_size=POOL, max_overflow=56, **_QUIET)
        _prepare_sqlite(writer, begin="BEGIN IMMEDIATE", query_only=False)
        _prepare_sqlite(reader, begin="BEGIN", query_only=True)
        return cls(writer, reader, keys)

    @property
    def is_sqlite(self) -> bool:
        """Whether one process owns the database."""
        return self._turns is not None

    @contextmanager
    def unit_of_work(self, scope: Scope = EVERYTHING) -> Iterator[Session]:
        """Write in one transaction that is committed at the end: the only commit there is.

        On PostgreSQL the tables themselves show nothing beyond `scope`. No network and no second
        unit of work inside. Raises Busy (503) after five seconds in the queue.
        """
        turn = nullcontext() if self._turns is None else self._turns.take(PATIENCE)
        with (
            turn,
            _busy_when_overrun(),
            Session(self.writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            _narrow(session, scope)
            yield session

    @contextmanager
    def reading(self, scope: Scope = EVERYTHING) -> Iterator[Session]:
        """Read one consistent state; writing is refused by the database. Raises Busy (503).

        On PostgreSQL the tables themselves show nothing beyond `scope`.
        """
        with _busy_when_overrun(), Session(self.reader) as session:
            _narrow(session, scope)
            yield session

    def upgrade(self, revision: str = "head") -> None:
        """Bring the tables to a revision of the migrations."""
        command.upgrade(self._alembic(), revision)

    def downgrade(self, revision: str) -> None:
        """Take the tables back to an earlier revision."""
        command.downgrade(self._alembic(), revision)

    def analyze(self) -> None:
        """Let SQLite count what its tables hold, to find the short way; PostgreSQL does so itself.

        From a sample, for every writer waits meanwhile.
        """
        if not self.is_sqlite:
            return
        with self.unit_of_work() as session:
            session.execute(text("PRAGMA analysis_limit=1000"))
            session.execute(text("ANALYZE"))
        # What was counted is read when a connection is opened.
        self.reader.dispose()

    def close(self) -> None:
        """Give every connection back."""
        self.writer.dispose()
        self.reader.dispose()

    def _alembic(self) -> Config:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["engine"] = self.writer
        return config


class Turns:
    """A lock that is given in the order in which it was asked for."""

    def __init__(self) -> None:
        """Start with nobody waiting."""
        self._lock = Lock()
        self._queue: deque[Event] = deque()

    @contextmanager
    def take(self, patience: int) -> Iterator[None]:
        """Wait for one's turn at most so many seconds; raises Busy."""
        mine = Event()
        with self._lock:
            self._queue.append(mine)
            if self._queue[0] is mine:
                mine.set()
        try:
            if not mine.wait(patience):
                raise Busy
            yield
        finally:
            with self._lock:
                was_first = self._queue[0] is mine
                self._queue.remove(mine)
                if was_first and self._queue:
                    self._queue[0].set()


def _narrow(session: Session, scope: Scope) -> None:
    """Hand the scope to PostgreSQL's policies in every transaction of this session, and no other.

    Whoever uses the connection next is told nothing: a local setting ends with its transaction.
    """
    if kind_of(session) != "postgresql" or scope.is_everything:
        return
    narrowing = text("SELECT set_config('fundtracker.scope', :scope, true)")

    @event.listens_for(session, "after_begin")
    def _hand_over(_session: Session, _transaction: object, connection: Connection) -> None:
        connection.execute(narrowing, {"scope": str(scope)})


def lock_settler(session: Session) -> None:
    """Be the only settler until the end of this unit of work; SQLite's writer is alone anyway."""
    if kind_of(session) == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": SETTLER_LOCK})


def is_passing(error: BaseException) -> bool:
    """Tell whether the database, not the rows, made a transaction fail: it may be tried again."""
    if isinstance(error, Busy):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        return _sqlite_code(error) in PASSING_CODES
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        # The server was not even reached, unless the driver refused a value by itself.
        return isinstance(error, OperationalError)
    return error.connection_invalidated or state.startswith(PASSING_STATES)


@contextmanager
def _busy_when_overrun() -> Iterator[None]:
    """Say Busy where connections, or another process on the same file, keep us waiting."""
    try:
        yield
    except PoolTimeout:
        raise Busy from None
    except OperationalError as error:
        if _sqlite_code(error) != sqlite3.SQLITE_BUSY:
            raise
        raise Busy from error


def _sqlite_code(error: DBAPIError) -> int | None:
    """Return the primary code of an error of SQLite's."""
    code: int | None = getattr(error.orig, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def engine_options(url: str) -> dict[str, Any]:
    """How the engine that writes is made."""
    if make_url(url).get_backend_name() == "sqlite":
        return _QUIET | {"poolclass": QueuePool, "pool_size": 1, "max_overflow": 0}
    return _QUIET | {
        "connect_args": {"options": _options(url)},
        "pool_size": POOL,
        "max_overflow": POOL,
        "pool_pre_ping": True,
        "pool_timeout": PATIENCE,
    }


def _options(url: str) -> str:
    """What each connection to PostgreSQL begins with, and goes back to after each transaction."""
    asked = make_url(url).query.get("options", "")
    own = asked if isinstance(asked, str) else " ".join(asked)
    return f"{own} {_OPTIONS}".lstrip()


def _prepare_sqlite(engine: Engine, *, begin: str, query_only: bool) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: ConnectionPoolEntry) -> None:  # noqa: ANN401 - the driver's
        # The driver must not open transactions by itself: a deferred one that reads, then writes,
        # fails with "locked" at once, whatever the time-out.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "recursive_triggers=ON",
            "busy_timeout=5000",
            f"query_only={'ON' if query_only else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
