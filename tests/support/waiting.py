"""Waiting for what other processes do: for a condition, never for a time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_PATIENCE = 60.0  # seconds; only what never comes takes so long
_PAUSE = 0.05


def until(comes_true: Callable[[], bool]) -> None:
    """Return as soon as it is so; raise TimeoutError, named after it, if that never comes."""
    deadline = time.monotonic() + _PATIENCE
    while not comes_true():
        if time.monotonic() > deadline:
            raise TimeoutError(comes_true.__name__)
        time.sleep(_PAUSE)
