"""The terms of a fund's promises: which count at once, where to transfer, what is entered."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.audit import Action
from fundtracker.domain.editions import edition
from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.pledge_terms import PledgeTerms, in_groups, joined
from fundtracker.domain.promises import day_of
from fundtracker.domain.roles import Permission
from fundtracker.services.change_terms import change_terms
from fundtracker.store import pledge_terms
from fundtracker.web.access import fresh, requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts
from fundtracker.web.office.blueprint import bp
from fundtracker.web.office.entries import MADE_FROM, Entries, amount, attempt, typed_amount
from fundtracker.web.office.found import find_fund, fund_for

if TYPE_CHECKING:
    from datetime import date

    from werkzeug.wrappers import Response

    from fundtracker.domain.funds import Fund

_NONE_COUNTS = "0"


@bp.get("/funds/<slug>/promises")
@fresh
@requires(Permission.CHANGE_TERMS)
def promises(slug: str) -> str:
    """Show the form."""
    return _page(slug, None)


@bp.post("/funds/<slug>/promises")
@fresh
@requires(Permission.CHANGE_TERMS)
def promises_save(slug: str) -> Response | tuple[str, int]:
    """Change the terms."""
    fund = fund_for(slug, Permission.CHANGE_TERMS)
    form = Entries(request.form)
    wanted = _read(form, fund)
    if wanted is None:
        return _page(slug, form), HTTPStatus.UNPROCESSABLE_ENTITY
    made_from = form.made_from
    status = attempt(
        form,
        Action.FUND_CHANGED,
        f"fund:{slug}",
        lambda: change_terms(acting(), slug, wanted, made_from=made_from),
    )
    if status:
        return _page(slug, form), status
    flash(gettext("The terms of promises are saved."))
    return redirect(url_for("office.fund", slug=slug), HTTPStatus.SEE_OTHER)


def _read(form: Entries, fund: Fund) -> PledgeTerms | None:
    """Return what was typed, or None with the mistakes remembered."""
    limit = form.read("automatic_limit", lambda text: _limit(text, fund.currency))
    booked = form.read("booked_until", _day)
    if limit is None or not form.is_fine:
        return None
    return PledgeTerms(
        automatic_limit=limit,
        holder=form.text("holder"),
        iban=joined(form.text("iban")),
        bic=joined(form.text("bic")),
        details=form.text("details").replace("\r\n", "\n"),
        booked_until=booked,
    )


def _limit(text: str, code: str) -> int:
    """Read an amount of which zero is one: every promise waits."""
    if text.strip(".,") and not text.strip("0.,"):
        return 0
    if not text:
        raise Invalid(N_("Enter an amount, or 0 if every promise is to wait."))
    return amount(text, code)


def _day(text: str) -> date | None:
    return day_of(text, field="booked_until") if text else None


def _page(slug: str, typed: Entries | None) -> str:
    with parts().database.reading(scope(Permission.CHANGE_TERMS)) as session:
        fund = find_fund(session, slug, Permission.CHANGE_TERMS)
        terms = pledge_terms.of_fund(session, fund)
    shown = {
        "automatic_limit": typed_amount(terms.automatic_limit, fund.currency) or _NONE_COUNTS,
        "holder": terms.holder,
        "iban": in_groups(terms.iban),
        "bic": terms.bic,
        "details": terms.details,
        "booked_until": str(terms.booked_until or ""),
    }
    form = typed or Entries(shown)
    if form.is_stale:
        form.compare(shown)
    form.typed[MADE_FROM] = edition(terms)
    return render_template("office/promises.html", fund=fund, rehearsal=fund.rehearsal, form=form)
