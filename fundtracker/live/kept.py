"""What is worked out once for each version of a fund, and shared by all who ask."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Kept(Generic[T]):
    """One value for each fund, that of the newest version that anybody asked for."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._lock = Lock()
        self._values: dict[int, tuple[int, T]] = {}

    def get(self, fund_id: int, version: int, make: Callable[[], T]) -> T:
        """Return the value of a fund at a version; made anew unless it is the one that is kept."""
        with self._lock:
            known = self._values.get(fund_id)
        if known is not None and known[0] == version:
            return known[1]
        # Two who ask at the same moment make it twice: nobody waits for another's reading.
        made = make()
        with self._lock:
            if known is None or version > known[0]:
                self._values[fund_id] = version, made
        return made
