"""The office in front of a database of each test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.office import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.office import Office


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    """Open the whole app; no fund is there yet."""
    with opened(sqlite_url, tmp_path) as office:
        yield office
