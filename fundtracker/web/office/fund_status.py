"""Open, pause, close and archive a fund."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import N_, Invalid, NotFound
from fundtracker.domain.fund_settings import FOLLOWING
from fundtracker.domain.funds import FundStatus
from fundtracker.domain.roles import Permission
from fundtracker.services.set_status import set_status
from fundtracker.web.access import fresh, requires
from fundtracker.web.acting import acting
from fundtracker.web.office.blueprint import bp
from fundtracker.web.office.entries import Entries, attempt
from fundtracker.web.office.found import fund_for
from fundtracker.web.office.fund_page import page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    Answer = str | Response | tuple[str, int]

_DONE = {
    FundStatus.OPEN: N_("The fund is open now."),
    FundStatus.PAUSED: N_("The fund is paused now."),
    FundStatus.CLOSED: N_("The fund is closed now."),
    FundStatus.ARCHIVED: N_("The fund is in the archive now."),
}


@bp.post("/funds/<slug>/open")
@requires(Permission.CHANGE_FUNDS)
def fund_open(slug: str) -> Answer:
    """Let it take gifts, for the first time or again."""
    return _set(slug, FundStatus.OPEN)


@bp.post("/funds/<slug>/pause")
@requires(Permission.CHANGE_FUNDS)
def fund_pause(slug: str) -> Answer:
    """Let it take none for a while."""
    return _set(slug, FundStatus.PAUSED)


@bp.get("/funds/<slug>/end/<status>")
@fresh
@requires(Permission.CHANGE_FUNDS)
def fund_end(slug: str, status: str) -> str:
    """Say what closing, or archiving, does and does not do."""
    fund = fund_for(slug, Permission.CHANGE_FUNDS)
    wanted = _ending(status)
    if wanted not in FOLLOWING[fund.status]:
        raise NotFound
    return render_template(
        "office/fund_end.html", fund=fund, rehearsal=fund.rehearsal, wanted=wanted
    )


@bp.post("/funds/<slug>/end/<status>")
@fresh
@requires(Permission.CHANGE_FUNDS)
def fund_ended(slug: str, status: str) -> Answer:
    """Close it, or put it into the archive."""
    return _set(slug, _ending(status))


def _ending(status: str) -> FundStatus:
    """Return one of the two ends of a fund; raises NotFound."""
    if status not in {FundStatus.CLOSED, FundStatus.ARCHIVED}:
        raise NotFound
    return FundStatus(status)


def _set(slug: str, status: FundStatus) -> Answer:
    fund = fund_for(slug, Permission.CHANGE_FUNDS)
    form = Entries({})

    def act() -> None:
        if status is not fund.status and status not in FOLLOWING[fund.status]:
            raise Invalid(
                N_("This cannot be done with a fund that is %(status)s."), status=fund.status
            )
        set_status(acting(), slug, status)

    refused = attempt(form, Action.FUND_CHANGED, f"fund:{slug}", act)
    if refused:
        return page(slug, problem=form.problem), refused
    flash(gettext(_DONE[status]))
    return redirect(url_for("office.fund", slug=slug), HTTPStatus.SEE_OTHER)
