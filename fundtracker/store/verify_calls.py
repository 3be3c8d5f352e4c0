"""The questions of `fund verify` about desks: numbers without gaps, lines and their pledges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Integer, String, and_, case, cast, exists, func, or_, select

from fundtracker.domain.desk.calls import CallState
from fundtracker.domain.pledge_postings import EXPECTED
from fundtracker.store.calls import CallRow
from fundtracker.store.desks import DeskRow
from fundtracker.store.jobs import JobRow
from fundtracker.store.pledges import PledgeRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def gaps(session: Session) -> list[int]:
    """The funds whose lines are not numbered from one on."""
    query = (
        select(DeskRow.fund_id)
        .outerjoin(CallRow, CallRow.fund_id == DeskRow.fund_id)
        .group_by(DeskRow.fund_id, DeskRow.next_number)
        .having(
            or_(
                func.count(CallRow.id) != DeskRow.next_number - 1,
                func.coalesce(func.max(CallRow.number), 0) != DeskRow.next_number - 1,
            ),
        )
        .order_by(DeskRow.fund_id)
    )
    return list(session.scalars(query))


def unlike_their_pledges(session: Session) -> list[tuple[int, int]]:
    """The lines, by fund and number, whose pledges are not as many, or count where it does not."""
    made = (
        select(
            PledgeRow.call_id,
            func.count().label("count"),
            func.sum(cast(PledgeRow.counted, Integer)).label("counted"),
        )
        .where(PledgeRow.call_id.is_not(None))
        .group_by(PledgeRow.call_id)
        .subquery()
    )
    many, counted = (func.coalesce(column, 0) for column in (made.c.count, made.c.counted))
    counting = case((CallRow.state == CallState.COUNTED, CallRow.count), else_=0)
    query = (
        select(CallRow.fund_id, CallRow.number)
        .outerjoin(made, made.c.call_id == CallRow.id)
        .where(
            or_(
                and_(
                    CallRow.state.in_((CallState.COUNTED, CallState.SECOND)),
                    or_(many != CallRow.count, counted != counting),
                ),
                and_(CallRow.state.in_((CallState.PARKED, CallState.BLIND)), many != 0),
            ),
        )
        .order_by(CallRow.fund_id, CallRow.number)
    )
    return [(fund_id, number) for fund_id, number in session.execute(query)]


def unlike_what_is_left(session: Session, follows: str) -> list[tuple[int, int]]:
    """The lines, by fund and number, of which something else is expected still than they say.

    A job of the kind `follows` that is to come will let its line say it.
    """
    expected = PledgeRow.status.in_(EXPECTED)
    left = (
        select(
            PledgeRow.call_id,
            func.sum(case((expected, 1), else_=0)).label("people"),
            func.sum(case((expected, PledgeRow.amount), else_=0)).label("amount"),
            func.sum(case((expected, PledgeRow.base), else_=0)).label("base"),
        )
        .where(PledgeRow.call_id.is_not(None))
        .group_by(PledgeRow.call_id)
        .subquery()
    )
    to_come = exists().where(
        JobRow.kind == follows,
        JobRow.subject == cast(CallRow.id, String),
        JobRow.done_at.is_(None),
        JobRow.failed_at.is_(None),
    )
    called = CallRow.amount * CallRow.count * func.coalesce(CallRow.instalments, 1)
    query = (
        select(CallRow.fund_id, CallRow.number)
        .join(left, left.c.call_id == CallRow.id)
        .where(
            CallRow.state.in_((CallState.COUNTED, CallState.SECOND)),
            or_(
                left.c.people != func.coalesce(CallRow.left_people, CallRow.count),
                left.c.amount != func.coalesce(CallRow.left_amount, called),
                left.c.base != func.coalesce(CallRow.left_base, CallRow.base),
            ),
            ~to_come,
        )
        .order_by(CallRow.fund_id, CallRow.number)
    )
    return [(fund_id, number) for fund_id, number in session.execute(query)]
