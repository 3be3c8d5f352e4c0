"""Every route of the whole app, walked: what its answers let browsers and caches do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.roles import Grant, Role
from fundtracker.web.access import rule_of
from tests.support import office

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask.testing import FlaskClient
    from werkzeug.routing import Rule
    from werkzeug.test import TestResponse

    from tests.support.office import Office

EVERYBODY = [
    Grant(Role.ADMINISTRATOR),
    Grant(Role.CENTRAL_TREASURER, sees_names=True, sees_emails=True),
    Grant(Role.AUDITOR),
]
# A part of an address that is one of a few words, and the first of these.
_OF_A_FEW = re.compile(r"<any\((\w+)[^)]*\):(\w+)>")
# They end when their reader goes.
STREAMS = {"api.stream"}


@pytest.fixture
def house(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    """Open the whole app, which asks every form for its token."""
    with office.opened(sqlite_url, tmp_path, csrf=True) as opened:
        yield opened


def rules(house: Office, method: str) -> list[Rule]:
    """Return the routes that take a method; files apart, which no view answers."""
    return [
        rule
        for rule in house.app.url_map.iter_rules()
        if method in (rule.methods or set()) and rule.endpoint not in {"static", *STREAMS}
    ]


def address(house: Office, rule: Rule) -> str:
    """Return an address of a route, of something that is not there where it names something."""
    values = {name: 7 if "int" in str(rule) else "nowhere" for name in rule.arguments}
    values |= {name: word for word, name in _OF_A_FEW.findall(rule.rule)}
    return house.app.url_map.bind("localhost").build(rule.endpoint, values)


def answers(house: Office, client: FlaskClient) -> dict[str, TestResponse]:
    return {rule.rule: client.get(address(house, rule)) for rule in rules(house, "GET")}


def is_private(house: Office, path: str) -> bool:
    endpoint = next(rule.endpoint for rule in rules(house, "GET") if rule.rule == path)
    return rule_of(house.app.view_functions[endpoint]).staff


def test_no_answer_leaves_a_browser_free(house: Office) -> None:
    for client in (house.client(), house.sign_in(*EVERYBODY)):
        for path, answer in answers(house, client).items():
            policy = answer.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'"), (
                path
            )
            assert "unsafe" not in policy, path
            assert "frame-ancestors 'none'" in policy, path
            assert answer.headers["X-Content-Type-Options"] == "nosniff", path
            assert answer.headers["Referrer-Policy"] == "no-referrer", path
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", path


def test_no_cache_keeps_what_is_private(house: Office) -> None:
    staff = answers(house, house.sign_in(*EVERYBODY))
    private = {path: answer for path, answer in staff.items() if is_private(house, path)}

    assert len(private) > 30
    for path, answer in private.items():
        assert "no-store" in answer.headers["Cache-Control"], path
        assert "Cookie" in answer.headers.get("Vary", ""), path


def test_nobody_who_has_not_signed_in_gets_a_private_page(house: Office) -> None:
    for path, answer in answers(house, house.client()).items():
        if is_private(house, path):
            assert answer.status_code in {303, 401}, path
            assert answer.headers.get("Location", "/account/").startswith("/account/"), path


def test_no_form_is_taken_without_its_token(house: Office) -> None:
    client = house.sign_in(*EVERYBODY)

    for rule in rules(house, "POST"):
        if rule.rule.startswith("/webhooks/"):
            continue  # Stripe signs instead
        answer = client.post(address(house, rule))
        if rule.endpoint in {"giving.start", "giving.pledge.make"}:
            # A donor's form comes back as it was typed, where there is such a fund.
            assert answer.status_code == 404
        elif rule.endpoint.startswith("account."):
            # Who signs in is led to the form anew; who is in, to the first page.
            assert answer.status_code in {303, 400}, rule
        else:
            assert answer.status_code == 400, rule
    assert client.get("/account/").status_code == 200


def test_what_changes_something_is_not_done_by_a_link(house: Office) -> None:
    readable = {rule.rule for rule in rules(house, "GET")}
    client = house.sign_in(*EVERYBODY)

    for rule in rules(house, "POST"):
        if rule.rule not in readable:
            assert client.get(address(house, rule)).status_code == 405, rule


def test_a_strange_name_gets_nothing(house: Office) -> None:
    client = house.sign_in(*EVERYBODY)

    for rule in rules(house, "GET"):
        answer = client.get(address(house, rule), base_url="http://evil.example")
        assert answer.status_code == 400, rule
