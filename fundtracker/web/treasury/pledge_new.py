"""Write a pledge down: a section's own, or a person's."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.amounts import parse_amount
from fundtracker.domain.audit import Action
from fundtracker.domain.entered import is_enterable
from fundtracker.domain.errors import (
    N_,
    FundtrackerError,
    Invalid,
    NotNow,
    UnknownFund,
    UnknownSection,
)
from fundtracker.domain.filters import parse_day
from fundtracker.domain.money import currency
from fundtracker.domain.roles import Permission
from fundtracker.services.record import record_refusal
from fundtracker.services.write_pledge import Written, write_pledge
from fundtracker.store import rates
from fundtracker.web.access import requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts, settings
from fundtracker.web.i18n import decimal_mark, format_money, group_mark, say
from fundtracker.web.treasury.blueprint import bp
from fundtracker.web.treasury.listing import address, choices_in

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

# What stays filled in for the next of a pile.
_KEPT = ("fund", "section", "currency", "due", "parts")
_SHORTEST_ATTEMPT = 16
_MOST_DIGITS = 3


@bp.get("/pledges/new")
@requires(Permission.CHANGE_PLEDGES)
def pledge_new() -> tuple[str, int]:
    """Show the form, filled in with what the address carries."""
    return _form({name: request.args[name] for name in _KEPT if name in request.args})


@bp.post("/pledges/new")
@requires(Permission.CHANGE_PLEDGES)
def pledge_make() -> Response | tuple[str, int]:
    """Write a pledge down, and offer the form for the next one."""
    held, reach = acting(), scope(Permission.CHANGE_PLEDGES)
    typed = request.form.to_dict()
    try:
        written = _written(typed)
        token = write_pledge(held, _fund(typed), written, reach)
    except (UnknownFund, UnknownSection) as error:
        # Only one's own are offered: whoever sends another one has changed the form.
        asked = "/".join((typed.get("fund", ""), typed.get("section", "")))
        record_refusal(held, Action.PLEDGE_MADE, "fund:unknown", error.message, typed=asked)
        return _form(typed, Invalid(error.message, field=error.field or "fund"))
    except (Invalid, NotNow) as error:
        return _form(typed, error)
    flash(gettext("Written down: %(amount)s.", amount=format_money(written.amount)))
    if "next" in typed:
        kept = {name: typed[name] for name in _KEPT if name in typed}
        return redirect(address("treasury.pledge_new", kept), HTTPStatus.SEE_OTHER)
    return redirect(url_for("treasury.pledge", token=token), HTTPStatus.SEE_OTHER)


def _fund(typed: dict[str, str]) -> str:
    slug = typed.get("fund", "")
    if not slug:
        raise Invalid(N_("Choose a fund."), field="fund")
    return slug


def _written(typed: dict[str, str]) -> Written:
    attempt = typed.get("attempt", "")
    if len(attempt) < _SHORTEST_ATTEMPT:
        raise Invalid(N_("Please load this form anew and write the pledge down once more."))
    due = parse_day(typed.get("due", ""), "due")
    if due is None:
        raise Invalid(N_("Enter the day by which it is due."), field="due")
    return Written(
        attempt=attempt,
        section=typed.get("section", ""),
        amount=parse_amount(
            typed.get("amount", ""),
            currency(typed.get("currency", "")).code,
            decimal_mark=decimal_mark(),
            group_mark=group_mark(),
        ),
        due=due,
        parts=_parts(typed.get("parts", "") or "1"),
        name=typed.get("name", ""),
    )


def _parts(text: str) -> int:
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS:
        return int(text)
    raise Invalid(N_("Enter a whole number without a point or comma."), field="parts")


def _form(typed: dict[str, str], error: FundtrackerError | None = None) -> tuple[str, int]:
    reach = scope(Permission.CHANGE_PLEDGES)
    with parts().database.reading(reach) as session:
        choices = choices_in(session, reach)
        funds = [fund for fund in choices.funds if is_enterable(fund)]
        currencies = sorted({code for fund in funds for code in rates.current(session, fund)})
    page = render_template(
        "treasury/pledge_new.html",
        choices=choices,
        funds=funds,
        currencies=currencies,
        typed={"attempt": secrets.token_urlsafe(16), **typed},
        error=error,
        error_words="" if error is None else say(error),
        simulated=settings().simulated,
    )
    return page, HTTPStatus.OK if error is None else error.status
