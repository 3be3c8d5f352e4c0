"""In and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, url_for

from fundtracker.domain.audit import Action
from fundtracker.services.record import record
from fundtracker.services.sessions import end_session
from fundtracker.web.access import public
from fundtracker.web.account.blueprint import bp
from fundtracker.web.acting import acting
from fundtracker.web.identity import dismiss, visitor

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


@bp.get("/sign-in")
@public
def sign_in() -> str:
    """Ask who is there."""
    return render_template("account/sign_in.html")


@bp.post("/sign-out")
@public
def sign_out() -> Response:
    """End the session, and forget it at this browser; whoever is out already is out."""
    who = visitor()
    if who is not None:
        held = acting()
        with held.database.unit_of_work() as session:
            end_session(session, who.session_id, held.clock())
            record(session, held, Action.SIGNED_OUT, f"staff:{who.token}")
    dismiss()
    return redirect(url_for("account.sign_in"), 303)
