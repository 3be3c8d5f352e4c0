"""Parts of the suite that need a server or a browser of this machine.

Without it their tests are skipped, counted in red at the end with the line that installs it, and
with REQUIRE_ALL=1 they fail instead.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Never

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

_MARK = "missing here: "


def missing(what: str, apt: str) -> Never:
    """Skip the test that asks, or fail it where every leg is required."""
    reason = f"{_MARK}{what}; install it with: apt install {apt}"
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"{reason} (REQUIRE_ALL=1 is set)", pytrace=False)
    pytest.skip(reason)


def count_missing(skipped: Iterable[object]) -> dict[str, int]:
    """Return how many tests were skipped for each thing that is missing, by its sentence."""
    counts: dict[str, int] = {}
    for report in skipped:
        where = getattr(report, "longrepr", None)
        if isinstance(where, tuple) and _MARK in where[2]:
            sentence = where[2].partition(_MARK)[2]
            counts[sentence] = counts.get(sentence, 0) + 1
    return counts
