"""The promises made last, as the hall sees them: what was called out together is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select

from fundtracker.domain.pledge_postings import EXPECTED
from fundtracker.domain.pledges import PledgeSource
from fundtracker.store.pledges import PledgeRow
from fundtracker.store.scoping import within

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope

# Of a call up to 200 pledges: enough rows for two of the largest, or for a page of single ones.
_LOOKED_AT = 400


class Called(NamedTuple):
    """Promises of a section that were made together, in minor units of their currency."""

    token: str
    section_id: int
    people: int
    amount: int
    currency: str
    at: datetime


def calls_of_hall(session: Session, fund_id: int, scope: Scope, limit: int) -> list[Called]:
    """The promises that count and were made last, newest first.

    What somebody promised online is not called out, and stands in the sum alone.
    """
    counts = (
        PledgeRow.fund_id == fund_id,
        PledgeRow.counted,
        PledgeRow.status.in_(EXPECTED),
        PledgeRow.source != PledgeSource.ONLINE,
    )
    query = (
        select(PledgeRow.id, PledgeRow.call_id)
        .where(*counts)
        .order_by(PledgeRow.made_at.desc(), PledgeRow.id.desc())
        .limit(_LOOKED_AT)
    )
    query = within(query, scope, PledgeRow.fund_id, PledgeRow.section_id)
    # A pledge of no call stands for itself.
    groups = dict.fromkeys((call or -id, call) for id, call in session.execute(query))
    found = [
        *_together(session, scope, [call for _, call in [*groups][:limit] if call is not None]),
        *_alone(session, [-key for key, call in [*groups][:limit] if call is None]),
    ]
    return sorted(found, key=lambda call: call.at, reverse=True)


def _together(session: Session, scope: Scope, calls: list[int]) -> list[Called]:
    """Those of a call of which one at least was found; another may have gone to another section."""
    if not calls:
        return []
    query = (
        select(
            func.min(PledgeRow.token),
            PledgeRow.section_id,
            func.count(),
            func.sum(PledgeRow.amount),
            PledgeRow.currency,
            func.max(PledgeRow.made_at),
        )
        .where(PledgeRow.call_id.in_(calls), PledgeRow.counted, PledgeRow.status.in_(EXPECTED))
        .group_by(PledgeRow.call_id, PledgeRow.section_id, PledgeRow.currency)
    )
    query = within(query, scope, PledgeRow.fund_id, PledgeRow.section_id)
    return [
        Called(token, section, people, int(amount), currency, at)
        for token, section, people, amount, currency, at in session.execute(query)
    ]


def _alone(session: Session, ids: list[int]) -> list[Called]:
    if not ids:
        return []
    query = select(PledgeRow).where(PledgeRow.id.in_(ids))
    return [
        Called(row.token, row.section_id, 1, row.amount, row.currency, row.made_at)
        for row in session.scalars(query)
    ]
