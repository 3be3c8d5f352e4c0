"""Exports that were asked for: made as jobs, fetched by their owner, gone after a while."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.store.base import Base, Encrypted, Key

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

# More than anybody looks through; they are gone after a week anyway.
MOST_LISTED = 100


class ExportRow(Base):
    """A file that somebody asked for.

    `query` holds its filters as they stand in an address: a reference may be among them. `scope`
    and `names` are where its owner might read rows, and names, when it was made. `ready_at` is
    when the file was there, `failed_at` when it was given up, `problem` why, in a sentence.
    """

    __tablename__ = "export"

    id: Mapped[Key]
    token: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    kind: Mapped[str]
    format: Mapped[str]
    query: Mapped[str] = mapped_column(Encrypted)
    personal: Mapped[bool]
    scope: Mapped[str]
    names: Mapped[str]
    asked_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    problem: Mapped[str | None]
    expires_at: Mapped[datetime]
    rows: Mapped[int | None]
    size: Mapped[int | None]


def by_token(session: Session, token: str, now: datetime) -> ExportRow | None:
    """The export with this token, whoever asked for it, unless its time is over."""
    query = select(ExportRow).where(ExportRow.token == token, ExportRow.expires_at > now)
    return session.scalar(query)


def of_member(session: Session, staff_id: int, now: datetime) -> list[ExportRow]:
    """What a member of staff asked for, the newest first."""
    query = (
        select(ExportRow)
        .where(ExportRow.staff_id == staff_id, ExportRow.expires_at > now)
        .order_by(ExportRow.id.desc())
        .limit(MOST_LISTED)
    )
    return list(session.scalars(query))


def waiting(session: Session, staff_id: int, since: datetime) -> int:
    """How many of somebody's exports are still to be made, of those asked for since a time."""
    query = select(func.count()).where(
        ExportRow.staff_id == staff_id,
        ExportRow.asked_at > since,
        ExportRow.ready_at.is_(None),
        ExportRow.failed_at.is_(None),
    )
    return session.scalar(query) or 0


def tokens(session: Session) -> set[str]:
    """The tokens of all exports that are kept."""
    return set(session.scalars(select(ExportRow.token)))


def forget(session: Session, now: datetime) -> None:
    """Delete the rows of exports whose time is over; the audit log remembers them."""
    session.execute(delete(ExportRow).where(ExportRow.expires_at <= now))
