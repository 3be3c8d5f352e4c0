"""The published snapshots as bytes: built once for each version, handed to everyone."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Lock, Semaphore
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# A burst of a hundred gifts is shown as at most ten numbers a second: no eye follows more.
BETWEEN_BUILDS = 0.1
# So many may wait for the next build. The rest get the last one, at most a tenth of a second old,
# so that those who only look never take the threads of those who give.
MAY_WAIT = 8


@dataclass(frozen=True, slots=True)
class Published:
    """What the world sees of a fund at a version; `etag` stands without quotation marks."""

    fund: str
    version: int
    etag: str
    body: bytes


@dataclass(slots=True)
class _Shelf:
    """One fund's snapshot; `checked` is the newest version that it is known to be up to."""

    building: Lock = field(default_factory=Lock)
    published: Published | None = None
    checked: int = 0
    next_build: float = 0.0

    def good_for(self, version: int) -> Published | None:
        return self.published if self.checked >= version else None


class Snapshots:
    """A cache of one snapshot per fund that never goes back in version.

    `load` builds the snapshot of a fund, `version` tells cheaply which one is due. What they raise,
    an unknown fund above all, goes to the caller and is not remembered. A held fund may well
    publish an old version while its own runs on.
    """

    def __init__(
        self,
        load: Callable[[str], Published],
        version: Callable[[str], int],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._load = load
        self._version = version
        self._clock = clock
        self._sleep = sleep
        self._shelves: dict[str, _Shelf] = {}
        self._places = Semaphore(MAY_WAIT)

    def get(self, fund: str, *, patient: bool = False) -> Published:
        """Return the snapshot of a fund, as new as the database when it was asked.

        In a burst the impatient get one that is a tenth of a second old at most.
        """
        version = self._version(fund)
        shelf = self._shelves.setdefault(fund, _Shelf())
        ready = shelf.good_for(version)
        if ready is not None:
            return ready
        if patient or shelf.published is None:
            return self._build(fund, shelf, version)
        if not self._places.acquire(blocking=False):
            return shelf.published
        try:
            return self._build(fund, shelf, version)
        finally:
            self._places.release()

    def _build(self, fund: str, shelf: _Shelf, version: int) -> Published:
        with shelf.building:
            ready = shelf.good_for(version)
            if ready is not None:
                return ready
            self._sleep(max(0.0, shelf.next_build - self._clock()))
            # What has happened during the wait is built into this one: ask again, before it.
            due = self._version(fund)
            shelf.next_build = self._clock() + BETWEEN_BUILDS
            built = self._load(fund)
            if shelf.published is None or built.version >= shelf.published.version:
                shelf.published = built
            shelf.checked = max(due, built.version, shelf.checked)
            return shelf.published
