"""Enter exchange rates by hand: looked at first, then set."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.audit import Action
from fundtracker.domain.editions import edition
from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.money import CURRENCIES, currency
from fundtracker.domain.rate_tables import inverse
from fundtracker.domain.rates import Rate
from fundtracker.domain.roles import Permission
from fundtracker.domain.text import clean_line
from fundtracker.services.import_rates import used_currencies
from fundtracker.services.set_rates import Terms, set_rates
from fundtracker.store import rates as store
from fundtracker.web.access import fresh, requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts
from fundtracker.web.i18n import decimal_mark
from fundtracker.web.office.blueprint import bp
from fundtracker.web.office.entries import CONFIRM, MADE_FROM, Entries, attempt, count_of
from fundtracker.web.office.found import find_fund, fund_for
from fundtracker.web.office.rates_preview import preview

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from fundtracker.domain.funds import Fund

    Answer = str | Response | tuple[str, int]

_LONGEST_SOURCE = 80
_RATE = "rate_"


@bp.get("/funds/<slug>/rates/enter")
@fresh
@requires(Permission.CHANGE_RATES)
def rates_enter(slug: str) -> str:
    """Show the rates that hold, to be changed."""
    return _page(slug, None)


@bp.post("/funds/<slug>/rates/enter")
@fresh
@requires(Permission.CHANGE_RATES)
def rates_set(slug: str) -> Answer:
    """Say what the rates would touch, and set them once that is confirmed."""
    fund = fund_for(slug, Permission.CHANGE_RATES)
    form = Entries(request.form)
    wanted = _read(form, fund)
    day = form.read("as_of", _day)
    source = form.read("source", _source)
    if not form.is_fine or day is None or source is None:
        return _page(slug, form), HTTPStatus.UNPROCESSABLE_ENTITY
    shown = edition((sorted(wanted.items()), day, source))
    if form.text(CONFIRM) != shown:
        form.typed[CONFIRM] = shown
        return _page(slug, form, wanted)
    terms = Terms(day, form.read(MADE_FROM, count_of) or 0, form.text("reason"))
    status = attempt(
        form,
        Action.RATES_SET,
        f"fund:{slug}",
        lambda: set_rates(acting(), slug, wanted, source=source, only=True, terms=terms),
    )
    if status:
        form.typed[CONFIRM] = shown
        return _page(slug, form, wanted), status
    flash(gettext("The exchange rates are set. New gifts get them from now on."))
    return redirect(url_for("office.rates", slug=slug), HTTPStatus.SEE_OTHER)


def _read(form: Entries, fund: Fund) -> dict[str, Rate]:
    """Return every rate that was typed; a field left empty means none."""
    wanted = {}
    for code in CURRENCIES.keys() - {fund.currency}:
        rate = form.read(f"{_RATE}{code}", rate_of)
        if rate is not None:
            wanted[code] = rate
    if form.text("code") or form.text("rate"):
        coin, rate = form.read("code", currency), form.read("rate", rate_of)
        if coin is not None and coin.code == fund.currency:
            form.miss("code", Invalid(N_("This is the fund's own currency; its rate is always 1.")))
        elif coin is not None and rate is not None:
            wanted[coin.code] = rate
    return wanted


def rate_of(text: str) -> Rate | None:
    """Read a rate with the reader's decimal mark, or a point; None for nothing."""
    mark = decimal_mark()
    return Rate.parse(text.replace(mark, ".") if text.count(mark) == 1 else text) if text else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(N_("Enter a day, such as 2026-06-12.")) from None


def _source(text: str) -> str:
    return clean_line(text, field="source", limit=_LONGEST_SOURCE) or "by hand"


def _page(slug: str, typed: Entries | None, wanted: dict[str, Rate] | None = None) -> str:
    reach = scope(Permission.CHANGE_RATES)
    with parts().database.reading(reach) as session:
        fund = find_fund(session, slug, Permission.CHANGE_RATES)
        current = store.current(session, fund)
        codes = sorted(used_currencies(session, fund))
        told = None if wanted is None else preview(session, fund, wanted, reach)
    shown = {f"{_RATE}{code}": str(current.get(code, "")) for code in codes}
    form = typed or Entries({**shown, "as_of": parts().clock().date().isoformat()})
    if form.is_stale:
        form.compare(shown)
    if typed is None or form.is_stale:
        form.typed[MADE_FROM] = str(fund.rate_table_id or 0)
    return render_template(
        "office/rates_enter.html",
        fund=fund,
        rehearsal=fund.rehearsal,
        form=form,
        codes=codes,
        currencies=sorted(CURRENCIES.keys() - {fund.currency, *codes}),
        told=told,
        inverse=inverse,
    )
