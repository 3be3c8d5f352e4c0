"""Change somebody's rights: each form carries what it was made from, and comes too late after it.

The page asks for a second factor before it shows its forms, so that none is filled in for nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.editions import edition
from fundtracker.domain.errors import Changed, Invalid, LastAdministrator
from fundtracker.domain.members import Seen
from fundtracker.domain.roles import Permission
from fundtracker.services.disable import disable, enable, sign_out_everywhere
from fundtracker.services.grant_role import grant_role, take_role
from fundtracker.services.invite import send_link
from fundtracker.services.rename import rename
from fundtracker.services.take_factor import take_factor
from fundtracker.store import people as store
from fundtracker.web.access import fresh, requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts
from fundtracker.web.office.blueprint import bp
from fundtracker.web.office.people_choices import choices, chosen_grant
from fundtracker.web.office.people_links import tell_of_link

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    Answer = str | Response | tuple[str, int]


@bp.get("/people/<token>/change")
@fresh
@requires(Permission.CHANGE_STAFF)
def people_change(token: str) -> str:
    """Show what somebody has, and the forms that change it."""
    return _page(token)


@bp.post("/people/<token>/grants")
@fresh
@requires(Permission.CHANGE_STAFF)
def people_grant(token: str) -> Answer:
    """Give a grant."""
    return _change(
        token,
        lambda: grant_role(acting(), token, chosen_grant(request.form), _seen()),
        gettext("The role was given."),
    )


@bp.post("/people/<token>/grants/<int:grant_id>/end")
@fresh
@requires(Permission.CHANGE_STAFF)
def people_take(token: str, grant_id: int) -> Answer:
    """Take a grant away."""
    return _change(
        token,
        lambda: take_role(acting(), token, grant_id, _seen()),
        gettext("The role was taken away, and the person is signed out everywhere."),
    )


@bp.post("/people/<token>/name")
@fresh
@requires(Permission.CHANGE_STAFF)
def people_rename(token: str) -> Answer:
    """Call somebody otherwise."""
    typed = request.form
    made_from = typed.get("made_from", "")
    return _change(
        token,
        lambda: rename(acting(), token, typed.get("name", ""), made_from=made_from),
        gettext("The name is saved."),
    )


@bp.post("/people/<token>/disable")
@fresh
@requires(Permission.CHANGE_STAFF)
def people_disable(token: str) -> Answer:
    """Let somebody in no more."""
    return _change(
        token,
        lambda: disable(acting(), token, _seen()),
        gettext("This person cannot sign in any more, and is signed out everywhere."),
    )


@bp.post("/people/<token>/enable")
@fresh
@requires(Permission.CHANGE_STAFF)
def people_enable(token: str) -> Answer:
    """Let somebody in again."""
    return _change(
        token,
        lambda: enable(acting(), token, _seen()),
        gettext("This person can sign in again."),
    )


@bp.post("/people/<token>/factor")
@fresh
@requires(Permission.CHANGE_STAFF)
def people_factor(token: str) -> Answer:
    """Take away a second factor that was lost."""
    return _change(
        token,
        lambda: take_factor(acting(), token, _seen()),
        gettext("The second factor is gone; the next sign-in asks for another one."),
    )


@bp.post("/people/<token>/sign-out")
@fresh
@requires(Permission.CHANGE_STAFF)
def people_sign_out(token: str) -> Answer:
    """End somebody's sessions."""
    return _change(
        token,
        lambda: sign_out_everywhere(acting(), token),
        gettext("This person is signed out everywhere."),
    )


@bp.post("/people/<token>/link")
@fresh
@requires(Permission.CHANGE_STAFF)
def people_send(token: str) -> Answer:
    """Send a link to choose a password with, an invitation's or another one."""
    try:
        return tell_of_link(send_link(acting(), token, _seen()))
    except Changed as error:
        return _page(token, error), error.status


def _change(token: str, act: Callable[[], object], done: str) -> Answer:
    try:
        act()
    except (Changed, Invalid, LastAdministrator) as error:
        return _page(token, error), error.status
    flash(done)
    return redirect(url_for("office.people_change", token=token), 303)


def _seen() -> Seen:
    return Seen.parse(request.form.get("seen", ""))


def _page(token: str, error: Changed | Invalid | LastAdministrator | None = None) -> str:
    with parts().database.reading() as session:
        member = store.member(session, token, scope(Permission.CHANGE_STAFF))
        offered = choices(session)
        then, now = _seen(), member.seen
        changed = isinstance(error, Changed)
        gone = store.held(session, then.grants - now.grants) if changed else {}
    renames = "made_from" in request.form
    return render_template(
        "office/people_change.html",
        member=member,
        made_from=edition(member.name),
        renamed=renames and changed,
        offered=offered,
        typed=request.form,
        error=error,
        changed=changed,
        given=[held for held in member.held if held.grant.id not in then.grants and not renames],
        taken=[held for id, held in sorted(gone.items())],
        turned=then.disabled != now.disabled and not renames,
    )
