"""Count: let what was booked into the totals, and the funds be at a new version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.store import funds, milestones, totals

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.totals import Totals


def count(
    session: Session, changes: Mapping[tuple[int, int], Totals], now: datetime
) -> dict[str, int]:
    """Add to the totals of each (fund, section); return the new versions of funds, to be announced.

    The last in the lock order: totals first, then funds. Milestones that are reached are marked.
    """
    totals.add(session, changes)
    touched = {fund_id for fund_id, _ in changes}
    versions = funds.bump(session, touched, now)
    milestones.reach(session, touched, now)
    return versions
