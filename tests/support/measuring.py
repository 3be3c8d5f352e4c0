"""Coverage is asked of the tests that can add to it: its tracer doubles what a test costs."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from coverage import Coverage

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

TESTS = Path(__file__).resolve().parents[1]
# What they are about happens in other processes, or thousands of times what others do once.
_FOLDERS = {"chaos", "journeys", "matrix"}
# Nothing there knows which database it is over; what differs is in the store, and measured.
_ABOVE_THE_STORE = {"cli", "services", "web"}


def adds_nothing(item: pytest.Item) -> bool:
    """Tell whether every branch that this test takes is taken by another one too."""
    if item.get_closest_marker("unmeasured") or item.get_closest_marker("browser"):
        return True
    folder = item.path.relative_to(TESTS).parts[0]
    if folder in _FOLDERS:
        return True
    return folder in _ABOVE_THE_STORE and "postgres" in _choices(item)


@contextmanager
def paused() -> Iterator[None]:
    """Measure nothing meanwhile, if anything is measured at all."""
    coverage = Coverage.current()
    if coverage is None:
        yield
        return
    coverage.stop()
    try:
        yield
    finally:
        coverage.start()


def _choices(item: pytest.Item) -> list[object]:
    """Return what the test was parametrised with."""
    call = getattr(item, "callspec", None)
    return [] if call is None else list(call.params.values())
