from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from flask import Response, request, session
from flask_wtf.csrf import generate_csrf

from fundtracker.web.security import LARGEST_FORM, add_static_headers, plotly_page
from tests.web.small_app import live_settings, make_app, make_settings

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.test import TestResponse

    from config import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self' https://checkout.stripe.com; "
    "base-uri 'none'; frame-ancestors 'none'"
)


def app_with_pages(settings: Settings | None = None) -> Flask:
    app = make_app(settings)

    @app.route("/page")
    def page() -> str:
        return str(generate_csrf())

    @app.post("/form")
    def form() -> str:
        return request.form["name"]

    @app.route("/framed")
    def framed() -> Response:
        headers = {
            "Content-Security-Policy": "frame-ancestors https://partner.example",
            "Cache-Control": "max-age=60",
        }
        return Response("framed", headers=headers)

    @app.route("/drawn")
    @plotly_page
    def drawn() -> str:
        return "a chart"

    @app.route("/who")
    def who() -> str:
        return f"{request.remote_addr} {request.scheme}"

    @app.route("/remember")
    def remember() -> str:
        session["seen"] = True
        return ""

    @app.route("/static/<path:filename>", endpoint="static")
    def static(filename: str) -> str:
        return filename

    return app


def directive(answer: TestResponse, name: str) -> str:
    found = re.search(rf"{name} ([^;]+)", answer.headers["Content-Security-Policy"])
    assert found
    return found[1]


class Unread(io.BytesIO):
    """A body that nobody may read."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise AssertionError("The body was read.")

    readinto = readline = read  # type: ignore[assignment]


def test_every_page_says_what_browsers_may_do_with_it() -> None:
    headers = app_with_pages(live_settings()).test_client().get("/page").headers

    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "fullscreen" not in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "no-store"


def test_the_simulators_page_may_follow_a_form() -> None:
    answer = app_with_pages().test_client().get("/page")

    forms = directive(answer, "form-action").split()
    assert forms == ["'self'", "https://checkout.stripe.com", "http://127.0.0.1:8000"]


def test_an_error_carries_the_same_headers() -> None:
    headers = app_with_pages(live_settings()).test_client().get("/nowhere").headers

    assert headers["Content-Security-Policy"] == POLICY
    assert headers["Cache-Control"] == "no-store"


def test_a_page_may_set_its_own_policy() -> None:
    headers = app_with_pages().test_client().get("/framed").headers

    assert headers["Content-Security-Policy"] == "frame-ancestors https://partner.example"
    assert headers["Cache-Control"] == "max-age=60"


def test_a_page_that_draws_may_write_one_style_sheet_and_save_pictures() -> None:
    policy = (
        app_with_pages(live_settings())
        .test_client()
        .get("/drawn")
        .headers["Content-Security-Policy"]
    )

    styles = (
        "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
        " 'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='"
    )
    assert policy == POLICY.replace("style-src 'self'", styles).replace(
        "img-src 'self'", "img-src 'self' blob: data:"
    )


def test_files_may_be_kept() -> None:
    assert "Cache-Control" not in app_with_pages().test_client().get("/static/a.css").headers


def test_files_that_never_reach_flask_get_the_headers_of_a_file() -> None:
    headers: dict[str, str] = {}

    add_static_headers(headers, "/srv/static/a.css", "/static/a.css")

    assert headers["X-Content-Type-Options"] == "nosniff"


def test_https_is_remembered_where_there_is_https() -> None:
    secure = app_with_pages(live_settings()).test_client().get("/page").headers
    plain = app_with_pages().test_client().get("/page").headers

    assert secure["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in plain


def test_a_cookie_is_out_of_reach_of_scripts_and_other_sites() -> None:
    answer = app_with_pages(live_settings()).test_client().get("/remember")

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie


def test_the_demo_has_cookies_without_https() -> None:
    cookie = app_with_pages().test_client().get("/remember").headers["Set-Cookie"]

    assert cookie.startswith("session=")
    assert "Secure" not in cookie
    assert "HttpOnly" in cookie


def test_a_form_without_its_token_is_refused() -> None:
    client = app_with_pages().test_client()

    forged = client.post("/form", data={"name": "Ada"})
    token = client.get("/page").text
    honest = client.post("/form", data={"name": "Ada", "csrf_token": token})

    assert forged.status_code == 400
    assert "This form has been open for too long" in forged.text
    assert honest.text == "Ada"


def test_a_browser_that_sends_no_referer_may_give_over_https() -> None:
    client = app_with_pages(live_settings()).test_client()
    base = "https://give.example.org"
    token = client.get("/page", base_url=base).text

    answer = client.post("/form", base_url=base, data={"name": "Ada", "csrf_token": token})

    assert answer.text == "Ada"


def test_a_form_that_is_too_large_is_refused_without_reading_it() -> None:
    client = app_with_pages().test_client()

    answer = client.post(
        "/form",
        input_stream=Unread(),
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"CONTENT_LENGTH": str(100 * 1024 * 1024)},
    )

    assert answer.status_code == 413


def test_a_form_of_unknown_length_is_read_no_further_than_the_largest() -> None:
    body = io.BytesIO(b"name=" + b"a" * 10 * LARGEST_FORM)

    answer = (
        app_with_pages()
        .test_client()
        .post(
            "/form",
            input_stream=body,
            content_type="application/x-www-form-urlencoded",
            environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
        )
    )

    assert answer.status_code == 400
    assert body.tell() <= LARGEST_FORM


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("give.example.org", 200),
        ("give.example.org:8443", 200),
        ("127.0.0.1:8000", 200),
        ("localhost", 200),
        ("[::1]:8000", 200),
        ("evil.example", 400),
        ("give.example.org.evil.example", 400),
        ("", 400),
    ],
)
def test_the_server_answers_to_its_own_names_only(host: str, status: int) -> None:
    client = app_with_pages(live_settings()).test_client()

    answer = client.get("/page", headers={"Host": host})

    assert answer.status_code == status


def test_behind_https_the_proxy_says_who_asks() -> None:
    told = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9", "X-Forwarded-Proto": "https"}

    behind = app_with_pages(live_settings()).test_client().get("/who", headers=told)
    alone = app_with_pages(make_settings()).test_client().get("/who", headers=told)

    assert behind.text == "203.0.113.9 https"
    assert alone.text == "127.0.0.1 http"
