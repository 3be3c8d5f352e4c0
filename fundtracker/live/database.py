"""Wake-ups between processes, by looking at the versions in the database.

There is no thread for it: of all who wait in a process, one leads. It looks at the versions of all
funds each interval and wakes the others; when it leaves, another takes over. While nobody waits,
nobody looks, and fifty streams cost the database no more than one.
"""

from __future__ import annotations

import time
from threading import Condition
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class DatabaseBroker:
    """A broker for several processes that share nothing but the database.

    `read_versions` gives the version of every fund by its slug, `interval` is in seconds. What
    reading raises ends the wait of the one that leads: a stream that cannot see the truth has to
    end, so that its screen says how old its number is, instead of beating on as if all were well.
    """

    def __init__(
        self,
        read_versions: Callable[[], Mapping[str, int]],
        interval: float = 0.25,
    ) -> None:
        self._read_versions = read_versions
        self._interval = interval
        self._versions: dict[str, int] = {}
        self._changed = Condition()
        self._led = False
        self._due = 0.0

    def announce(self, fund: str, version: int) -> None:
        """Wake those who wait in this process at once; the others see it when they look."""
        with self._changed:
            self._learn({fund: version})

    def newer(self, fund: str, version: int, timeout: float) -> int | None:
        """Wait for a version of a fund above the given one; None after `timeout` seconds."""
        deadline = time.monotonic() + timeout
        leads = False
        with self._changed:
            try:
                while self._versions.get(fund, 0) <= version:
                    left = deadline - time.monotonic()
                    if left <= 0:
                        return None
                    leads = leads or not self._led
                    self._led = True
                    self._wait(left, leads=leads)
                return self._versions[fund]
            finally:
                self._leave(leads=leads)

    def _wait(self, left: float, *, leads: bool) -> None:
        if not leads:
            self._changed.wait(left)
            return
        pause = self._due - time.monotonic()
        if pause > 0:
            self._changed.wait(min(pause, left))
            return
        self._due = time.monotonic() + self._interval
        self._look()

    def _look(self) -> None:
        # Reading takes as long as the database takes: announcements must not wait for it.
        self._changed.release()
        try:
            versions = self._read_versions()
        finally:
            self._changed.acquire()
        self._learn(versions)

    def _learn(self, versions: Mapping[str, int]) -> None:
        news = {
            fund: version
            for fund, version in versions.items()
            if version > self._versions.get(fund, 0)
        }
        if news:
            self._versions.update(news)
            self._changed.notify_all()

    def _leave(self, *, leads: bool) -> None:
        self._led = self._led and not leads
        if not self._led:
            # Whoever is woken leads, or leaves and wakes the next, so that this is never lost.
            self._changed.notify()
