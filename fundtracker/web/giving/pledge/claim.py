"""Find the page of a promise that was called out in the hall, by the number on its slip."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import redirect, request, url_for

from fundtracker.domain.errors import Invalid, TooManyRequests
from fundtracker.services.claim_pledge import claim_pledge
from fundtracker.web.access import public
from fundtracker.web.acting import place
from fundtracker.web.context import parts
from fundtracker.web.giving.pledge.blueprint import bp
from fundtracker.web.i18n import say
from fundtracker.web.published import fund_at
from fundtracker.web.standing import render_standing

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


@bp.get("/f/<slug>/pledge/claim")
@public
def claiming(slug: str) -> str:
    """Ask for the number."""
    return _page(slug)


@bp.post("/f/<slug>/pledge/claim")
@public
def claim(slug: str) -> Response | tuple[str, int]:
    """Lead to the page of the promise, or say the same to every wrong guess."""
    fund_at(slug)
    try:
        key = claim_pledge(parts(), slug, request.form.get("number", ""), place())
    except (Invalid, TooManyRequests) as error:
        return _page(slug, say(error)), error.status
    return redirect(url_for("giving.pledge.own", key=key), HTTPStatus.SEE_OTHER)


def _page(slug: str, mistake: str = "") -> str:
    return render_standing(
        "giving/pledge/claim.html",
        fund_at(slug),
        typed=request.form.get("number", ""),
        mistake=mistake,
    )
