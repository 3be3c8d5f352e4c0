from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from fundtracker.web.access import UndeclaredRoutes, public, refuse_undeclared_routes

if TYPE_CHECKING:
    from collections.abc import Callable


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
