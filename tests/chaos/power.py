"""A power cut at a chosen moment: everything that leaves the process is a boundary.

What is left when the process ends depends on what it has committed and on what it has asked of the
payment provider. Between two of these changes one moment is like the other: the last of them is
chosen, when most has been done that is lost. Whoever wants to be thorough cuts the power at each:
before and after each commit, each request and each announcement, and between two writes of a
transaction. The process kills itself, so that nothing is cleaned up.
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
    """Goes off at the boundary of that number; the first is 1, and 0 never comes."""

    goes_off_at: int
    everywhere: bool = False
    passed: int = 0
    has_written: bool = False

    def feed(self, parts: Parts) -> Parts:
        """Let these parts depend on it; the process ends with them, so nothing is put back."""
        dialect = parts.database.writer.dialect
        dialect.do_commit = partial(self.commit, dialect.do_commit)  # type: ignore[method-assign]

        @event.listens_for(parts.database.writer, "before_cursor_execute")
        def _before_write(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            if statement.startswith(WRITES):
                self.write()

        HTTPAdapter.send = self.changing(HTTPAdapter.send)  # type: ignore[method-assign]
        return replace(parts, broker=CutBroker(parts.broker, self))

    def boundary(self) -> None:
        """Pass a boundary, or end here."""
        self.passed += 1
        if self.passed == self.goes_off_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def moment(self) -> None:
        """Pass a moment that is like the last boundary before something changes, or after all."""
        if self.everywhere:
            self.boundary()

    def write(self) -> None:
        """Pass the moment between this write and the one before in the same transaction."""
        if self.has_written:
            self.moment()
        self.has_written = True

    def commit(self, do_commit: Callable[[Any], None], connection: object) -> None:
        """Commit, and begin to count the writes anew."""
        if self.has_written:
            self.changing(do_commit)(connection)
        else:
            self.around(do_commit)(connection)
        self.has_written = False

    def changing(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """Do something with a boundary before it: it changes what is left."""

        def acting(*given: object, **named: object) -> object:
            self.boundary()
            done = act(*given, **named)
            self.moment()
            return done

        return acting

    def around(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """Do something of which nothing is left."""

        def acting(*given: object, **named: object) -> object:
            self.moment()
            done = act(*given, **named)
            self.moment()
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
