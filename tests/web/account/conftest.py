"""The pages of signing in, before a database of each test's own, under a clock that it sets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fundtracker.web.context import context_of, put_context
from tests.support.clocks import Clock
from tests.support.office import opened
from tests.web.account.door import HOST, Door

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def door(sqlite_url: str, tmp_path: Path) -> Iterator[Door]:
    """Open the app at an address with a name, as passkeys need one."""
    with opened(sqlite_url, tmp_path) as office:
        context, clock = context_of(office.app), Clock()
        parts = replace(context.parts, clock=clock, public_url=f"http://{HOST}")
        put_context(office.app, replace(context, parts=parts))
        yield Door(office.app, parts, clock)
