"""The list of donations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.donations import DonationStatus
from fundtracker.domain.errors import Invalid
from fundtracker.domain.filters import LedgerFilter
from fundtracker.domain.roles import Permission
from fundtracker.store import treasury
from fundtracker.web.access import me, requires, scope
from fundtracker.web.context import parts
from fundtracker.web.treasury.blueprint import bp
from fundtracker.web.treasury.listing import PAGE, after_number, ask, refused, render_list

if TYPE_CHECKING:
    from fundtracker.store.treasury import DonationLine, Sum


@bp.get("/donations")
@requires(Permission.READ_LEDGER)
def donations() -> tuple[str, int]:
    """Show the donations that the address asks for, the newest first."""
    reach = scope(Permission.READ_LEDGER)
    lines: list[DonationLine] = []
    sums: list[Sum] = []
    with parts().database.reading(reach) as session:
        asked = ask(session, reach, LedgerFilter)
        try:
            if asked.wanted:
                after = after_number()
                lines = treasury.donations(
                    session, asked.wanted, reach, after=after, limit=PAGE + 1
                )
                sums = treasury.sums(session, asked.wanted, reach)
        except Invalid as error:
            asked = refused(asked, error)
    shown = lines[:PAGE]
    return render_list(
        "treasury/donations.html",
        asked,
        shown,
        kind="donations",
        last=shown[-1].id if len(lines) > PAGE else None,
        sums=sums,
        statuses={status: status.label for status in DonationStatus},
        may_enter=me().may(Permission.ENTER_GIFTS),
        several_funds=asked.several_funds,
    )
