"""Import the ECB's daily file of exchange rates: looked at first, then set."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.audit import Action
from fundtracker.domain.editions import edition
from fundtracker.domain.errors import Changed, Invalid
from fundtracker.domain.rate_tables import inverse
from fundtracker.domain.roles import Permission
from fundtracker.services.import_rates import import_rates, read_rates
from fundtracker.services.set_rates import Terms
from fundtracker.store import rates
from fundtracker.web.access import fresh, requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts
from fundtracker.web.office.blueprint import bp
from fundtracker.web.office.entries import CONFIRM, MADE_FROM, Entries, count_of, refuse
from fundtracker.web.office.found import find_fund, fund_for
from fundtracker.web.office.rates_preview import preview
from fundtracker.web.office.uploads import CONTENT, uploaded

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from fundtracker.services.import_rates import Imported

    Answer = str | Response | tuple[str, int]


@bp.get("/funds/<slug>/rates/import")
@fresh
@requires(Permission.CHANGE_RATES)
def rates_import(slug: str) -> str:
    """Ask for the file."""
    fund_for(slug, Permission.CHANGE_RATES)
    return _page(slug, Entries({}))


@bp.post("/funds/<slug>/rates/import")
@fresh
@requires(Permission.CHANGE_RATES)
def rates_take(slug: str) -> Answer:
    """Say what a file would touch, and set its rates once that is confirmed."""
    fund_for(slug, Permission.CHANGE_RATES)
    form, found = Entries(request.form), None
    try:
        content = uploaded()
        found = read_rates(acting(), slug, content)
        form.typed[CONTENT] = content.decode("utf-8-sig")
        mark = edition((found.day, sorted(found.rates.items())))
        if form.text(CONFIRM) != mark:
            form.typed[CONFIRM] = mark
            form.typed.pop(MADE_FROM, None)
            return _page(slug, form, found)
        terms = Terms(made_from=form.read(MADE_FROM, count_of) or 0, reason=form.text("reason"))
        import_rates(acting(), slug, content, day=form.text("day"), terms=terms)
    except (Changed, Invalid) as error:
        form.typed.setdefault(error.field or "", "")
        form.blame(error)
        refuse(Action.RATES_SET, f"fund:{slug}", error)
        return _page(slug, form, found), error.status
    flash(gettext("The exchange rates are set. New gifts get them from now on."))
    return redirect(url_for("office.rates", slug=slug), HTTPStatus.SEE_OTHER)


def _page(slug: str, form: Entries, found: Imported | None = None) -> str:
    reach = scope(Permission.CHANGE_RATES)
    with parts().database.reading(reach) as session:
        fund = find_fund(session, slug, Permission.CHANGE_RATES)
        current = rates.current(session, fund)
        current.pop(fund.currency)
        told = found and preview(session, fund, {**current, **found.rates}, reach)
    if form.is_stale:
        form.typed.pop(MADE_FROM, None)
    form.typed.setdefault(MADE_FROM, str(fund.rate_table_id or 0))
    return render_template(
        "office/rates_import.html",
        fund=fund,
        rehearsal=fund.rehearsal,
        form=form,
        found=found,
        told=told,
        inverse=inverse,
    )
