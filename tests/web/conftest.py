"""The pages in front of a database of each test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support import databases
from tests.web.pages import Pages

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def pages(sqlite_url: str) -> Iterator[Pages]:
    """Open the pages; no fund is there yet."""
    with databases.opened(sqlite_url) as database:
        yield Pages(database)
