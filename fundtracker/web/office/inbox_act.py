"""Act on a message of Stripe's, or on a job: each has a page of its own with what can be done.

The pages ask for a second factor before they show their forms, so that none is sent for nothing.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.errors import (
    Busy,
    Changed,
    FundtrackerError,
    GatewayRefused,
    GatewayUnavailable,
    Invalid,
    NotFound,
)
from fundtracker.domain.roles import Permission
from fundtracker.services import retry_inbox
from fundtracker.services.inspect_inbox import about
from fundtracker.services.retry_job import retry_job
from fundtracker.store import stuck
from fundtracker.store.jobs import JobRow
from fundtracker.web.access import fresh, requires
from fundtracker.web.acting import acting
from fundtracker.web.context import parts
from fundtracker.web.i18n import say
from fundtracker.web.office.blueprint import bp
from fundtracker.web.office.inbox import may_act
from fundtracker.web.office.inbox_words import KINDS, MEANINGS, STATES

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    Answer = Response | tuple[str, int]

# What the page itself can say, with the person still on it.
_SAID = (Busy, Changed, GatewayRefused, GatewayUnavailable, Invalid)


@bp.get("/inbox/<int:row_id>")
@fresh
@requires(Permission.WORK_INBOX)
def inbox_row(row_id: int) -> str:
    """Show one message, and what can be done about it."""
    return _row_page(row_id)


@bp.post("/inbox/<int:row_id>/retry")
@fresh
@requires(Permission.WORK_INBOX)
def inbox_retry(row_id: int) -> Answer:
    """Let it be tried again."""
    return _act(row_id, lambda: _retry(row_id))


@bp.post("/inbox/<int:row_id>/ask")
@fresh
@requires(Permission.WORK_INBOX)
def inbox_ask(row_id: int) -> Answer:
    """Ask Stripe for what it is about."""
    return _act(row_id, lambda: _ask(row_id))


@bp.post("/inbox/<int:row_id>/aside")
@fresh
@requires(Permission.WORK_INBOX)
def inbox_set_aside(row_id: int) -> Answer:
    """Leave it unsettled for good."""
    return _act(row_id, lambda: _set_aside(row_id))


@bp.get("/jobs/<int:job_id>")
@fresh
@requires(Permission.WORK_INBOX)
def inbox_job(job_id: int) -> str:
    """Show one job, and what can be done about it."""
    return _job_page(job_id)


@bp.post("/jobs/<int:job_id>/retry")
@fresh
@requires(Permission.WORK_INBOX)
def inbox_job_retry(job_id: int) -> Answer:
    """Let it be tried again."""
    _refuse_narrow()
    try:
        retry_job(acting(), job_id)
    except Changed as error:
        return _job_page(job_id, error), error.status
    return _back(gettext("The job is tried again now."))


def _retry(row_id: int) -> str:
    retry_inbox.retry(acting(), row_id, _seen())
    return str(gettext("The message is tried again now."))


def _ask(row_id: int) -> str:
    if retry_inbox.ask_again(acting(), row_id):
        return str(gettext("Stripe has answered. What it says is being settled."))
    return str(gettext("Stripe has answered, and says what we know already."))


def _set_aside(row_id: int) -> str:
    retry_inbox.set_aside(acting(), row_id, _seen(), request.form.get("reason", ""))
    return str(gettext("The message is set aside."))


def _seen() -> str:
    return request.form.get("seen", "")


def _act(row_id: int, act: Callable[[], str]) -> Answer:
    _refuse_narrow()
    try:
        said = act()
    except _SAID as error:
        return _row_page(row_id, error), error.status
    return _back(said)


def _back(said: str) -> Response:
    flash(said)
    return redirect(url_for("office.inbox"), HTTPStatus.SEE_OTHER)


def _refuse_narrow() -> None:
    """Messages and jobs are of no fund: who works on behalf of one finds none."""
    if not may_act():
        raise NotFound


def _row_page(row_id: int, error: FundtrackerError | None = None) -> str:
    _refuse_narrow()
    with parts().database.reading() as session:
        row = stuck.stuck_row(session, parts().gateway.account, row_id)
    if row is None:
        raise NotFound
    return render_template(
        "office/inbox_row.html",
        row=row,
        about=about(row),
        is_stuck=row.state in stuck.STUCK,
        states=STATES,
        meanings=MEANINGS,
        problem=None if error is None else say(error),
        mistake=say(error) if isinstance(error, Invalid) and error.field == "reason" else None,
        reason=request.form.get("reason", ""),
    )


def _job_page(job_id: int, error: FundtrackerError | None = None) -> str:
    _refuse_narrow()
    with parts().database.reading() as session:
        job = session.get(JobRow, job_id)
    if job is None:
        raise NotFound
    problem = None if error is None else say(error)
    return render_template("office/inbox_job.html", job=job, kinds=KINDS, problem=problem)
