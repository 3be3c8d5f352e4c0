"""The desk before a database of each test's own, with two tellers in front of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.office import opened
from tests.web.desk.browsers import Browsers, some_browsers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path) -> Iterator[Browsers]:
    """Open the app over a fund whose desk is open."""
    with opened(sqlite_url, tmp_path) as office:
        yield some_browsers(office)
