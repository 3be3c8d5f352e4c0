"""The first page: the open funds; the only one is gone to at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, url_for

from fundtracker.store import funds
from fundtracker.web.access import public
from fundtracker.web.context import parts, settings
from fundtracker.web.standing import standing

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("home", __name__)


@bp.app_context_processor
def money() -> dict[str, object]:
    """Let every page say that its money is not real."""
    return {"simulated": not settings().live}


@bp.get("/")
@public
def home() -> str | Response:
    """Show the open funds, or the one that there is."""
    now = parts().clock()
    with parts().database.reading() as session:
        found = funds.open_funds(session, now)
    if len(found) == 1:
        return redirect(url_for("giving.progress", slug=found[0].slug))
    return render_template("home/home.html", views=[standing(fund, now) for fund in found])
