"""Who may use a route. Each declares it; an app with a route that does not never starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])

# On the function itself, from where decorators that wrap it carry it on.
_RULE = "access_rule"
_EVERYONE = "everyone"


class UndeclaredRoutes(RuntimeError):
    """Routes that do not say who may use them, named by endpoint."""


def public(view: View) -> View:
    """Declare that everyone may use a view, signed in or not."""
    vars(view)[_RULE] = _EVERYONE
    return view


def refuse_undeclared_routes(app: Flask) -> None:
    """Raise UndeclaredRoutes unless every route says who may use it; call it once all are there.

    Files of `static/` are for everyone.
    """
    undeclared = sorted(
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and _RULE not in vars(view)
    )
    if undeclared:
        raise UndeclaredRoutes(f"No rule says who may use: {', '.join(undeclared)}.")
