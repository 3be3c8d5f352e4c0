"""The people of the staff: who they are, what they may do, and when they were here last."""

from __future__ import annotations

from flask import render_template

from fundtracker.domain.roles import Permission
from fundtracker.store import people as store
from fundtracker.web.access import requires, scope
from fundtracker.web.context import parts
from fundtracker.web.office.blueprint import bp


@bp.get("/people")
@requires(Permission.READ_STAFF)
def people() -> str:
    """List everybody; whoever reads on behalf of one fund sees those who work on it."""
    with parts().database.reading() as session:
        found = store.members(session, scope(Permission.READ_STAFF))
    return render_template("office/people.html", members=found)


@bp.get("/people/<token>")
@requires(Permission.READ_STAFF)
def people_member(token: str) -> str:
    """Show one of them."""
    with parts().database.reading() as session:
        member = store.member(session, token, scope(Permission.READ_STAFF))
    return render_template("office/people_member.html", member=member)
