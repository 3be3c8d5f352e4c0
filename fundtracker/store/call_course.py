"""What became of a line: those that stand instead of it, and those that wait to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, text

from fundtracker.domain.desk.calls import CallState
from fundtracker.store.calls import OPEN, CallRow, by_numbers
from fundtracker.store.scoping import within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope


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
