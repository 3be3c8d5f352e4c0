"""What is worked out once for each version of a fund, and shared by all who ask.

An announcement lets all desks ask at the same moment: one of them works it out, the others wait.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")


class Kept(Generic[T]):
    """One value for each fund, that of the newest version that anybody asked for."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._lock = Lock()
        self._values: dict[int, tuple[int, _Value[T]]] = {}

    def get(self, fund_id: int, version: int, make: Callable[[], T]) -> T:
        """Return the value of a fund at a version; made anew unless it is the one that is kept."""
        with self._lock:
            kept = self._values.get(fund_id)
            if kept is None or kept[0] < version:
                kept = self._values[fund_id] = version, _Value[T]()
        newest, value = kept
        # Whoever read the database a moment before is not told what came afterwards.
        return value.get(make) if newest == version else make()


# Of one version; nobody needs more, and who asks for thousands is to fill no memory.
MOST = 64


class Once(Generic[T]):
    """A value for each key, for as long as this is kept and not too much of it."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._lock = Lock()
        self._values: dict[Hashable, _Value[T]] = {}

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of a key, made by the first who asks for it."""
        with self._lock:
            if len(self._values) >= MOST and key not in self._values:
                self._values.clear()
            value = self._values.setdefault(key, _Value[T]())
        return value.get(make)


@dataclass(slots=True)
class _Value(Generic[T]):
    """A value, made by the first who needs it; where that fails, by the next one."""

    _making: Lock = field(default_factory=Lock)
    _made: list[T] = field(default_factory=list)

    def get(self, make: Callable[[], T]) -> T:
        with self._making:
            if not self._made:
                self._made.append(make())
            return self._made[0]
