"""Pay a promise by card, whole or in parts: a donation made for it, on the same payment page."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import redirect, request, session, url_for

from fundtracker.domain.errors import (
    N_,
    Busy,
    GatewayRefused,
    GatewayUnavailable,
    Invalid,
    NotNow,
)
from fundtracker.domain.money import Money, currency
from fundtracker.services.give import GiftRequest, give
from fundtracker.web.access import public
from fundtracker.web.context import parts
from fundtracker.web.giving.forms import OTHER, is_attempt, new_attempt
from fundtracker.web.giving.outcome import PAYING
from fundtracker.web.giving.pledge.blueprint import bp
from fundtracker.web.giving.pledge.own import opened, page, read_amount
from fundtracker.web.limits import limit_gifts

if TYPE_CHECKING:
    from flask import Response
    from werkzeug.wrappers import Response as AnyResponse

    from fundtracker.services.show_pledge import ShownPledge

REST, NEXT = "rest", "next"
_TOLD = (NotNow, Invalid, Busy, GatewayRefused, GatewayUnavailable)


@bp.post("/p/<key>/pay")
@public
@limit_gifts
def pay(key: str) -> Response | AnyResponse:
    """Lead to the payment page for the rest, the next part or another amount."""
    shown = opened(key)
    try:
        started = give(parts(), shown.fund.slug, _gift(shown))
    except _TOLD as error:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if error.field else error.status
        return page(shown, error, at="pay", status=status)
    # So that the pages behind the payment page know to whom they may speak of this promise.
    session[PAYING] = key
    if started.url is not None:
        return redirect(started.url, HTTPStatus.SEE_OTHER)
    slug = shown.fund.slug
    again = url_for("giving.outcome.thanks", slug=slug, session_id=started.session_id, again=1)
    return redirect(again, HTTPStatus.SEE_OTHER)


def _gift(shown: ShownPledge) -> GiftRequest:
    attempt = request.form.get("attempt", "")
    return GiftRequest(
        attempt=attempt if is_attempt(attempt) else new_attempt(),
        amount=_amount(shown),
        section="",
        pledge=shown.number,
        page=shown.token,
    )


def _amount(shown: ShownPledge) -> Money:
    """Return what is to be paid; raises Invalid where nothing is open, or an amount is unclear."""
    if not shown.is_expected or not shown.standing.open.minor:
        raise Invalid(N_("Nothing is open any more: this promise is paid or withdrawn."))
    chosen = request.form.get("what", REST)
    if chosen == OTHER:
        return read_amount(shown, OTHER)
    part = shown.next_part
    return chargeable(part.open if chosen == NEXT and part else shown.standing.open)


def chargeable(money: Money) -> Money:
    """Return the least amount that can be charged and is no less: some have no small coins."""
    step = currency(money.currency).step
    return Money(-(-money.minor // step) * step, money.currency)
