"""Every page of a rehearsal says that it is one, whoever looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from flask import url_for

from fundtracker.domain.money import Money
from fundtracker.domain.roles import Grant, Role
from fundtracker.web.context import context_of
from tests.factories.pledges import a_pledge
from tests.factories.rows import a_donation, a_fund
from tests.support.office import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from tests.support.office import Office

MARK = "Rehearsal"
# What is no page, or is shown to somebody who has just paid.
NO_PAGES = {
    "api.stream",
    "api.total",
    "desk.state",
    "desk.stream",
    "giving.outcome.status",
    "screen.screen",
}


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    """Open the whole app; no fund is there yet."""
    with opened(sqlite_url, tmp_path) as office:
        yield office


@pytest.fixture
def staff(office: Office) -> FlaskClient:
    return office.sign_in(
        Grant(Role.ADMINISTRATOR),
        Grant(Role.CENTRAL_TREASURER, sees_names=True, sees_emails=True),
        Grant(Role.TELLER),
        Grant(Role.SCREEN_OPERATOR),
    )


@pytest.fixture
def things(office: Office) -> dict[str, dict[str, str]]:
    """Return a rehearsal, a gift and a promise in it, by the parts of addresses that name them."""
    with office.database.unit_of_work() as session:
        fund = a_fund(session, slug="evening", name="The evening", rehearsal=True)
        gift = a_donation(session, fund, status="succeeded", kept=5_000)
        gift_token = gift.token
    pledge = a_pledge(context_of(office.app).parts, "evening", Money(5_000, "EUR"))
    return {
        "giving": {"slug": "evening", "token": pledge.token},
        "desk": {"slug": "evening"},
        "screen": {"slug": "evening"},
        "office": {"slug": "evening", "status": "closed"},
        "treasury": {"token": gift_token},
        "pledges": {"slug": "evening", "token": pledge.token},
    }


def addresses(office: Office, things: dict[str, dict[str, str]]) -> dict[str, str]:
    """The addresses of every page that is about one fund, by endpoint."""
    found = {}
    with office.app.test_request_context():
        for rule in office.app.url_map.iter_rules():
            blueprint = rule.endpoint.partition(".")[0]
            if rule.endpoint in NO_PAGES or "GET" not in (rule.methods or ()) or not rule.arguments:
                continue
            which = "pledges" if "pledge" in rule.endpoint else blueprint
            if rule.arguments <= things.get(which, {}).keys():
                values: dict[str, Any] = {name: things[which][name] for name in rule.arguments}
                found[rule.endpoint] = url_for(rule.endpoint, **values)
    return found


def test_every_page_of_a_rehearsal_says_so(
    office: Office, staff: FlaskClient, things: dict[str, dict[str, str]]
) -> None:
    found = {
        endpoint: staff.get(address) for endpoint, address in addresses(office, things).items()
    }
    shown = {endpoint: answer for endpoint, answer in found.items() if answer.status_code != 404}

    assert len(shown) > 20
    assert [
        endpoint
        for endpoint, answer in shown.items()
        if answer.status_code != 302 and MARK not in answer.get_data(as_text=True)
    ] == []


@pytest.mark.parametrize(
    "what", ["donations", "journals", "refunds", "figures", "exports", "enter"]
)
@pytest.mark.usefixtures("things")
def test_the_treasury_says_so_where_a_rehearsal_is_chosen(staff: FlaskClient, what: str) -> None:
    assert MARK in staff.get(f"/treasury/{what}?fund=evening").get_data(as_text=True)
    if what != "figures":
        # These begin with the only fund that there is.
        assert MARK not in staff.get(f"/treasury/{what}").get_data(as_text=True)


@pytest.mark.usefixtures("things")
def test_the_screen_has_a_band(staff: FlaskClient) -> None:
    assert "rehearsal-band" in staff.get("/screen/evening").get_data(as_text=True)


def test_a_real_fund_says_nothing_of_it(office: Office, staff: FlaskClient) -> None:
    with office.database.unit_of_work() as session:
        gift = a_donation(session, a_fund(session, slug="hall")).token

    for address in ("/f/hall", "/screen/hall", "/desk/hall", f"/treasury/donations/{gift}"):
        assert MARK not in staff.get(address).get_data(as_text=True)
