"""A fund's exchange rates: those that hold, those that held, and the lock before the event."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.audit import Action
from fundtracker.domain.rate_tables import inverse
from fundtracker.domain.roles import Permission
from fundtracker.services.import_rates import used_currencies
from fundtracker.services.lock_rates import lock_rates
from fundtracker.store import rates as store
from fundtracker.web.access import fresh, requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts
from fundtracker.web.office.blueprint import bp
from fundtracker.web.office.entries import Entries, attempt, count_of
from fundtracker.web.office.found import find_fund, fund_for, may, when, who
from fundtracker.web.office.rates_preview import waiting_of

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from fundtracker.domain.funds import Fund

    Answer = str | Response | tuple[str, int]


@bp.get("/funds/<slug>/rates")
@requires(Permission.READ_FUNDS)
def rates(slug: str) -> str:
    """Show the table that holds, the earlier ones, and what waits for a rate."""
    reach = scope(Permission.READ_FUNDS)
    with parts().database.reading(reach) as session:
        fund = find_fund(session, slug, Permission.READ_FUNDS)
        tables = store.tables(session, fund.id)
        current = next((table for table in tables if table.id == fund.rate_table_id), None)
        actors = [actor for table in tables for actor in (table.made_by, table.locked_by)]
        known = current.rates if current else {}
        return render_template(
            "office/rates.html",
            fund=fund,
            rehearsal=fund.rehearsal,
            current=current,
            earlier=[table for table in tables if table is not current],
            without=sorted(used_currencies(session, fund) - known.keys()),
            waiting=waiting_of(session, fund, reach),
            who=who(session, actors),
            when=when,
            inverse=inverse,
            may_change=may(Permission.CHANGE_RATES, fund),
        )


@bp.get("/funds/<slug>/rates/lock")
@fresh
@requires(Permission.CHANGE_RATES)
def rates_lock(slug: str) -> str:
    """Say what locking does."""
    return _lock_page(fund_for(slug, Permission.CHANGE_RATES), Entries({}))


@bp.post("/funds/<slug>/rates/lock")
@fresh
@requires(Permission.CHANGE_RATES)
def rates_locked(slug: str) -> Answer:
    """Lock the table that was looked at."""
    fund = fund_for(slug, Permission.CHANGE_RATES)
    form = Entries(request.form)
    table_id = form.read("table", count_of) or 0
    status = attempt(
        form,
        Action.RATES_LOCKED,
        f"fund:{slug}",
        lambda: lock_rates(acting(), slug, table_id),
    )
    if status:
        return _lock_page(fund, form), status
    flash(gettext("The exchange rates are locked."))
    return redirect(url_for("office.rates", slug=slug), HTTPStatus.SEE_OTHER)


def _lock_page(fund: Fund, form: Entries) -> str:
    return render_template("office/rates_lock.html", fund=fund, rehearsal=fund.rehearsal, form=form)
