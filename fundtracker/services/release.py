"""Release: gifts that waited for an exchange rate get one, and those that arrived are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.services.settle import batch_of, write
from fundtracker.store import rates as tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.rates import Rate
    from fundtracker.services.parts import Parts
    from fundtracker.store.funds import FundRow


def release(
    parts: Parts, session: Session, fund: FundRow, rates: Mapping[str, Rate], now: datetime
) -> int:
    """Freeze the rates on what waits for them and book what can be booked; return how many.

    Under the settler's lock. A gift that has a rate keeps it, whatever the table says now.
    """
    rows = tables.released(session, parts.gateway.account, fund.id, rates)
    for row in rows:
        rate = rates[row.currency]
        row.rate_mantissa, row.rate_scale = rate.mantissa, rate.scale
    session.flush()
    if rows:
        # Nothing is learnt of them: what is booked is what their facts amount to already.
        write(parts, session, batch_of(parts, session, rows), now)
    return len(rows)
