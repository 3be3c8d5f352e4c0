"""Where it is measured: the real server over a fresh SQLite file, and over a real PostgreSQL."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet

from fundtracker.store.database import Database
from fundtracker.store.keys import Keys
from tests.support import postgres
from tests.support.servers import LiveServer

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "whsec_benchmark"  # noqa: S105 - signs what the benchmark itself sends
KEY = Fernet.generate_key()


@dataclass(frozen=True, slots=True)
class Place:
    """A migrated, empty database that writes durably, and the server over it, not yet started."""

    name: str
    url: str
    database: Database
    server: LiveServer


@contextmanager
def sqlite() -> Iterator[Place]:
    """A file, and one serving process: that is all that SQLite takes."""
    with _folder() as folder:
        yield from _place("SQLite", f"sqlite:///{folder / 'bench.db'}", folder, processes=1)


@contextmanager
def postgresql() -> Iterator[Place]:
    """A server of our own with fsync on, and two serving processes for the two cores."""
    binaries = postgres.find_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is missing; install it with: apt install postgresql")
    with ExitStack() as stack:
        folder = stack.enter_context(_folder())
        server = stack.enter_context(postgres.running(binaries, fsync=True))
        yield from _place("PostgreSQL", server.url(server.create()), folder, processes=2)


def _place(name: str, url: str, folder: Path, *, processes: int) -> Iterator[Place]:
    database = Database.open(url, Keys([KEY]))
    database.upgrade()
    server = LiveServer(
        folder,
        DATABASE_URL=url,
        DATA_KEYS=KEY.decode(),
        STRIPE_WEBHOOK_SECRET=SECRET,
        GUNICORN_CMD_ARGS=f"--workers {processes}",
    )
    try:
        yield Place(name, url, database, server)
    finally:
        server.stop()
        database.close()


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        yield Path(folder)
