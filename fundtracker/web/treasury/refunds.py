"""The list of refunds, and above it what was asked for and Stripe has not answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.errors import Invalid
from fundtracker.domain.filters import LedgerFilter
from fundtracker.domain.roles import Permission
from fundtracker.store import staff, treasury
from fundtracker.web.access import requires, scope
from fundtracker.web.context import parts
from fundtracker.web.treasury.blueprint import bp
from fundtracker.web.treasury.listing import PAGE, after_id, ask, refused, render_list
from fundtracker.web.treasury.wording import REFUND_STATUSES, staff_tokens

if TYPE_CHECKING:
    from fundtracker.store.treasury import OrderLine, RefundLine


@bp.get("/refunds")
@requires(Permission.READ_LEDGER)
def refunds() -> tuple[str, int]:
    """Show the refunds that the address asks for, the last heard of first."""
    reach = scope(Permission.READ_LEDGER)
    lines: list[RefundLine] = []
    orders: list[OrderLine] = []
    with parts().database.reading(reach) as session:
        asked = ask(session, reach, LedgerFilter)
        try:
            if asked.wanted:
                after = after_id()
                lines = treasury.refunds(session, asked.wanted, reach, after=after, limit=PAGE + 1)
                if after is None:
                    orders = treasury.open_orders(session, asked.wanted, reach, limit=PAGE)
        except Invalid as error:
            asked = refused(asked, error)
        askers = {line.asked_by for line in lines if line.asked_by}
        askers |= {order.asked_by for order in orders}
        names = staff.names_of(session, staff_tokens(askers))
    shown = lines[:PAGE]
    return render_list(
        "treasury/refunds.html",
        asked,
        shown,
        kind="refunds",
        last=shown[-1].id if len(lines) > PAGE else None,
        orders=orders,
        names=names,
        statuses=REFUND_STATUSES,
        several_funds=asked.several_funds,
    )
