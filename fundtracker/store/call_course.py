"""What became of a line: those that stand instead of it or wait to, and what is left of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select, text

from fundtracker.domain.desk.calls import CallState
from fundtracker.domain.pledge_postings import EXPECTED
from fundtracker.store.calls import OPEN, CallRow, by_numbers
from fundtracker.store.pledges import PledgeRow
from fundtracker.store.scoping import within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope


class Left(NamedTuple):
    """What is expected still of a line: pledges, minor units of its currency and of the fund's."""

    people: int
    amount: int
    base: int


def course(session: Session, fund_id: int, number: int, scope: Scope) -> list[CallRow]:
    """A line, and each that was booked instead of the one before it; empty if there is none."""
    rows: list[CallRow] = []
    wanted: int | None = number
    while wanted is not None:
        found = by_numbers(session, fund_id, [wanted], scope).get(wanted)
        if found is None:
            break
        rows.append(found)
        wanted = found.replaced_by
    return rows


def waiting(session: Session, fund_id: int, number: int, scope: Scope) -> Sequence[CallRow]:
    """The lines that replace one as soon as a second person approves."""
    query = (
        select(CallRow)
        .where(
            CallRow.fund_id == fund_id,
            text(f"({OPEN})"),
            CallRow.state == CallState.SECOND,
            CallRow.replaces == number,
        )
        .order_by(CallRow.number)
    )
    return session.scalars(within(query, scope, CallRow.fund_id, CallRow.section_id)).all()


def left_of_call(session: Session, call_id: int) -> Left:
    """What is expected still of the pledges that a line of the desk made, paid or not."""
    query = select(
        func.count(),
        func.coalesce(func.sum(PledgeRow.amount), 0),
        func.coalesce(func.sum(PledgeRow.base), 0),
    ).where(PledgeRow.call_id == call_id, PledgeRow.status.in_(EXPECTED))
    return Left(*(int(number) for number in session.execute(query).one()))


def fund_of_called(session: Session, token: str) -> int | None:
    """The fund of a pledge that a line of its desk made; None for any other pledge, and for none.

    It tells whose desk is to be locked before the pledge is looked for, and nobody hears of it.
    """
    query = select(PledgeRow.fund_id).where(PledgeRow.token == token)
    return session.scalar(query.where(PledgeRow.call_id.is_not(None)))
