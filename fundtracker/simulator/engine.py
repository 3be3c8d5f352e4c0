"""The simulator as one value: what it was told, what it holds, how it tells the time."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from fundtracker.simulator.storage import Storage, Work
from fundtracker.simulator.tasks import is_due, run_due

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

    from fundtracker.simulator.settings import SimulatorSettings
    from fundtracker.simulator.storage import Json
    from fundtracker.simulator.switches import Switches

NO_REQUEST: Json = {"id": None, "idempotency_key": None}


@dataclass(frozen=True, slots=True)
class Simulator:
    """Everything that the views and the delivery of events work with.

    `clock` gives Unix seconds. `wake` is set when there may be something to deliver, `stopping`
    when requests that are held back have to end.
    """

    settings: SimulatorSettings
    storage: Storage
    switches: Switches
    clock: Callable[[], float]
    wake: Event = field(default_factory=Event)
    stopping: Event = field(default_factory=Event)

    @contextmanager
    def working(self, request: Json = NO_REQUEST) -> Iterator[Work]:
        """Give a unit of work that may write, once what was due before it is done."""
        self.catch_up()
        with self.storage.writing() as connection:
            yield self._work(connection, request)
        self.wake.set()

    @contextmanager
    def looking(self) -> Iterator[Work]:
        """Give a unit of work that only reads, once what was due before it is done."""
        self.catch_up()
        with self.storage.reading() as connection:
            yield self._work(connection, NO_REQUEST)

    def catch_up(self) -> None:
        """Do what is due by now."""
        with self.storage.reading() as connection:
            if not is_due(connection, self.clock()):
                return
        with self.storage.writing() as connection:
            run_due(self._work(connection, NO_REQUEST))
        self.wake.set()

    def _work(self, connection: sqlite3.Connection, request: Json) -> Work:
        return Work(connection, self.clock(), request, self.settings.public_url)
