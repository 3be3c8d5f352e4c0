"""The link in a mail that asks whether a promise, or an address, is really somebody's."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import redirect, render_template, url_for

from fundtracker.services.confirm_promise import asked_of, confirm_promise
from fundtracker.web.access import public
from fundtracker.web.context import parts
from fundtracker.web.giving.pledge.blueprint import bp
from fundtracker.web.giving.pledge.own import kept_private

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse


@bp.get("/p/answer/<token>")
@public
def asking(token: str) -> Response:
    """Show what was promised, with a button: programs that read mail press links too."""
    known = asked_of(parts(), token)
    content = render_template(
        "giving/pledge/answer.html", known=known, fund=known.fund, rehearsal=known.fund.rehearsal
    )
    return kept_private(content)


@bp.post("/p/answer/<token>")
@public
def confirm(token: str) -> AnyResponse:
    """Hear that it is meant, and lead to the page of the promise."""
    page = confirm_promise(parts(), token)
    return redirect(url_for("giving.pledge.own", key=page), HTTPStatus.SEE_OTHER)
