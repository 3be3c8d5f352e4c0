"""The desk before a database of each test's own, with two tellers in front of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.factories.rows import a_fund
from tests.support.complaints import Complaints
from tests.support.office import opened
from tests.web.desk.browsers import Browsers, some_browsers
from tests.web.desk.room import SLUG, Room
from tests.web.pages import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.support.desk_page import Teller


@pytest.fixture
def desk(sqlite_url: str, tmp_path: Path) -> Iterator[Browsers]:
    """Open the app over a fund whose desk is open."""
    with opened(sqlite_url, tmp_path) as office:
        yield some_browsers(office)


@pytest.fixture
def room(sqlite_url: str, tmp_path: Path, browser: Browser) -> Iterator[Room]:
    """Serve the desk of an open fund of two sections."""
    complaints = Complaints()
    known = list(browser.contexts)
    with opened(sqlite_url, tmp_path, csrf=True) as office:
        now = datetime.now(UTC)
        with office.database.unit_of_work() as session:
            a_fund(
                session,
                slug=SLUG,
                opens_at=now - timedelta(days=1),
                closes_at=now + timedelta(days=1),
            )
        with serving(office.app) as url:
            yield Room(office, browser, url, complaints)
            for context in browser.contexts:
                if context not in known:
                    context.close()
    assert complaints.heard == []


@pytest.fixture
def anna(room: Room) -> Teller:
    """A teller at the desk."""
    return room.seats()
