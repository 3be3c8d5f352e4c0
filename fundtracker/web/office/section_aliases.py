"""By which other words tellers call a section."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.audit import Action
from fundtracker.domain.editions import edition
from fundtracker.domain.errors import NotAllowed
from fundtracker.domain.roles import Permission
from fundtracker.services.change_aliases import change_aliases
from fundtracker.store import aliases
from fundtracker.web.access import requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts
from fundtracker.web.office.blueprint import bp
from fundtracker.web.office.entries import MADE_FROM, Entries, attempt
from fundtracker.web.office.found import find_section, may_change_sections

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


@bp.get("/sections/<code>/aliases")
@requires(Permission.CHANGE_FUNDS)
def section_aliases(code: str) -> str:
    """Show the words."""
    return _page(code, None)


@bp.post("/sections/<code>/aliases")
@requires(Permission.CHANGE_FUNDS)
def section_aliases_save(code: str) -> Response | tuple[str, int]:
    """Let it be called by others."""
    if not may_change_sections():
        raise NotAllowed
    form = Entries(request.form)
    typed, made_from = form.text("aliases"), form.made_from
    status = attempt(
        form,
        Action.SECTION_CHANGED,
        f"section:{code}",
        lambda: change_aliases(acting(), code, typed, made_from=made_from),
    )
    if status:
        return _page(code, form), status
    flash(gettext("What the section is called at the desk is saved."))
    return redirect(url_for("office.section", code=code), HTTPStatus.SEE_OTHER)


def _page(code: str, typed: Entries | None) -> str:
    with parts().database.reading(scope(Permission.CHANGE_FUNDS)) as session:
        found, _ = find_section(session, code)
        words = aliases.of_section(session, found.id)
    shown = {"aliases": " ".join(words)}
    form = typed or Entries(shown)
    if form.is_stale:
        form.compare(shown)
    form.typed[MADE_FROM] = edition(words)
    return render_template("office/section_aliases.html", section=found, form=form)
