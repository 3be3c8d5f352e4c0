from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from fundtracker.domain.roles import Grant, Role
from fundtracker.web.access import UndeclaredRoutes, public, refuse_undeclared_routes
from tests.support import office

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def app() -> Flask:
    return Flask("small")


def test_an_app_whose_routes_all_say_who_may_use_them_starts(app: Flask) -> None:
    @app.get("/")
    @public
    def home() -> str:
        return "welcome"

    refuse_undeclared_routes(app)

    assert app.test_client().get("/").text == "welcome"


def test_a_route_that_does_not_say_it_stops_the_start_by_its_name(app: Flask) -> None:
    @app.get("/")
    @public
    def home() -> str:
        raise NotImplementedError

    @app.get("/treasury/export")
    def export() -> str:
        raise NotImplementedError

    with pytest.raises(UndeclaredRoutes, match="export") as refused:
        refuse_undeclared_routes(app)

    assert "home" not in str(refused.value)
    assert "static" not in str(refused.value)


def test_a_rule_survives_what_wraps_the_view(app: Flask) -> None:
    def counted(view: Callable[[], str]) -> Callable[[], str]:
        @functools.wraps(view)
        def wrapped() -> str:
            return view()

        return wrapped

    @app.get("/")
    @counted
    @public
    def home() -> str:
        return "welcome"

    refuse_undeclared_routes(app)

    assert app.test_client().get("/").text == "welcome"


def test_a_form_that_comes_too_long_after_the_second_factor_says_so(
    sqlite_url: str, tmp_path: Path
) -> None:
    with office.opened(sqlite_url, tmp_path) as app:
        client = app.sign_in(Grant(Role.ADMINISTRATOR), proved=False)
        answer = client.post("/office/people/new")

    assert answer.status_code == 401
    assert "show your second factor again" in answer.text
