"""The background: loops that settle and work on jobs, beside the server or as `flask worker`."""

from __future__ import annotations

import fcntl
import os
import sys
from threading import Event, Thread
from typing import TYPE_CHECKING

import structlog

from fundtracker.services.schedule import schedule
from fundtracker.services.settle import full_batch, settle
from fundtracker.services.work import work_on_long, work_on_short
from fundtracker.store import donations

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    from flask import Flask

    from config import Settings
    from fundtracker.services.parts import Parts

    class Simulator(Protocol):
        """What is started and ended with the background, if there is one."""

        def start(self) -> None:
            """Begin to answer and to send webhooks."""

        def stop(self) -> None:
            """End both."""


# Seconds between two looks at the inbox and at the jobs; webhooks do not notify, for that costs
# more than half of what a database can take in.
SETTLE_EVERY = 0.05
WORK_EVERY = 1.0
# After an error of the database: long enough not to fill the log, short enough not to be missed.
PAUSE = 2.0

# Seconds for which a thread may keep the interpreter while others want it. Python's own five
# milliseconds are what a webhook would wait, several times over, while a batch is settled.
SWITCH_EVERY = 0.0005

log = structlog.get_logger(__name__)


def start(app: Flask) -> None:
    """Start the background of an app, in the process that serves it and after any fork."""
    background: Background = app.extensions["background"]
    background.start()


class Background:
    """The loops, and the simulator's listener where there is one.

    On SQLite one process serves: a second one on the same instance folder is refused.
    """

    def __init__(self, parts: Parts, settings: Settings, simulator: Simulator | None) -> None:
        self._parts = parts
        self._settings = settings
        self._simulator = simulator
        self._stop = Event()
        self._threads: list[Thread] = []
        self._lock: int | None = None

    def start(self) -> None:
        """Start the loops in threads of this process."""
        if self._parts.database.is_sqlite:
            self._be_the_only_one()
        self._refuse_other_money()
        if self._simulator is not None:
            self._simulator.start()
        schedule(self._parts)
        self._threads = [
            Thread(target=self._loop, args=(name, step, pause), name=name, daemon=True)
            for name, step, pause in (
                ("settle", _settle, SETTLE_EVERY),
                ("jobs", work_on_short, WORK_EVERY),
                ("exports", work_on_long, WORK_EVERY),
            )
        ]
        sys.setswitchinterval(SWITCH_EVERY)
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End the loops after what they are at."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if self._simulator is not None:
            self._simulator.stop()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def wait(self) -> None:
        """Run until `stop`."""
        self._stop.wait()

    def _loop(self, name: str, step: Callable[[Parts], bool], pause: float) -> None:
        while not self._stop.is_set():
            try:
                more = step(self._parts)
            except Exception as error:  # noqa: BLE001 - a loop that ends would stop the number
                log.warning("loop_failed", loop=name, error=type(error).__name__)
                self._stop.wait(PAUSE)
                continue
            if not more:
                self._stop.wait(pause)

    def _refuse_other_money(self) -> None:
        """Never let gifts of a simulator or a sandbox stand in a total beside real ones."""
        account = self._parts.gateway.account
        with self._parts.database.reading() as session:
            other = donations.other_account(session, account)
        if other is not None:
            sys.exit(
                f"This database holds gifts of the account '{other}', and this start is for "
                f"'{account}': give it a database of its own, with INSTANCE_DIR or DATABASE_URL.",
            )

    def _be_the_only_one(self) -> None:
        """Hold a lock while this process lives; the system frees it, even after kill -9."""
        path = self._settings.instance / "serving.lock"
        self._lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.exit(
                f"Another process serves {self._settings.instance} already, and SQLite takes one: "
                "end it, or move to PostgreSQL with DATABASE_URL.",
            )


def _settle(parts: Parts) -> bool:
    """Settle a batch, and say whether to go on at once: only a full one says that more wait.

    Rows that arrive meanwhile are settled together a moment later; one by one they would cost the
    writers of webhooks more than all the rest.
    """
    return settle(parts) >= full_batch(parts)
