"""A PostgreSQL of our own: made in a short folder, reached by a socket there, gone afterwards."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from tests.support import memory
from tests.support.processes import dying_with_us, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

# The app's role owns its databases and passes over no policy; the other one may do anything.
_OWNER = "fundtracker"
# Somebody who may use the tables and owns none.
STRANGER = "stranger"
_SUPERUSER = "postgres"
_NUMBERS = itertools.count(1)
# Nothing of a test outlives its server, and its tables are too short-lived to be looked after.
_HASTY = (
    *("-c", "fsync=off"),
    *("-c", "full_page_writes=off"),
    *("-c", "synchronous_commit=off"),
    *("-c", "wal_level=minimal"),
    *("-c", "max_wal_senders=0"),
    *("-c", "autovacuum=off"),
)


def find_binaries() -> Path | None:
    """Return the folder of the newest installed server, or None.

    Debian keeps servers off PATH; a link on PATH is followed, as `initdb` looks for its files
    beside the real one.
    """
    on_path = shutil.which("initdb")
    if on_path:
        return Path(os.path.realpath(on_path)).parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(installed, key=lambda path: int(path.parts[-3]), default=None)
    return newest and newest.parent


def as_superuser(url: str) -> str:
    """Return the address of the same database for somebody who may do anything."""
    return url.replace(f"//{_OWNER}@", f"//{_SUPERUSER}@")


class Postgres:
    """A running server; its databases are named by number and dropped with it."""

    def __init__(self, folder: Path, *, fsync: bool) -> None:
        self.folder = folder
        self._fsync = fsync

    @property
    def options(self) -> list[str]:
        """What the server is started with: its files, a socket in its folder and no port."""
        options = f"-D {self.folder}/data -k {self.folder} -c listen_addresses="
        return [*options.split(), *([] if self._fsync else _HASTY)]

    def url(self, name: str, *, user: str = _OWNER) -> str:
        """Return the address of a database, as DATABASE_URL takes it."""
        return f"postgresql://{user}@/{name}?host={self.folder}"

    def connect(self, name: str = "postgres") -> psycopg.Connection[Any]:
        """Connect as somebody who may do anything, to the server itself unless one is named."""
        return psycopg.connect(host=str(self.folder), user=_SUPERUSER, dbname=name, autocommit=True)

    def create(self, template: str = "template0") -> str:
        """Make a database like `template` and return its name."""
        name = f"fundtracker_{next(_NUMBERS)}"
        self._run("CREATE DATABASE {} OWNER {} TEMPLATE {}", name, _OWNER, template)
        return name

    def add_role(self, name: str) -> None:
        """Add somebody who may sign in and has no rights of their own."""
        self._run("CREATE ROLE {} LOGIN", name)

    def drop(self, name: str) -> None:
        """Drop a database, ending what is still connected to it."""
        self._run("DROP DATABASE {} WITH (FORCE)", name)

    def is_ready(self) -> bool:
        """Tell whether the server answers."""
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, statement: str, *names: str) -> None:
        with self.connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def running(binaries: Path, *, fsync: bool = False) -> Iterator[Postgres]:
    """Start a server and stop it at the end; `fsync` for what measures rather than tests.

    Without it the server lives in memory; either way its folder's name is short, as a socket's is.
    """
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp" if fsync else memory.folder()))
    somebody = _unprivileged()
    shutil.chown(folder, somebody.get("user", os.getuid()))
    server = Postgres(folder, fsync=fsync)
    try:
        _make_files(binaries, folder, somebody)
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                dying_with_us([str(binaries / "postgres"), *server.options]),
                stdout=log,
                stderr=log,
                cwd="/",
                **somebody,
            )
        try:
            wait_until(server.is_ready, process, folder / "log")
            for role in (_OWNER, STRANGER):
                server.add_role(role)
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # "fast": ends sessions, leaves files in order
            process.wait()
    finally:
        shutil.rmtree(folder)


def _make_files(binaries: Path, folder: Path, somebody: dict[str, Any]) -> None:
    options = f"-D {folder}/data -U {_SUPERUSER} -A trust -E UTF8 --locale=C.UTF-8 --no-sync"
    subprocess.run(
        [str(binaries / "initdb"), *options.split()],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        **somebody,
    )


def _unprivileged() -> dict[str, Any]:
    """Return who starts the server: PostgreSQL refuses root, so Debian's `postgres` does."""
    if os.getuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
