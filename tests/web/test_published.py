from __future__ import annotations

from dataclasses import fields
from typing import get_type_hints

import pytest

from fundtracker.domain import snapshot
from fundtracker.web import published


@pytest.mark.parametrize("shape", ["Snapshot", "SectionLine", "Local", "MilestoneMark", "Recent"])
def test_pages_read_exactly_what_a_snapshot_writes(shape: str) -> None:
    written = [
        item.name
        for item in fields(getattr(snapshot, shape))
        if not item.metadata.get("private", False)
    ]
    assert list(get_type_hints(getattr(published, shape))) == written
