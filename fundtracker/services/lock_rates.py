"""Lock a fund's exchange rates before the event: from then on a change asks for its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import N_, Changed, Invalid
from fundtracker.services.record import record
from fundtracker.store import funds
from fundtracker.store.rates import RateTableRow

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts


def lock_rates(parts: Parts, slug: str, table_id: int) -> bool:
    """Lock the table that holds now; return whether it was not locked yet.

    Raises UnknownFund, Invalid where there are no rates, or Changed if another table holds.
    """
    now = parts.clock()
    with parts.database.unit_of_work() as session:
        fund = funds.locked(session, slug)
        if fund.rate_table_id is None:
            raise Invalid(N_("There are no exchange rates to lock yet."))
        if fund.rate_table_id != table_id:
            raise Changed
        table = session.get_one(RateTableRow, table_id)
        if table.locked_at is not None:
            return False
        table.locked_by, table.locked_at = str(parts.actor), now
        session.flush()
        record(
            session,
            parts,
            Action.RATES_LOCKED,
            f"fund:{slug}",
            fund_id=fund.id,
            after={"table": table.id, "source": table.source, "as_of": table.as_of.isoformat()},
        )
    return True
