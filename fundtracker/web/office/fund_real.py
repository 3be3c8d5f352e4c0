"""Start for real: a rehearsal's settings become a fund, and what was rehearsed stays behind."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import NotAllowed, NotNow
from fundtracker.domain.roles import Permission
from fundtracker.services.start_for_real import NO_REHEARSAL, rehearsed, start_for_real
from fundtracker.web.access import fresh, requires
from fundtracker.web.acting import acting
from fundtracker.web.context import parts
from fundtracker.web.office.blueprint import bp
from fundtracker.web.office.entries import Entries, attempt
from fundtracker.web.office.found import fund_for, may_change_sections

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from fundtracker.domain.funds import Fund


@bp.get("/funds/<slug>/real")
@fresh
@requires(Permission.CHANGE_FUNDS)
def fund_real(slug: str) -> str:
    """Say what is copied and what stays in the rehearsal, and ask how the fund is to be called."""
    fund = _rehearsal(slug)
    return _page(fund, Entries({"slug": "", "name": fund.name}))


@bp.post("/funds/<slug>/real")
@fresh
@requires(Permission.CHANGE_FUNDS)
def fund_real_make(slug: str) -> Response | tuple[str, int]:
    """Make the fund, a draft, and close the rehearsal."""
    fund, form = _rehearsal(slug), Entries(request.form)
    address, name = form.text("slug"), form.text("name")
    refused = attempt(
        form,
        Action.FUND_CREATED,
        f"fund:{slug}",
        lambda: start_for_real(acting(), slug, address, name),
        typed=address,
    )
    if refused:
        return _page(fund, form), refused
    flash(
        gettext(
            "The fund is made, and the rehearsal is over. It is a draft: look at its days and"
            " rates, and open it."
        )
    )
    return redirect(url_for("office.fund", slug=address), HTTPStatus.SEE_OTHER)


def _rehearsal(slug: str) -> Fund:
    """The rehearsal at an address, for whoever may make funds; raises NotNow for a real one."""
    fund = fund_for(slug, Permission.CHANGE_FUNDS)
    if not fund.rehearsal:
        raise NotNow(NO_REHEARSAL)
    if not may_change_sections():
        raise NotAllowed
    return fund


def _page(fund: Fund, form: Entries) -> str:
    with parts().database.reading() as session:
        found = rehearsed(session, fund)
    return render_template(
        "office/fund_real.html", fund=fund, rehearsal=fund.rehearsal, found=found, form=form
    )
