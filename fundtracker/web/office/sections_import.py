"""Import sections from a file: errors by the line, what it would do first, then all or nothing."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.audit import Action
from fundtracker.domain.editions import edition
from fundtracker.domain.errors import Changed, Invalid
from fundtracker.domain.roles import Permission
from fundtracker.services.import_sections import import_sections
from fundtracker.services.read_sections import COLUMNS, BadLines
from fundtracker.web.access import requires
from fundtracker.web.acting import acting
from fundtracker.web.i18n import say
from fundtracker.web.office.blueprint import bp
from fundtracker.web.office.entries import CONFIRM, Entries, refuse
from fundtracker.web.office.found import fund_for
from fundtracker.web.office.uploads import CONTENT, uploaded

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from fundtracker.domain.funds import Fund
    from fundtracker.services.import_sections import Imported

    Answer = str | Response | tuple[str, int]

# So many lines at fault are named; who has more of them has another kind of file.
_MOST_PROBLEMS = 50


@bp.get("/funds/<slug>/sections/import")
@requires(Permission.CHANGE_FUNDS)
def sections_import(slug: str) -> str:
    """Ask for the file."""
    return _page(fund_for(slug, Permission.CHANGE_FUNDS))


@bp.post("/funds/<slug>/sections/import")
@requires(Permission.CHANGE_FUNDS)
def sections_take(slug: str) -> Answer:
    """Say what a file would do, and do it once that is confirmed."""
    fund = fund_for(slug, Permission.CHANGE_FUNDS)
    form = Entries(request.form)
    try:
        content = uploaded()
        told = import_sections(acting(), slug, content, dry_run=True)
        form.typed[CONTENT] = content.decode("utf-8-sig")
        if form.text(CONFIRM) != edition(told.lines):
            return _ask(fund, form, told)
        done = import_sections(acting(), slug, content)
    except Invalid as error:
        refuse(Action.SECTIONS_IMPORTED, f"fund:{slug}", error)
        return _page(fund, form, error=error), error.status
    flash(
        gettext(
            "%(added)s sections are new, %(changed)s changed, %(unchanged)s as before.",
            added=len(done.added),
            changed=len(done.changed),
            unchanged=len(done.unchanged),
        )
    )
    return redirect(url_for("office.fund", slug=slug), HTTPStatus.SEE_OTHER)


def _ask(fund: Fund, form: Entries, told: Imported) -> Answer:
    """Ask to confirm what was told, or what it has become since it was."""
    if not form.text(CONFIRM):
        return _page(fund, form, told)
    error = Changed()
    form.blame(error)
    refuse(Action.SECTIONS_IMPORTED, f"fund:{fund.slug}", error)
    return _page(fund, form, told), error.status


def _page(
    fund: Fund,
    form: Entries | None = None,
    told: Imported | None = None,
    error: Invalid | None = None,
) -> str:
    problems = error.problems if isinstance(error, BadLines) else ()
    if form is not None and told is not None:
        form.typed[CONFIRM] = edition(told.lines)
    return render_template(
        "office/sections_import.html",
        fund=fund,
        rehearsal=fund.rehearsal,
        form=form or Entries({}),
        told=told,
        sentence="" if error is None else say(error),
        problems=[(at.line, at.error.field or "", say(at.error)) for at in problems][
            :_MOST_PROBLEMS
        ],
        more=max(0, len(problems) - _MOST_PROBLEMS),
        columns=COLUMNS,
    )
