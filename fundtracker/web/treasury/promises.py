"""What is to be done about promises: those that wait, are said to be paid, or stay open."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.errors import Invalid
from fundtracker.domain.pledge_tasks import PledgeTask
from fundtracker.domain.references import spoken
from fundtracker.domain.roles import Permission
from fundtracker.services.answer_pledge import looked_at
from fundtracker.store import pledge_tasks
from fundtracker.web.access import requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts, settings
from fundtracker.web.treasury.blueprint import bp

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from fundtracker.store.pledge_tasks import TaskLine


@bp.get("/promises")
@requires(Permission.READ_LEDGER)
def promises() -> str:
    """List the promises that need a person."""
    reach = scope(Permission.READ_LEDGER)
    with parts().database.reading(reach) as session:
        lines = pledge_tasks.listed(session, reach)
    return render_template(
        "treasury/promises.html",
        lines=lines,
        may_settle=_may_settle,
        spoken=spoken,
        simulated=settings().simulated,
    )


@bp.post("/promises")
@requires(Permission.CHANGE_PLEDGES)
def promises_looked_at() -> Response:
    """Hear that somebody has looked for a payment: reminders may go on."""
    token = request.form.get("token", "")
    if not token:
        raise Invalid
    looked_at(acting(), token, scope(Permission.CHANGE_PLEDGES))
    flash(gettext("Thank you. As far as it is not paid, reminders go on."))
    to = (
        url_for("treasury.pledge", token=token)
        if request.form.get("at") == "pledge"
        else url_for("treasury.promises")
    )
    return redirect(to, HTTPStatus.SEE_OTHER)


def _may_settle(line: TaskLine) -> bool:
    may = scope(Permission.CHANGE_PLEDGES).allows(line.fund_id, line.section_id)
    return may and line.task is PledgeTask.FIND_PAYMENT
