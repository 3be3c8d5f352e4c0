"""Every fund that the visitor may know of, and the form of a new one."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import NotAllowed
from fundtracker.domain.funds import CountingRule
from fundtracker.domain.local_times import timezones
from fundtracker.domain.money import CURRENCIES, currency
from fundtracker.domain.roles import Permission
from fundtracker.services.create_fund import NewFund, create_fund
from fundtracker.store import funds as store
from fundtracker.web.access import me, requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts
from fundtracker.web.office.blueprint import bp
from fundtracker.web.office.entries import Entries, attempt
from fundtracker.web.office.found import may_change_sections
from fundtracker.web.office.fund_form import counting_rule_of, presets_of, times_of, zone_name

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


@bp.get("/funds")
@requires(Permission.READ_FUNDS)
def funds() -> str:
    """List them, those that are being prepared too."""
    reach = scope(Permission.READ_FUNDS)
    with parts().database.reading(reach) as session:
        found = [fund for fund in store.all_funds(session) if reach.allows_fund(fund.id)]
    order = {"open": 0, "paused": 1, "draft": 2, "closed": 3, "archived": 4}
    found.sort(key=lambda fund: (order[fund.status], fund.name.casefold()))
    return render_template(
        "office/funds.html", funds=found, may_add=me().may(Permission.CHANGE_FUNDS)
    )


@bp.get("/new-fund")
@requires(Permission.CHANGE_FUNDS)
def fund_new() -> str:
    """Show the form of a new fund."""
    typed = {
        "currency": "EUR",
        "timezone": "Europe/Brussels",
        "counting_rule": str(CountingRule.EVERYTHING_ANNOUNCED),
    }
    return _page(Entries(typed))


@bp.post("/new-fund")
@requires(Permission.CHANGE_FUNDS)
def fund_create() -> Response | tuple[str, int]:
    """Make a fund, which is a draft: nobody outside knows of it."""
    if not may_change_sections():
        raise NotAllowed
    entries = Entries(request.form)
    wanted = _read(entries)
    if wanted is None:
        return _page(entries), HTTPStatus.UNPROCESSABLE_ENTITY
    status = attempt(
        entries,
        Action.FUND_CREATED,
        "fund:new",
        lambda: create_fund(acting(), wanted),
        typed=wanted.slug,
    )
    if status:
        return _page(entries), status
    flash(gettext("The fund is made. It is a draft: open it when everything is right."))
    return redirect(url_for("office.fund", slug=wanted.slug), HTTPStatus.SEE_OTHER)


def _read(entries: Entries) -> NewFund | None:
    coin = entries.read("currency", currency)
    code = "EUR" if coin is None else coin.code
    target = entries.money("target", code)
    ceiling = entries.money("ceiling", code) if entries.text("ceiling") else None
    presets = entries.read("presets", presets_of)
    rule = entries.read("counting_rule", counting_rule_of)
    zone = zone_name(entries)
    opens_at, closes_at = times_of(entries, None)
    if not entries.is_fine or target is None or presets is None or rule is None or zone is None:
        return None
    return NewFund(
        slug=entries.text("slug"),
        name=entries.text("name"),
        currency=code,
        target=target,
        ceiling=ceiling,
        timezone=zone,
        opens_at=opens_at,
        closes_at=closes_at,
        counting_rule=rule,
        rehearsal=bool(entries.text("rehearsal")),
        presets=presets,
    )


def _page(entries: Entries) -> str:
    return render_template(
        "office/fund_new.html",
        form=entries,
        currencies=sorted(CURRENCIES),
        rules=CountingRule,
        timezones=timezones(),
    )
