"""What a fund rests on: its address, its currency, whether it is real."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.audit import Action
from fundtracker.domain.editions import edition
from fundtracker.domain.errors import Invalid
from fundtracker.domain.fund_settings import FundBase, base_of
from fundtracker.domain.money import CURRENCIES, currency
from fundtracker.domain.roles import Permission
from fundtracker.services.change_fund import change_base, refuse_unless_movable
from fundtracker.web.access import fresh, requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts
from fundtracker.web.i18n import say
from fundtracker.web.office.blueprint import bp
from fundtracker.web.office.entries import MADE_FROM, Entries, attempt
from fundtracker.web.office.found import find_fund, fund_for

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


@bp.get("/funds/<slug>/base")
@fresh
@requires(Permission.CHANGE_FUNDS)
def fund_base(slug: str) -> str:
    """Show the form, or why there is none."""
    return _page(slug, None)


@bp.post("/funds/<slug>/base")
@fresh
@requires(Permission.CHANGE_FUNDS)
def fund_base_save(slug: str) -> Response | tuple[str, int]:
    """Change address, currency or rehearsal."""
    fund_for(slug, Permission.CHANGE_FUNDS)
    form = Entries(request.form)
    coin = form.read("currency", currency)
    if coin is None:
        return _page(slug, form), HTTPStatus.UNPROCESSABLE_ENTITY
    wanted = FundBase(form.text("slug"), coin.code, bool(form.text("rehearsal")))
    made_from = form.made_from
    status = attempt(
        form,
        Action.FUND_CHANGED,
        f"fund:{slug}",
        lambda: change_base(acting(), slug, wanted, made_from=made_from),
    )
    if status:
        return _page(slug, form), status
    flash(gettext("Saved."))
    return redirect(url_for("office.fund", slug=wanted.slug), HTTPStatus.SEE_OTHER)


def _page(slug: str, typed: Entries | None) -> str:
    with parts().database.reading(scope(Permission.CHANGE_FUNDS)) as session:
        fund = find_fund(session, slug, Permission.CHANGE_FUNDS)
        fixed = ""
        try:
            refuse_unless_movable(session, fund)
        except Invalid as error:
            fixed = say(error)
    base = base_of(fund)
    shown = {
        "slug": base.slug,
        "currency": base.currency,
        "rehearsal": "yes" if base.rehearsal else "",
    }
    form = typed or Entries(shown)
    if form.is_stale:
        form.compare(shown)
    form.typed[MADE_FROM] = edition(base)
    return render_template(
        "office/fund_base.html",
        fund=fund,
        rehearsal=fund.rehearsal,
        form=form,
        fixed=fixed,
        currencies=sorted(CURRENCIES),
    )
