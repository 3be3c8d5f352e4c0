"""The treasury before a database of each test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.office import opened
from tests.web.treasury.ledger import Ledger, a_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def ledger(sqlite_url: str, tmp_path: Path) -> Iterator[Ledger]:
    """Open the app over a fund that was given something."""
    with opened(sqlite_url, tmp_path) as office:
        yield a_ledger(office)
