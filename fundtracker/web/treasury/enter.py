"""Enter what came by bank, in cash or by cheque."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.amounts import parse_amount
from fundtracker.domain.audit import Action
from fundtracker.domain.donations import Method
from fundtracker.domain.entered import ARRIVES, is_enterable
from fundtracker.domain.errors import (
    N_,
    FundtrackerError,
    Invalid,
    NotNow,
    UnknownFund,
    UnknownSection,
)
from fundtracker.domain.filters import parse_day
from fundtracker.domain.funds import FundStatus
from fundtracker.domain.money import currency
from fundtracker.domain.references import numbers_in
from fundtracker.domain.roles import Permission
from fundtracker.services.enter_gift import Entered, EnteredBefore, enter_gift
from fundtracker.services.record import record_refusal
from fundtracker.store import rates
from fundtracker.web.access import me, requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts, settings
from fundtracker.web.i18n import decimal_mark, format_money, group_mark, say
from fundtracker.web.treasury.blueprint import bp
from fundtracker.web.treasury.listing import address, choices_in
from fundtracker.web.treasury.rehearsal import is_of_rehearsal
from fundtracker.web.treasury.tables import WAYS

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

# What stays filled in for the next of a pile.
_KEPT = ("fund", "section", "method", "currency", "given_on", "holder")
_SHORTEST_ATTEMPT = 16


@bp.get("/enter")
@requires(Permission.ENTER_GIFTS)
def enter() -> tuple[str, int]:
    """Show the form, filled in with what the address carries."""
    offered = (*_KEPT, "amount")
    return _form({name: request.args[name] for name in offered if name in request.args})


@bp.post("/enter")
@requires(Permission.ENTER_GIFTS)
def enter_make() -> Response | tuple[str, int]:
    """Book a gift, and offer the form for the next one."""
    held, reach = acting(), scope(Permission.ENTER_GIFTS)
    typed = request.form.to_dict()
    try:
        entered = _entered(typed)
        token = enter_gift(held, _fund(typed), entered, reach)
    except (UnknownFund, UnknownSection) as error:
        # Only one's own are offered: whoever sends another one has changed the form.
        asked = "/".join((typed.get("fund", ""), typed.get("section", "")))
        record_refusal(held, Action.GIFT_ENTERED, "fund:unknown", error.message, typed=asked)
        return _form(typed, Invalid(error.message, field=error.field or "fund"))
    except (Invalid, NotNow) as error:
        return _form(typed, error)
    flash(gettext("Entered: %(amount)s.", amount=format_money(entered.amount)))
    if "pays" in typed:
        called = next(iter(numbers_in(entered.reference)), "")
        onward = url_for("treasury.allocate_choose", token=token, text=called or None)
        return redirect(onward, HTTPStatus.SEE_OTHER)
    if "next" in typed:
        kept = {name: typed[name] for name in _KEPT if name in typed}
        return redirect(address("treasury.enter", kept), HTTPStatus.SEE_OTHER)
    return redirect(url_for("treasury.donation", token=token), HTTPStatus.SEE_OTHER)


def _fund(typed: dict[str, str]) -> str:
    slug = typed.get("fund", "")
    if not slug:
        raise Invalid(N_("Choose a fund."), field="fund")
    return slug


def _entered(typed: dict[str, str]) -> Entered:
    attempt = typed.get("attempt", "")
    if len(attempt) < _SHORTEST_ATTEMPT:
        raise Invalid(N_("Please load this form anew and enter the gift once more."))
    if typed.get("method", "") not in {method.value for method in ARRIVES}:
        raise Invalid(N_("Choose how the money came."), field="method")
    code = currency(typed.get("currency", "")).code
    given_on = parse_day(typed.get("given_on", ""), "given_on")
    if given_on is None:
        raise Invalid(N_("Enter the day on which the money came."), field="given_on")
    return Entered(
        attempt=attempt,
        method=Method(typed["method"]),
        section=typed.get("section", ""),
        amount=parse_amount(
            typed.get("amount", ""), code, decimal_mark=decimal_mark(), group_mark=group_mark()
        ),
        given_on=given_on,
        holder=typed.get("holder", ""),
        reference=typed.get("reference", ""),
        public_name=typed.get("public_name", ""),
        another="another" in typed,
    )


def _form(typed: dict[str, str], error: FundtrackerError | None = None) -> tuple[str, int]:
    reach = scope(Permission.ENTER_GIFTS)
    with parts().database.reading(reach) as session:
        choices = choices_in(session, reach)
        funds = [fund for fund in choices.funds if is_enterable(fund)]
        currencies = sorted({code for fund in funds for code in rates.current(session, fund)})
    page = render_template(
        "treasury/enter.html",
        choices=choices,
        rehearsal=is_of_rehearsal(typed.get("fund", "")),
        funds=funds,
        closed=[fund for fund in funds if fund.status is FundStatus.CLOSED],
        currencies=currencies,
        ways={method: WAYS[method] for method in ARRIVES},
        typed={"attempt": secrets.token_urlsafe(16), **typed},
        error=error,
        error_words="" if error is None else say(error),
        asks=isinstance(error, EnteredBefore),
        may_allocate=me().may(Permission.CHANGE_PLEDGES),
        simulated=settings().simulated,
    )
    return page, HTTPStatus.OK if error is None else error.status
