"""How often we may call the provider: one budget per account, donors before everything else."""

from __future__ import annotations

import random
import time
from threading import Lock
from typing import TYPE_CHECKING

from fundtracker.domain.errors import Busy
from fundtracker.payments.gateway import Priority

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = {Priority.DONOR: 8.0, Priority.BACKGROUND: 60.0}  # seconds until a caller gives up
PAUSES = (0.5, 1.0, 2.0, 4.0)  # seconds, after a call that was one too many for the provider
BURST = 8  # what an eighth of a second allows may go at once after a lull


class CallBudget:
    """Spreads calls over time, at most `per_second`, fewer of them for the background.

    A donor reserves the next free moment, so that donors go in the order in which they came.
    The background takes a moment only when it has come and is nobody's: it waits out the donors.
    """

    def __init__(
        self,
        per_second: int,
        background_per_second: int = 5,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._interval = 1 / per_second
        self._background_interval = 1 / background_per_second
        self._saved = (max(1, per_second // BURST) - 1) * self._interval
        self._clock, self._sleep, self._jitter = clock, sleep, jitter
        self._lock = Lock()
        self._next = self._next_background = clock()

    def attempts(self, priority: Priority) -> Iterator[None]:
        """Yield when a call may be made; to ask again says that it was one too many.

        There are a few attempts, further and further apart, within the priority's patience.
        Raises Busy if that ends before a call was allowed.
        """
        deadline = self._clock() + PATIENCE[priority]
        take = self._take_as_donor if priority is Priority.DONOR else self._take_in_background
        take(deadline)
        yield
        for pause in PAUSES:
            # Those who were refused together must not come back together.
            wait = pause * (1 + self._jitter()) / 2
            if self._clock() + wait > deadline:
                return
            self._sleep(wait)
            take(deadline)
            yield

    def _take_as_donor(self, deadline: float) -> None:
        with self._lock:
            now = self._clock()
            moment = self._next_moment(now)
            if moment > deadline:
                raise Busy
            self._next = moment + self._interval
        if moment > now:
            self._sleep(moment - now)

    def _take_in_background(self, deadline: float) -> None:
        while True:
            with self._lock:
                now = self._clock()
                moment = max(self._next_moment(now), self._next_background)
                if moment <= now:
                    self._next = self._next_moment(now) + self._interval
                    self._next_background = now + self._background_interval
                    return
            if moment > deadline:
                raise Busy
            self._sleep(moment - now)

    def _next_moment(self, now: float) -> float:
        """Return when the next call may begin; in the past where a lull has saved up some."""
        return max(self._next, now - self._saved)
