from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.roles import Grant, Role
from fundtracker.web.acting import acting, place
from tests.support.office import Office, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    with opened(sqlite_url, tmp_path) as office:
        yield office


def test_who_is_signed_in_acts_from_where_they_sit(office: Office) -> None:
    member, browser = office.seat(Grant(Role.ADMINISTRATOR))
    with browser:
        browser.get("/healthz", environ_base={"REMOTE_ADDR": "203.0.113.9"})

        actor = acting().actor

    assert (str(actor), actor.place) == (f"staff:{member.token}", "203.0.113.9")


def test_before_signing_in_nobody_in_particular_acts(office: Office) -> None:
    with office.app.test_request_context(environ_base={"REMOTE_ADDR": "203.0.113.9"}):
        actor = acting().actor

    assert (str(actor), actor.place) == ("staff", "203.0.113.9")


def test_somebody_without_an_address_is_nowhere(office: Office) -> None:
    with office.app.test_request_context(environ_overrides={"REMOTE_ADDR": None}):
        assert place() == ""
