"""Whom to remind of what: the promises that are open and whose owners can be written to."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, or_, select

from fundtracker.domain.pledges import PledgeSource, PledgeStatus
from fundtracker.store.pledge_contacts import PledgeContactRow
from fundtracker.store.pledges import InstalmentRow, PledgeRow

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session


# So far ahead of its day the first reminder comes.
AHEAD = timedelta(days=8)
# So long after it was made a promise may still be thanked for.
THANKED = timedelta(days=16)


def candidates(
    session: Session, fund_id: int, today: date, now: datetime, *, after: int, limit: int
) -> list[int]:
    """The ids, beyond one, of promises of a fund about which something may be due.

    Not those of sections, which get a statement, nor of whom no address has answered, or who
    stopped the mails, or say that they have paid.
    """
    due = exists().where(
        InstalmentRow.pledge_id == PledgeRow.id, InstalmentRow.due_on <= today + AHEAD
    )
    query = (
        _reachable(select(PledgeRow.id))
        .where(
            PledgeRow.fund_id == fund_id,
            PledgeRow.id > after,
            PledgeRow.paid < PledgeRow.amount,
            or_(due, PledgeRow.made_at > now - THANKED),
        )
        .order_by(PledgeRow.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def is_reachable(session: Session, pledge_id: int) -> bool:
    """Whether something may still be due about a promise that is locked."""
    query = _reachable(select(PledgeRow.id)).where(PledgeRow.id == pledge_id)
    return session.scalar(query) is not None


def arrived(session: Session, fund_id: int) -> tuple[int, int]:
    """What has come of the promises that count, in the fund's minor units; how many there are."""
    query = select(func.coalesce(func.sum(PledgeRow.paid_base), 0), func.count()).where(
        PledgeRow.fund_id == fund_id,
        PledgeRow.counted,
        PledgeRow.status.in_((PledgeStatus.OPEN, PledgeStatus.UNCONFIRMED)),
    )
    paid, count = session.execute(query).one()
    return int(paid), int(count)


def _reachable(query: Select[tuple[int]]) -> Select[tuple[int]]:
    return query.outerjoin(PledgeContactRow, PledgeContactRow.pledge_id == PledgeRow.id).where(
        PledgeRow.status == PledgeStatus.OPEN,
        PledgeRow.counted,
        PledgeRow.source != PledgeSource.SECTION,
        PledgeRow.email_key.is_not(None),
        PledgeContactRow.stopped_at.is_(None),
        PledgeContactRow.said_paid_at.is_(None),
        or_(PledgeContactRow.link_key.is_(None), PledgeContactRow.answered_at.is_not(None)),
    )
