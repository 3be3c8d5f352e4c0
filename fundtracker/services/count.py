"""Count: let what was booked into the totals, and the funds be at a new version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals, headline
from fundtracker.store import funds, totals

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session


def count(
    session: Session, changes: Mapping[tuple[int, int], Totals], now: datetime
) -> dict[str, int]:
    """Add to the totals of each (fund, section); return the new versions of funds, to be announced.

    The last in the lock order: totals first, then funds. Milestones that are reached are marked.
    """
    totals.add(session, changes)
    touched = {fund_id for fund_id, _ in changes}
    versions = funds.bump(session, touched, now)
    # With the funds locked, no other writer's money is missing from their headlines.
    funds.reach(session, _headlines(session, touched), now)
    return versions


def _headlines(session: Session, fund_ids: set[int]) -> dict[int, int]:
    everything = Scope.everything()
    return {
        fund.id: headline(
            fund.counting_rule,
            sum(totals.of_fund(session, fund.id, everything).values(), Totals()),
        )
        for fund in funds.by_ids(session, fund_ids).values()
    }
