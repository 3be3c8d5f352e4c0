"""A power cut at a chosen moment: everything that leaves the process is a boundary.

There is one before and after each commit, each request to the payment provider and each
announcement, and one between two writes of a transaction. The process kills itself at one of them,
so that nothing is cleaned up.
"""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from sqlalchemy import event

if TYPE_CHECKING:
    from collections.abc import Callable

    from fundtracker.live.broker import Broker
    from fundtracker.services.parts import Parts

WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass
class Power:
    """Goes off at the boundary of that number; the first is 1, and 0 never comes.

    Without `in_writes` a transaction is one thing, of which nothing is there or all of it.
    """

    goes_off_at: int
    in_writes: bool = True
    passed: int = 0
    has_written: bool = False

    def boundary(self) -> None:
        """Pass a boundary, or end here."""
        self.passed += 1
        if self.passed == self.goes_off_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def write(self) -> None:
        """Pass the boundary between this write and the one before in the same transaction."""
        if self.has_written and self.in_writes:
            self.boundary()
        self.has_written = True

    def commit(self, do_commit: Callable[[Any], None], connection: object) -> None:
        """Commit, and begin to count the writes anew."""
        self.around(do_commit)(connection)
        self.has_written = False

    def around(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """Do something with a boundary before it and one after it."""

        def acting(*given: object, **named: object) -> object:
            self.boundary()
            done = act(*given, **named)
            self.boundary()
            return done

        return acting


@dataclass(frozen=True)
class CutBroker:
    """A broker at whose announcements the power can go off."""

    broker: Broker
    power: Power

    def announce(self, fund: str, version: int) -> None:
        self.power.around(self.broker.announce)(fund, version)

    def newer(self, fund: str, version: int, timeout: float) -> int | None:
        return self.broker.newer(fund, version, timeout)


def on(parts: Parts, power: Power) -> Parts:
    """Let these parts depend on the power; the process ends with them, so nothing is put back."""
    dialect = parts.database.writer.dialect
    dialect.do_commit = partial(power.commit, dialect.do_commit)  # type: ignore[method-assign]

    @event.listens_for(parts.database.writer, "before_cursor_execute")
    def _before_write(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(WRITES):
            power.write()

    HTTPAdapter.send = power.around(HTTPAdapter.send)  # type: ignore[method-assign]
    return replace(parts, broker=CutBroker(parts.broker, power))
