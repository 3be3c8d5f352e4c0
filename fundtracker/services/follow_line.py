"""Follow a line: what the treasury withdraws or restates of its pledges is to be seen at the desk.

Lines are written by whoever has locked their desk, which comes before all else in the lock order.
What does not know beforehand whether it will change such a pledge leaves a job behind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.desk.calls import CallState
from fundtracker.services.schedule import FOLLOW_LINE
from fundtracker.store import call_course, calls, desks, funds, jobs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.services.parts import Parts
    from fundtracker.store.pledges import PledgeRow


def lock_its_desk(session: Session, token: str) -> None:
    """Lock the desk of the line that made a pledge, if one did."""
    fund_id = call_course.fund_of_called(session, token)
    if fund_id is not None:
        desks.lock(session, fund_id)


def follow(
    session: Session, parts: Parts, call_id: int, versions: Mapping[str, int], now: datetime
) -> dict[str, int]:
    """Let a line whose desk is locked say what is left of it.

    `versions` are those that the fund has got already, where something was counted; returned are
    those to be announced.
    """
    row = calls.by_id(session, call_id)
    if row.state not in {CallState.COUNTED, CallState.SECOND}:
        return dict(versions)
    left = call_course.left_of_call(session, call_id)
    called = row.total and row.total.minor
    as_called = left == (row.count, called, row.base)
    found = (None, None, None) if as_called else (left.people, left.amount, left.base)
    if found == (row.left_people, row.left_amount, row.left_base):
        return dict(versions)
    told = dict(versions) or funds.bump(session, [row.fund_id], now)
    row.left_people, row.left_amount, row.left_base = found
    row.version += 1
    row.changed, row.changed_by = max(told.values()), parts.actor.name
    session.flush()
    return told


def follow_later(session: Session, rows: Iterable[PledgeRow], now: datetime) -> None:
    """Leave it to a job: whoever holds pledges must not wait for a desk."""
    for row in rows:
        if row.call_id is not None:
            key = f"{FOLLOW_LINE}:{row.number}:{row.version}"
            jobs.enqueue(session, key, FOLLOW_LINE, str(row.call_id), now)


def follow_line(parts: Parts, call_id: str) -> None:
    """Do that job."""
    with parts.database.unit_of_work() as session:
        row = calls.by_id(session, int(call_id))
        desks.lock(session, row.fund_id)
        session.refresh(row)
        versions = follow(session, parts, row.id, {}, parts.clock())
    for slug, version in versions.items():
        parts.broker.announce(slug, version)
