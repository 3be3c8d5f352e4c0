"""One commit for all who wait for one: durable writes that cost a disk's round trip only together.

A commit waits for the disk; forty callers that each make their own wait forty times. Here the
first one writes for everybody who came meanwhile, and each returns when its own is durable.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from fundtracker.domain.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session

    from fundtracker.store.database import Database

T = TypeVar("T")


@dataclass(slots=True)
class _Waiting(Generic[T]):
    """What one caller wants written; `error` is why it was not."""

    item: T
    done: bool = False
    error: Exception | None = None


class SharedCommit(Generic[T]):
    """Writes items of many threads with `write`, as many as wait in one unit of work."""

    def __init__(
        self,
        database: Database,
        write: Callable[[Session, Sequence[T]], object],
    ) -> None:
        """Start with nobody waiting."""
        self._database = database
        self._write = write
        self._turn = Lock()
        self._lock = Lock()
        self._queue: list[_Waiting[T]] = []

    def put(self, item: T) -> None:
        """Return when the item is durable; raise what kept it, and those beside it, from being so.

        Nothing of a unit of work that raised is written.
        """
        mine = _Waiting(item)
        with self._lock:
            self._queue.append(mine)
        with self._turn:
            if not mine.done:
                with self._lock:
                    batch, self._queue = self._queue, []
                self._commit(batch)
        if mine.error is not None:
            raise mine.error

    def _commit(self, batch: Sequence[_Waiting[T]]) -> None:
        # Nobody may believe in a commit that was cut short, whatever cut it short.
        error: Exception | None = Busy()
        try:
            with self._database.unit_of_work() as session:
                self._write(session, [waiting.item for waiting in batch])
            error = None
        except Exception as failure:  # noqa: BLE001 - every caller of the batch raises it
            error = failure
        finally:
            for waiting in batch:
                waiting.error, waiting.done = error, True
