from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.web import api
from fundtracker.web.access import refuse_undeclared_routes
from tests.web.small_app import Fund, make_app

if TYPE_CHECKING:
    from flask.testing import FlaskClient

TOTAL = "/api/v1/funds/conference/total"


@pytest.fixture
def fund() -> Fund:
    return Fund()


@pytest.fixture
def client(fund: Fund) -> FlaskClient:
    app = make_app(fund=fund)
    app.register_blueprint(api.bp)
    refuse_undeclared_routes(app)
    return app.test_client()


def test_the_total_is_the_snapshot_as_it_was_published(client: FlaskClient) -> None:
    answer = client.get(TOTAL)

    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.data == b'{"fund":"conference","version":7}'
    assert answer.headers["ETag"] == '"7-b1"'
    assert answer.headers["Cache-Control"] == "no-cache"


def test_the_total_is_open_to_pages_of_every_site(client: FlaskClient) -> None:
    answer = client.get(TOTAL, headers={"Origin": "https://partner.example"})

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Expose-Headers"] == "ETag"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_a_script_of_another_site_may_say_what_it_has(client: FlaskClient) -> None:
    answer = client.options(TOTAL, headers={"Origin": "https://partner.example"})

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Headers"] == "If-None-Match"


@pytest.mark.parametrize(
    "has",
    ['"7-b1"', 'W/"7-b1"', '"6-b1", "7-b1"', '"6-b1",W/"7-b1"', "*"],
)
def test_whoever_has_this_version_gets_nothing_again(client: FlaskClient, has: str) -> None:
    answer = client.get(TOTAL, headers={"If-None-Match": has})

    assert answer.status_code == 304
    assert answer.data == b""
    assert answer.headers["ETag"] == '"7-b1"'
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("has", ['"6-b1"', '"7-b0"', "7", '"', "", "\xff"])
def test_whoever_has_another_version_gets_this_one(client: FlaskClient, has: str) -> None:
    assert client.get(TOTAL, headers={"If-None-Match": has}).status_code == 200


def test_a_new_version_ends_the_old_tag(client: FlaskClient, fund: Fund) -> None:
    tag = client.get(TOTAL).headers["ETag"]
    fund.version = 8

    answer = client.get(TOTAL, headers={"If-None-Match": tag})

    assert answer.status_code == 200
    assert answer.get_json()["version"] == 8


def test_the_head_alone_may_be_asked_for(client: FlaskClient) -> None:
    answer = client.head(TOTAL)

    assert answer.status_code == 200
    assert answer.data == b""
    assert answer.headers["ETag"] == '"7-b1"'
    assert client.head(TOTAL, headers={"If-None-Match": '"7-b1"'}).status_code == 304


@pytest.mark.parametrize("what", ["total", "stream"])
def test_an_unknown_fund_is_404_in_json_that_scripts_may_read(
    client: FlaskClient,
    what: str,
) -> None:
    answer = client.get(f"/api/v1/funds/nowhere/{what}")

    assert answer.status_code == 404
    assert answer.get_json() == {"error": "There is no fund at this address."}
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_nothing_may_be_posted(client: FlaskClient) -> None:
    assert client.post(TOTAL).status_code in {400, 405}
