"""Lines that may be the same call: heard twice by the desk, or typed by both of two keyers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, text

from fundtracker.domain.desk.calls import KEYED_TWICE, LIKE_ANOTHER, CallState, Marks
from fundtracker.store.calls import OPEN, CallRow
from fundtracker.store.scoping import within

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope

_NAMES = ("fund_id", "section_id", "currency", "count")
_SAME = (
    *(getattr(CallRow, name) == bindparam(name) for name in _NAMES),
    CallRow.instalments.is_not_distinct_from(bindparam("instalments")),
    CallRow.number != bindparam("number"),
    CallRow.typed_at.between(bindparam("since"), bindparam("until")),
)
# Asked with every line, while all others wait.
_LIKE = (
    select(CallRow.number, CallRow.badge, CallRow.label)
    .where(
        *_SAME,
        CallRow.amount == bindparam("amount"),
        CallRow.state.in_((CallState.COUNTED, CallState.SECOND)),
        CallRow.number != bindparam("replaces"),
    )
    .order_by(CallRow.number.desc())
)


def like(session: Session, row: CallRow) -> int | None:
    """The number of the last line that may be this one, heard twice.

    Same section, amount and people; of one level there may be a hundred in a minute.
    """
    # A line that this one stands instead of is not this one heard twice.
    own = {
        "amount": row.amount,
        "replaces": row.number if row.replaces is None else row.replaces,
    }
    found = session.execute(_LIKE, _values(row, LIKE_ANOTHER) | own)
    return next((n for n, *marks in found if not Marks(*marks).differ(row.marks)), None)


def doubles_of(session: Session, row: CallRow, scope: Scope) -> Sequence[CallRow]:
    """The lines that are flagged as this one, heard twice."""
    query = select(CallRow).where(
        CallRow.fund_id == row.fund_id,
        CallRow.double_of == row.number,
        CallRow.double_open,
        text(f"({OPEN})"),
    )
    query = within(query, scope, CallRow.fund_id, CallRow.section_id)
    return session.scalars(query.order_by(CallRow.number)).all()


def match(session: Session, row: CallRow) -> CallRow | None:
    """The first line of another keyer that says the same and was not confirmed, or not matched."""
    open_ones = (
        CallRow.checked_at.is_(None) if row.state == CallState.BLIND else CallRow.matches.is_(None)
    )
    # Of a total it is what was announced, and not what was left of it.
    said = (
        CallRow.announced.is_(None) & (CallRow.amount == row.amount)
        if row.announced is None
        else CallRow.announced == row.announced
    )
    wanted = CallState.COUNTED if row.state == CallState.BLIND else CallState.BLIND
    query = (
        select(CallRow)
        .where(
            *_SAME,
            said,
            CallRow.state == wanted,
            CallRow.teller != row.teller,
            open_ones,
        )
        .order_by(CallRow.number)
    )
    others = session.scalars(query, _values(row, KEYED_TWICE))
    found = (other for other in others if not other.marks.differ(row.marks))
    return next(found, None)


def _values(row: CallRow, around: timedelta) -> dict[str, object]:
    """What a line is compared by with those that were typed at about its time."""
    names = (*_NAMES, "instalments", "number")
    values = {name: getattr(row, name) for name in names}
    return values | {"since": row.typed_at - around, "until": row.typed_at + around}
