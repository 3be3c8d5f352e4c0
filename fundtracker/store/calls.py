"""Calls: the lines that tellers typed, each once, with a running number of its fund."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain.desk.calls import CallState, Marks
from fundtracker.domain.money import Money
from fundtracker.store.base import Base, Encrypted, Key, Private
from fundtracker.store.scoping import within

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope

# What somebody has to look at still: little of all, however long the evening was.
OPEN = (
    "(state = 'counted' AND checked_at IS NULL) OR state IN ('parked', 'second', 'blind')"
    " OR undo_asked_by IS NOT NULL OR double_open"
)
MOST_CHANGED = 1000


class CallRow(Base):
    """One line: `count` people with `amount` minor units each, or each instalment of it.

    `raw` is the line as it was typed. A parked line may have no amount, for nobody understood it.
    `announced` is the total that was announced where only the difference to it was booked. `base`
    is what all of it is worth in the fund's currency. `version` rises with every change of the
    line, `changed` is the fund's version at the last one, by `changed_by`. `double_of`, `replaces`,
    `replaced_by` and `matches` are numbers of other lines of the fund. A line is `late` that was
    typed before what the hall sees was held or let go, and arrived afterwards. `left_people`,
    `left_amount` and `left_base` are what is expected of it still, where that is not what was
    called: the treasury has withdrawn or restated pledges of it.
    """

    __tablename__ = "call"

    id: Mapped[Key]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"))
    number: Mapped[int]
    # Made by a browser; NULL for a line that a command made, which has one of its own.
    client_id: Mapped[str | None]
    digest: Mapped[str | None]
    raw: Mapped[str] = mapped_column(Encrypted)
    label: Mapped[Private]
    note: Mapped[Private]
    badge: Mapped[str | None]
    currency: Mapped[str | None]
    amount: Mapped[int | None]
    count: Mapped[int]
    instalments: Mapped[int | None]
    announced: Mapped[int | None]
    base: Mapped[int | None]
    paid_by: Mapped[str | None]
    state: Mapped[str]
    version: Mapped[int]
    changed: Mapped[int]
    changed_by: Mapped[str]
    teller: Mapped[str]
    typed_at: Mapped[datetime]
    entered_at: Mapped[datetime]
    late: Mapped[bool]
    checked_by: Mapped[str | None]
    checked_at: Mapped[datetime | None]
    doubted_by: Mapped[str | None]
    undo_asked_by: Mapped[str | None]
    double_of: Mapped[int | None]
    double_open: Mapped[bool]
    replaces: Mapped[int | None]
    replaced_by: Mapped[int | None]
    matches: Mapped[int | None]
    left_people: Mapped[int | None]
    left_amount: Mapped[int | None]
    left_base: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("count > 0 AND (amount IS NULL OR amount > 0)", name="amounts"),
        UniqueConstraint("fund_id", "number"),
        UniqueConstraint("fund_id", "client_id"),
        Index("ix_call_changed", "fund_id", "changed"),
        Index("ix_call_section", "fund_id", "section_id", "state"),
        Index("ix_call_like", "fund_id", "section_id", "amount", "typed_at"),
        Index(
            "ix_call_open",
            "fund_id",
            "number",
            sqlite_where=text(OPEN),
            postgresql_where=text(OPEN),
        ),
    )

    @property
    def each(self) -> Money | None:
        """What one of them promises, in one instalment."""
        if self.amount is None or self.currency is None:
            return None
        return Money(self.amount, self.currency)

    @property
    def total(self) -> Money | None:
        """What all of them promise together."""
        if self.amount is None or self.currency is None:
            return None
        return Money(self.amount * self.count * (self.instalments or 1), self.currency)

    @property
    def left(self) -> Money | None:
        """What is expected still of all of them together, None where that is what was called."""
        if self.left_amount is None or self.currency is None:
            return None
        return Money(self.left_amount, self.currency)

    @property
    def worth(self) -> int:
        """What is expected of it, in minor units of the fund's currency."""
        return (self.base if self.left_base is None else self.left_base) or 0

    @property
    def marks(self) -> Marks:
        """What may tell it apart from another one of the same amount."""
        return Marks(self.badge, self.label)

    @property
    def is_confirmed(self) -> bool:
        """Whether a second person has confirmed it."""
        return self.checked_at is not None


