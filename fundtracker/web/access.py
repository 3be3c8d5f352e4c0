"""Who may use a route. Each declares it; an app with a route that does not never starts.

The rule is checked before a view begins, in one place. What a view then reads or writes goes
through the scope of the permission, so that what lies outside is not there: 404, as if it did
not exist. 403 is for kinds of pages that a role never has.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from flask import current_app, redirect, request, url_for

from fundtracker.domain.errors import NotAllowed, NotProved, NotSignedIn
from fundtracker.web.context import parts
from fundtracker.web.identity import visitor

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response

    from fundtracker.domain.roles import Permission
    from fundtracker.domain.scope import Scope
    from fundtracker.domain.staff import Visitor

View = TypeVar("View", bound=Callable[..., Any])

# On the function itself, from where decorators that wrap it carry it on.
_RULE = "access_rule"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may use a view; `permission` None with `staff` is any member of staff.

    `complete` asks for everything that the person's grants ask for, the second factor too;
    `fresh` for a second factor shown a moment ago.
    """

    staff: bool = False
    complete: bool = False
    permission: Permission | None = None
    fresh: bool = False


class UndeclaredRoutes(RuntimeError):
    """Routes that do not say who may use them, named by endpoint."""


def public(view: View) -> View:
    """Declare that everyone may use a view, signed in or not."""
    return _declare(view, Rule())


def half_signed_in(view: View) -> View:
    """Declare that the password alone is enough for a view: what shows the second factor."""
    return _declare(view, Rule(staff=True))


def signed_in(view: View) -> View:
    """Declare that any member of staff may use a view."""
    return _declare(view, Rule(staff=True, complete=True))


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare that a view is for those who have a permission somewhere; what they see is scoped."""
    return lambda view: _declare(view, Rule(staff=True, complete=True, permission=permission))


def fresh(view: View) -> View:
    """Declare, above the rule, that a view also asks for a second factor shown a moment ago."""
    return _declare(view, replace(rule_of(view), fresh=True))


def rule_of(view: Callable[..., Any]) -> Rule:
    """Return the rule of a view; raises KeyError for a view without one."""
    rule: Rule = vars(view)[_RULE]
    return rule


def setup_access(app: Flask) -> None:
    """Check the rule of each view before it begins; call it after the CSRF protection."""
    app.before_request(_check)


def me() -> Visitor:
    """Return who is signed in, in a view whose rule asks for that; raises NotSignedIn."""
    found = visitor()
    if found is None:
        raise NotSignedIn
    return found


def scope(permission: Permission) -> Scope:
    """Return where the person who asks has a permission."""
    return me().scope(permission)


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


def _declare(view: View, rule: Rule) -> View:
    vars(view)[_RULE] = rule
    return view


def _check() -> Response | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    rule = rule_of(current_app.view_functions[request.endpoint])
    if not rule.staff:
        return None
    found = visitor()
    if found is None:
        return _send_to("account.sign_in", NotSignedIn)
    if rule.complete and not found.is_complete:
        return _send_to("account.second_factor", NotProved)
    if rule.permission is not None and not found.may(rule.permission):
        raise NotAllowed
    if rule.fresh and not found.is_fresh(parts().clock()):
        return _send_to("account.second_factor", NotProved)
    return None


def _send_to(endpoint: str, refusal: type[NotSignedIn]) -> Response:
    """Send a page's reader to prove who they are, and back afterwards; a form cannot come back."""
    if request.method not in {"GET", "HEAD"} or not request.accept_mimetypes.accept_html:
        raise refusal
    return redirect(url_for(endpoint, next=request.full_path.rstrip("?")), 303)
