"""Invite somebody: a name, an address and a first grant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request

from fundtracker.domain.errors import Invalid
from fundtracker.domain.roles import Permission
from fundtracker.services.invite import NewMember, invite
from fundtracker.web.access import fresh, requires
from fundtracker.web.acting import acting
from fundtracker.web.context import parts
from fundtracker.web.office.blueprint import bp
from fundtracker.web.office.people_choices import choices, chosen_grant
from fundtracker.web.office.people_links import tell_of_link

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


@bp.get("/people/new")
@fresh
@requires(Permission.CHANGE_STAFF)
def people_new() -> str:
    """Show the form."""
    return _form()


@bp.post("/people/new")
@fresh
@requires(Permission.CHANGE_STAFF)
def people_invite() -> str | Response | tuple[str, int]:
    """Invite somebody, or say what is wrong with what was typed."""
    typed = request.form
    try:
        wanted = NewMember(typed.get("name", ""), typed.get("email", ""), chosen_grant(typed))
        sent = invite(acting(), wanted)
    except Invalid as error:
        return _form(error), error.status
    return tell_of_link(sent)


def _form(error: Invalid | None = None) -> str:
    with parts().database.reading() as session:
        offered = choices(session)
    return render_template(
        "office/people_new.html", offered=offered, typed=request.form, error=error
    )
