"""How a fund's desk works: the currency of a bare number, and whether two people key."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.audit import Action
from fundtracker.domain.editions import edition
from fundtracker.domain.roles import Permission
from fundtracker.services.desk.settings import DeskSettings, change_desk, settings_of
from fundtracker.store import desks
from fundtracker.web.access import requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts
from fundtracker.web.office.blueprint import bp
from fundtracker.web.office.entries import MADE_FROM, Entries, attempt
from fundtracker.web.office.found import find_fund, fund_for

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


@bp.get("/funds/<slug>/desk")
@requires(Permission.CHANGE_FUNDS)
def fund_desk(slug: str) -> str:
    """Show what is decided."""
    return _page(slug, None)


@bp.post("/funds/<slug>/desk")
@requires(Permission.CHANGE_FUNDS)
def fund_desk_save(slug: str) -> Response | tuple[str, int]:
    """Decide otherwise, also while tellers type."""
    fund_for(slug, Permission.CHANGE_FUNDS)
    form = Entries(request.form)
    wanted = DeskSettings(bool(form.text("in_fund_currency")), bool(form.text("two_keyers")))
    made_from = form.made_from
    status = attempt(
        form,
        Action.DESK_CHANGED,
        f"fund:{slug}",
        lambda: change_desk(
            acting(), slug, wanted, scope(Permission.CHANGE_FUNDS), made_from=made_from
        ),
    )
    if status:
        return _page(slug, form), status
    flash(gettext("Saved."))
    return redirect(url_for("office.fund", slug=slug), HTTPStatus.SEE_OTHER)


def _page(slug: str, typed: Entries | None) -> str:
    with parts().database.reading(scope(Permission.CHANGE_FUNDS)) as session:
        fund = find_fund(session, slug, Permission.CHANGE_FUNDS)
        settings = settings_of(desks.of_fund(session, fund.id))
    shown = {
        "in_fund_currency": "yes" if settings.in_fund_currency else "",
        "two_keyers": "yes" if settings.two_keyers else "",
    }
    form = typed or Entries(shown)
    if form.is_stale:
        form.compare(shown)
    form.typed[MADE_FROM] = edition(settings)
    return render_template("office/fund_desk.html", fund=fund, rehearsal=fund.rehearsal, form=form)
