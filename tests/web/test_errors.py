from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from flask import Response, abort
from jinja2 import DictLoader
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import Gone

from fundtracker.domain.errors import (
    Busy,
    CurrencyMismatch,
    FundPaused,
    InvalidAmount,
    UnknownFund,
)
from fundtracker.web.logs import setup_logs
from tests.web.small_app import make_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient

RAISED = {
    "unknown": UnknownFund(),
    "paused": FundPaused(),
    "amount": InvalidAmount("At most %(limit)s.", limit="€5,000"),
    "busy": Busy(),
    "ours": CurrencyMismatch(),
    "crash": ZeroDivisionError("ada@example.org gave 25"),
    "away": OperationalError("SELECT name", {"name": "Ada"}, Exception("gone")),
    "cut": InterfaceError("SELECT 1", None, Exception("gone")),
    "crowded": PoolTimeout(),
    "gone": Gone(),
    "typed": InvalidAmount("%(typed)s", typed="<script>"),
}


@pytest.fixture
def app() -> Flask:
    app = make_app()

    @app.route("/raise/<what>")
    @app.route("/api/raise/<what>", endpoint="api")
    @app.route("/webhooks/raise/<what>", endpoint="webhooks")
    def raise_it(what: str) -> str:
        if what == "answered":
            abort(Response("my own", status=418))
        raise RAISED[what]

    @app.route("/folder/")
    def folder() -> str:
        return "folder"

    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    root = logging.getLogger()
    before = root.handlers[:]
    setup_logs()
    yield capsys
    root.handlers = [handler for handler in root.handlers if handler in before]


@pytest.mark.parametrize(
    ("what", "status", "sentence"),
    [
        ("unknown", 404, "There is no fund at this address."),
        ("paused", 409, "This fund is paused."),
        ("amount", 422, "At most €5,000."),
        ("busy", 503, "Many people are giving at this moment."),
        ("ours", 500, "Something went wrong on our side."),
        ("crash", 500, "Something went wrong on our side."),
        ("away", 503, "We cannot reach our records"),
        ("cut", 503, "We cannot reach our records"),
        ("crowded", 503, "We cannot reach our records"),
        ("gone", 410, "Your browser sent something that we cannot read."),
    ],
)
def test_an_error_has_a_status_and_a_sentence_on_a_page_and_in_json(
    client: FlaskClient,
    what: str,
    status: int,
    sentence: str,
) -> None:
    page = client.get(f"/raise/{what}")
    api = client.get(f"/api/raise/{what}")
    webhook = client.get(f"/webhooks/raise/{what}")

    assert page.status_code == api.status_code == webhook.status_code == status
    assert page.mimetype == "text/html"
    assert f"<p>{status} {sentence}" in page.text
    assert api.get_json().keys() == {"error"}
    assert api.get_json()["error"].startswith(sentence)
    assert webhook.get_json() == api.get_json()


@pytest.mark.parametrize("what", ["crash", "ours", "away"])
def test_nobody_outside_learns_why(client: FlaskClient, what: str) -> None:
    for path in ("/raise", "/api/raise"):
        text = client.get(f"{path}/{what}").text
        for inside in ("Traceback", "ZeroDivision", "SELECT", "ada@example.org", "currencies"):
            assert inside not in text


@pytest.mark.parametrize("what", ["crash", "ours", "away"])
def test_the_log_says_where_it_happened_and_nothing_personal(
    client: FlaskClient,
    lines: pytest.CaptureFixture[str],
    what: str,
) -> None:
    client.get(f"/raise/{what}?name=Ada")

    log = lines.readouterr().err
    assert type(RAISED[what]).__qualname__ in log
    assert "test_errors.py" in log
    assert '"rule": "/raise/<what>"' in log
    for personal in ("Ada", "ada@example.org", "127.0.0.1"):
        assert personal not in log


def test_an_address_that_is_not_there_is_404(client: FlaskClient) -> None:
    assert "404 There is nothing at this address." in client.get("/nowhere").text
    assert client.get("/api/nowhere").get_json()["error"].startswith("There is nothing")


def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient) -> None:
    answer = client.delete("/folder/")

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_redirect_is_no_error(client: FlaskClient) -> None:
    assert client.get("/folder").status_code == 308


def test_a_view_may_answer_an_error_itself(client: FlaskClient) -> None:
    answer = client.get("/raise/answered")

    assert (answer.status_code, answer.text) == (418, "my own")


def test_what_may_work_later_says_when(client: FlaskClient) -> None:
    assert client.get("/raise/busy").headers["Retry-After"] == "5"
    assert "Retry-After" not in client.get("/raise/paused").headers


def test_a_strange_name_is_told_so_without_repeating_it(client: FlaskClient) -> None:
    answer = client.get("/folder/", headers={"Host": "evil.example"})

    assert answer.status_code == 400
    assert "This server is not known by the name" in answer.text
    assert "evil.example" not in answer.text


def test_a_page_about_an_error_that_fails_itself_is_a_bare_one(app: Flask) -> None:
    app.jinja_loader = DictLoader({"errors/error.html": "{{ nothing.at.all }}"})

    answer = app.test_client().get("/raise/unknown")

    assert answer.status_code == 404
    assert "<h1>Nothing here</h1><p>There is no fund at this address.</p>" in answer.text


def test_what_somebody_typed_is_text_on_the_bare_page(app: Flask) -> None:
    app.jinja_loader = DictLoader({})

    assert "<p>&lt;script&gt;</p>" in app.test_client().get("/raise/typed").text


def test_somebody_who_develops_sees_the_error_itself(app: Flask) -> None:
    app.debug = True

    with pytest.raises(ZeroDivisionError):
        app.test_client().get("/raise/crash")


def test_a_form_that_is_refused_says_that_nothing_was_charged() -> None:
    app = make_app()
    app.add_url_rule("/form", view_func=lambda: "", methods=["POST"], endpoint="form")

    answer = app.test_client().post("/form")

    assert answer.status_code == 400
    assert "You have not been charged." in answer.text
