"""Somebody's own account: password, second factors, and where they are signed in."""

from __future__ import annotations

from flask import render_template

from fundtracker.store import staff
from fundtracker.web.access import me, signed_in
from fundtracker.web.account.blueprint import bp
from fundtracker.web.context import parts


@bp.get("/own")
@signed_in
def own() -> str:
    """Show by what somebody proves who they are, and their sessions."""
    who, now = me(), parts().clock()
    with parts().database.reading() as session:
        seats = staff.sessions_of(session, who.staff_id, now)
    return render_template("account/own.html", who=who, seats=seats)
