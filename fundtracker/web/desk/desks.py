"""The desks at which somebody may sit."""

from __future__ import annotations

from flask import render_template

from fundtracker.domain.funds import FundStatus
from fundtracker.domain.roles import Permission
from fundtracker.store import funds
from fundtracker.web.access import requires
from fundtracker.web.context import parts, settings
from fundtracker.web.desk.blueprint import bp
from fundtracker.web.desk.place import reach

# An open fund before one that is over.
_ORDER = (FundStatus.OPEN, FundStatus.PAUSED, FundStatus.CLOSED)


@bp.get("/")
@requires(Permission.USE_DESK)
def desks() -> str:
    """List the funds whose desks the visitor may use, those first that are open."""
    where = reach()
    with parts().database.reading(where) as session:
        found = [
            fund
            for fund in funds.all_funds(session)
            if where.allows_fund(fund.id) and fund.status in _ORDER
        ]
    found.sort(key=lambda fund: (_ORDER.index(fund.status), fund.name.casefold()))
    return render_template("desk/desks.html", funds=found, simulated=settings().simulated)
