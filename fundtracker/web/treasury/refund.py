"""Give money back: what and why first, then what it will do, and only then the order."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.amounts import parse_amount
from fundtracker.domain.audit import Action
from fundtracker.domain.errors import N_, FundtrackerError, Invalid, NotNow
from fundtracker.domain.money import Money
from fundtracker.domain.roles import Permission
from fundtracker.services.order_refund import (
    REOPENED,
    WITHDRAWN,
    RefundWish,
    check_refund,
    order_refund,
)
from fundtracker.services.plan_payment import free_of, paying
from fundtracker.services.plan_return import plan_return
from fundtracker.services.record import record_refusal
from fundtracker.store import refund_orders
from fundtracker.store.donations import DonationRow
from fundtracker.web.access import fresh, requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts, settings
from fundtracker.web.i18n import decimal_mark, group_mark, say
from fundtracker.web.treasury.blueprint import bp
from fundtracker.web.treasury.donation import line_of
from fundtracker.web.treasury.rehearsal import is_of_rehearsal

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    Answer = Response | tuple[str, int]


FATES = {
    REOPENED: N_("It is open again, and expected."),
    WITHDRAWN: N_("It is withdrawn with the refund."),
}


@bp.get("/donations/<token>/refund")
@fresh
@requires(Permission.REFUND)
def refund(token: str) -> Answer:
    """Show the form, filled in with all that is left."""
    return _form(token)


@bp.post("/donations/<token>/refund")
@fresh
@requires(Permission.REFUND)
def refund_order(token: str) -> Answer:
    """Show what a refund would do, or order it where that was seen and agreed to."""
    held, reach = acting(), scope(Permission.REFUND)
    try:
        wish = _wish(token)
        if request.form.get("step") != "order":
            return _confirm(token, wish)
        order_refund(held, token, wish, reach)
    except (Invalid, NotNow) as error:
        if request.form.get("step") == "order":
            # What was confirmed could be refunded a moment before: it was edited, or came second.
            record_refusal(held, Action.REFUND_ASKED, f"donation:{token}", error.message)
        return _form(token, error)
    flash(gettext("The refund was asked for. The number moves when Stripe has carried it out."))
    return redirect(url_for("treasury.donation", token=token), HTTPStatus.SEE_OTHER)


def _wish(token: str) -> RefundWish:
    reach = scope(Permission.REFUND)
    with parts().database.reading(reach) as session:
        code = line_of(session, token, reach).currency
    typed = request.form.get("amount", "")
    amount = parse_amount(typed, code, decimal_mark=decimal_mark(), group_mark=group_mark())
    return RefundWish(
        request.form.get("key", ""),
        amount,
        request.form.get("reason", ""),
        request.form.get("fate", ""),
    )


def _form(token: str, error: FundtrackerError | None = None) -> tuple[str, int]:
    reach = scope(Permission.REFUND)
    with parts().database.reading(reach) as session:
        line = line_of(session, token, reach)
        row = session.get_one(DonationRow, line.id)
        left = Money(refund_orders.left(session, row), line.currency)
        pays = paying(session, row)
        free = Money(free_of(session, row), line.currency)
    typed = request.form or {
        "key": secrets.token_urlsafe(16),
        "amount": str(left).removeprefix(f"{line.currency} "),
    }
    page = render_template(
        "treasury/refund.html",
        line=line,
        rehearsal=is_of_rehearsal(line.fund),
        left=left,
        typed=typed,
        error=error,
        error_words="" if error is None else say(error),
        wish=None,
        pays=pays,
        free=free,
        fates=FATES,
        simulated=settings().simulated,
    )
    return page, HTTPStatus.OK if error is None else error.status


def _confirm(token: str, wish: RefundWish) -> tuple[str, int]:
    """Say what it does to the gift and to the number before it is done."""
    reach = scope(Permission.REFUND)
    with parts().database.reading(reach) as session:
        line = line_of(session, token, reach)
        row = session.get_one(DonationRow, line.id)
        check_refund(session, row, wish, parts().gateway.account)
        kept = row.kept - wish.amount.minor
        takes = wish.amount.minor > free_of(session, row)
    withdrawn = wish.fate == WITHDRAWN
    follows = plan_return(parts(), token, kept, reach, withdrawn=withdrawn)
    page = render_template(
        "treasury/refund.html",
        line=line,
        rehearsal=is_of_rehearsal(line.fund),
        left=Money(kept, line.currency),
        typed=request.form,
        error=None,
        error_words="",
        wish=wish,
        falls=follows.falls,
        fate=wish.fate if takes else "",
        simulated=settings().simulated,
    )
    return page, HTTPStatus.OK
