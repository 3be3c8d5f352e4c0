"""Announcements that are written down beforehand, each as a line of the desk."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.errors import FundtrackerError, Invalid, NotNow
from fundtracker.domain.roles import Permission
from fundtracker.services.desk.prepare import discard, prepare
from fundtracker.services.desk.understand import Unanswered
from fundtracker.store import prepared as store
from fundtracker.web.access import requires
from fundtracker.web.acting import acting
from fundtracker.web.context import parts, settings
from fundtracker.web.desk.blueprint import bp
from fundtracker.web.desk.place import place_at, reach
from fundtracker.web.i18n import say

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

LONGEST = 300
_NOTHING = datetime.min.replace(tzinfo=UTC)


@bp.get("/<slug>/prepared")
@requires(Permission.USE_DESK)
def prepared(slug: str) -> str:
    """List what is written down, with a line to write down more."""
    return _page(slug)


@bp.post("/<slug>/prepared")
@requires(Permission.USE_DESK)
def prepared_save(slug: str) -> Response | tuple[str, int]:
    """Write an announcement down, or forget one."""
    line = request.form.get("line", "")[:LONGEST]
    away, shown = request.form.get("discard", ""), _shown()
    try:
        if away:
            discard(acting(), slug, away, reach(), shown)
            flash(gettext("The announcement is forgotten."))
        else:
            prepare(acting(), slug, line, reach(), shown)
            flash(gettext("The announcement is written down."))
    except (Invalid, NotNow, Unanswered) as error:
        return _page(slug, line, error), error.status
    return redirect(url_for("desk.prepared", slug=slug), HTTPStatus.SEE_OTHER)


def _shown() -> datetime:
    """When the latest was written down that was on the page; before all of it where none was."""
    try:
        moment = datetime.fromisoformat(request.form.get("shown", ""))
    except ValueError:
        return _NOTHING
    return _NOTHING if moment.tzinfo is None else moment


def _page(slug: str, line: str = "", error: FundtrackerError | None = None) -> str:
    with parts().database.reading(reach()) as session:
        place = place_at(session, slug)
        rows = store.of_fund(session, place.fund.id, place.scope)
        found = [
            (section, rows[id], place.names([rows[id].made_by]).get(rows[id].made_by, ""))
            for id, section in place.sections.items()
            if id in rows
        ]
        return render_template(
            "desk/prepared.html",
            fund=place.fund,
            rehearsal=place.fund.rehearsal,
            found=found,
            shown=max((row.made_at for row in rows.values()), default=_NOTHING).isoformat(),
            line=line,
            problem="" if error is None else say(error),
            choices=error.question.choices if isinstance(error, Unanswered) else (),
            simulated=settings().simulated,
        )
