"""The inbox: every fact that reached us, kept before anything is done with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Index, UniqueConstraint, or_, select, update
from sqlalchemy.orm import Mapped

from fundtracker.store.base import Base, Key, Private, insert_into

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

# After so many attempts a row waits for a person.
MAX_ATTEMPTS = 8
# A row whose settler died is tried again after this long, far longer than a batch takes.
LEASE = timedelta(seconds=5)


class InboxState(StrEnum):
    """What became of a row; only `received` is still to be settled."""

    RECEIVED = "received"
    APPLIED = "applied"
    IGNORED = "ignored"
    # About something that we do not know yet; woken when it turns up.
    PARKED = "parked"
    # Contradicts what we know: a person must look.
    QUARANTINED = "quarantined"
    FAILED = "failed"


class InboxRow(Base):
    """One event, or one object as it was read from Stripe."""

    __tablename__ = "inbox"

    id: Mapped[Key]
    account: Mapped[str]
    event_id: Mapped[str]
    payload: Mapped[Private]
    state: Mapped[str]
    attempts: Mapped[int]
    due_at: Mapped[datetime]
    received_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    # The id that a parked row waits for, or why it is quarantined or failed; never personal data.
    waits_for: Mapped[str | None]
    note: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("account", "event_id"),
        Index("ix_inbox_due", "state", "due_at", "id"),
        Index("ix_inbox_waiting", "account", "waits_for"),
    )


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is put into the inbox: `event_id` is `evt_…`, or `read:…` for an object that we read."""

    account: str
    event_id: str
    payload: str = field(repr=False)


def put(session: Session, arrivals: Collection[Arrival], now: datetime) -> int:
    """Insert what is not there yet; return how many were new."""
    if not arrivals:
        return 0
    rows = [
        {
            "account": item.account,
            "event_id": item.event_id,
            "payload": item.payload,
            "state": InboxState.RECEIVED,
            "attempts": 0,
            "due_at": now,
            "received_at": now,
        }
        # In one order, so that two who put the same rows do not wait for each other.
        for item in sorted(arrivals, key=lambda item: item.event_id)
    ]
    statement = insert_into(session, InboxRow).on_conflict_do_nothing()
    # Of an INSERT of many rows, SQLAlchemy forgets how many there were unless told to remember.
    statement = statement.execution_options(preserve_rowcount=True)
    return session.connection().execute(statement, rows).rowcount


def is_due(session: Session, account: str, now: datetime) -> bool:
    """Whether there is anything to settle, asked without a lock."""
    return session.scalar(select(InboxRow.id).where(*_due(account, now)).limit(1)) is not None


def claim(session: Session, account: str, now: datetime, limit: int) -> list[int]:
    """Count an attempt on the rows that are due, oldest first, and return their ids.

    Claimed by state, never by an id cursor: ids commit out of order. A row that was tried before
    raised, or killed the process: its turn comes alone. While it is tried, nobody else claims it.
    """
    due = (
        select(InboxRow.id, InboxRow.attempts)
        .where(*_due(account, now))
        .order_by(InboxRow.due_at, InboxRow.id)
        .limit(limit)
    )
    rows = session.execute(due).all()
    was_tried = bool(rows) and rows[0].attempts > 0
    ids = [rows[0].id] if was_tried else [row.id for row in rows if not row.attempts]
    if ids:
        session.execute(
            update(InboxRow)
            .where(InboxRow.id.in_(ids))
            .values(attempts=InboxRow.attempts + 1, due_at=now + LEASE),
        )
    return ids


def give_up(session: Session, account: str, now: datetime) -> list[int]:
    """Fail the rows whose attempts never came to an end, eight times; return their ids."""
    statement = (
        update(InboxRow)
        .where(*_due(account, now), InboxRow.attempts >= MAX_ATTEMPTS)
        .values(state=InboxState.FAILED, note="no attempt came to an end")
        .returning(InboxRow.id)
    )
    return list(session.scalars(statement))


def _due(account: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        InboxRow.state == InboxState.RECEIVED,
        InboxRow.due_at <= now,
        InboxRow.account == account,
    )


def still_received(session: Session, ids: Sequence[int]) -> list[InboxRow]:
    """The claimed rows that nobody settled meanwhile, oldest first."""
    query = (
        select(InboxRow)
        .where(InboxRow.id.in_(ids), InboxRow.state == InboxState.RECEIVED)
        .order_by(InboxRow.id)
    )
    return list(session.scalars(query))


def wake(session: Session, account: str, known: Collection[str], now: datetime) -> None:
    """Let rows that were parked for ids that are known now be settled."""
    if known:
        session.execute(
            update(InboxRow)
            .where(
                InboxRow.account == account,
                InboxRow.waits_for.in_(known),
                InboxRow.state == InboxState.PARKED,
            )
            .values(state=InboxState.RECEIVED, attempts=0, due_at=now, waits_for=None),
        )


def uncount(session: Session, ids: Sequence[int], now: datetime) -> None:
    """Take back an attempt that the database, not the rows, made fail."""
    session.execute(
        update(InboxRow)
        # If the commit went through and only its answer was lost, there is nothing to take back.
        .where(
            InboxRow.id.in_(ids),
            InboxRow.state == InboxState.RECEIVED,
            InboxRow.attempts > 0,
        )
        .values(attempts=InboxRow.attempts - 1, due_at=now),
    )


def put_off(session: Session, row_id: int, now: datetime, note: str) -> InboxState:
    """Try a row that raised again later, twice as late each time; give up after eight attempts."""
    attempts = session.scalar(select(InboxRow.attempts).where(InboxRow.id == row_id)) or 1
    state = InboxState.FAILED if attempts >= MAX_ATTEMPTS else InboxState.RECEIVED
    due_at = now + timedelta(seconds=2**attempts)
    session.execute(
        update(InboxRow).where(InboxRow.id == row_id).values(state=state, due_at=due_at, note=note),
    )
    return state


def lock(session: Session, row_id: int) -> None:
    """Let nobody else act on a row until the end of this unit of work."""
    session.execute(select(InboxRow.id).where(InboxRow.id == row_id).with_for_update())


def change(session: Session, row_id: int, values: Mapping[str, object]) -> None:
    """Write what a person decided about a row."""
    session.execute(update(InboxRow).where(InboxRow.id == row_id).values(values))


def forget(session: Session, now: datetime) -> int:
    """Empty payloads thirty days after they were applied; return how many."""
    old = now - timedelta(days=30)
    result = session.execute(
        update(InboxRow)
        .where(
            InboxRow.payload.is_not(None),
            or_(InboxRow.state == InboxState.APPLIED, InboxRow.state == InboxState.IGNORED),
            InboxRow.settled_at < old,
        )
        .values(payload=None),
    )
    return result.rowcount  # type: ignore[attr-defined,no-any-return]