# What the treasury has withdrawn whole is nobody's question at the desk.
IS_EXPECTED = func.coalesce(CallRow.left_people, CallRow.count) > 0


def by_id(session: Session, call_id: int) -> CallRow:
    """A line by its row, for whoever has one of its pledges."""
    return session.get_one(CallRow, call_id)


def by_client_id(session: Session, fund_id: int, client_id: str) -> CallRow | None:
    """The line that a browser sent before under this id."""
    query = select(CallRow).where(CallRow.fund_id == fund_id, CallRow.client_id == client_id)
    return session.scalar(query)


def by_numbers(
    session: Session, fund_id: int, numbers: Collection[int], scope: Scope
) -> dict[int, CallRow]:
    """Lines of a fund by their numbers."""
    query = select(CallRow).where(CallRow.fund_id == fund_id, CallRow.number.in_(numbers))
    query = within(query, scope, CallRow.fund_id, CallRow.section_id)
    return {row.number: row for row in session.scalars(query)}


def last_of(session: Session, fund_id: int, teller: str, limit: int) -> Sequence[CallRow]:
    """The lines that a teller typed last and has not taken back, the newest first."""
    query = (
        select(CallRow)
        .where(
            CallRow.fund_id == fund_id,
            CallRow.teller == teller,
            CallRow.state != CallState.TAKEN_BACK,
            # What is asked for already is not asked for again.
            CallRow.undo_asked_by.is_distinct_from(teller),
        )
        .order_by(CallRow.number.desc())
        .limit(limit)
    )
    return session.scalars(query).all()


def newest(
    session: Session, fund_id: int, scope: Scope, limit: int, *, teller: str | None = None
) -> Sequence[CallRow]:
    """The lines of a fund that were typed last, the newest first, perhaps those of one teller."""
    query = select(CallRow).where(CallRow.fund_id == fund_id)
    if teller is not None:
        query = query.where(CallRow.teller == teller)
    query = within(query, scope, CallRow.fund_id, CallRow.section_id)
    return session.scalars(query.order_by(CallRow.number.desc()).limit(limit)).all()


def changed_after(
    session: Session, fund_id: int, version: int, scope: Scope, *, teller: str | None = None
) -> Sequence[CallRow]:
    """The lines that changed after a version of the fund, the newest first."""
    query = select(CallRow).where(CallRow.fund_id == fund_id, CallRow.changed > version)
    if teller is not None:
        query = query.where(CallRow.teller == teller)
    query = within(query, scope, CallRow.fund_id, CallRow.section_id)
    return session.scalars(query.order_by(CallRow.number.desc()).limit(MOST_CHANGED)).all()


def to_check(session: Session, fund_id: int, scope: Scope, limit: int) -> Sequence[CallRow]:
    """What a second person has to look at, the oldest first."""
    query = (
        select(CallRow)
        .where(CallRow.fund_id == fund_id, text(f"({OPEN})"))
        # One heard twice and taken back is nobody's question any more.
        .where(CallRow.state.not_in((CallState.PARKED, CallState.BLIND, CallState.TAKEN_BACK)))
        .where(IS_EXPECTED)
        .order_by(CallRow.number)
        .limit(limit)
    )
    return session.scalars(within(query, scope, CallRow.fund_id, CallRow.section_id)).all()


def between(
    session: Session, fund_id: int, first: int, last: int, scope: Scope
) -> Sequence[CallRow]:
    """The lines between two numbers that wait for a second person."""
    query = (
        select(CallRow)
        .where(
            CallRow.fund_id == fund_id,
            CallRow.number.between(first, last),
            text(f"({OPEN})"),
            CallRow.state.in_((CallState.COUNTED, CallState.SECOND)),
            IS_EXPECTED,
        )
        .order_by(CallRow.number)
    )
    return session.scalars(within(query, scope, CallRow.fund_id, CallRow.section_id)).all()
