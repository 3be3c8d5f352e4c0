"""What went to and fro between us and whoever promised: links, reminders, answers."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain.pledges import PledgeSource, PledgeStatus
from fundtracker.store.base import KEY, Base, insert_into
from fundtracker.store.pledges import PledgeRow

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from fundtracker.domain.reminders import Stage

# The link has long ended by then, and a treasurer has had the time to ask.
KEPT = timedelta(days=30)


class PledgeContactRow(Base):
    """How we are in touch with whoever made a pledge.

    `link_key` is the digest of the link that waits for its address to answer until `link_until`;
    `answered_at` says that it did. Who has `stopped_at` is not written to any more, and who
    `said_paid_at` not before a treasurer has looked.
    """

    __tablename__ = "pledge_contact"

    pledge_id: Mapped[int] = mapped_column(KEY, ForeignKey("pledge.id"), primary_key=True)
    link_key: Mapped[str | None] = mapped_column(unique=True)
    link_until: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    said_paid_at: Mapped[datetime | None]


class PledgeReminderRow(Base):
    """Something that was due about a part of a pledge: a mail, or a task for the treasurer.

    Each comes once: its key makes it one.
    """

    __tablename__ = "pledge_reminder"

    pledge_id: Mapped[int] = mapped_column(KEY, ForeignKey("pledge.id"), primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


def of_pledge(session: Session, pledge_id: int) -> PledgeContactRow:
    """The contact of a pledge that is locked; an empty one for a pledge that had none."""
    statement = insert_into(session, PledgeContactRow).values(pledge_id=pledge_id)
    session.execute(statement.on_conflict_do_nothing())
    return session.get_one(PledgeContactRow, pledge_id)


def is_named(session: Session, pledge_id: int) -> bool:
    """Whether a name is written on a pledge, which is not read for it."""
    query = select(PledgeRow.name.is_not(None)).where(PledgeRow.id == pledge_id)
    return bool(session.scalar(query))


def of_same_address(session: Session, row: PledgeRow) -> list[int]:
    """The ids of what the address of a pledge promised online in its fund, this one included."""
    query = select(PledgeRow.id).where(
        PledgeRow.fund_id == row.fund_id,
        PledgeRow.source == PledgeSource.ONLINE,
        PledgeRow.email_key == row.email_key,
    )
    return sorted({row.id, *session.scalars(query)})


def counted_since(session: Session, fund_id: int, since: datetime, *, each_up_to: int) -> int:
    """The sum of promises of a fund that count since a moment because their addresses answered.

    In its minor units, of those up to a sum each: the larger ones a treasurer has let through.
    """
    query = select(func.coalesce(func.sum(PledgeRow.base), 0)).where(
        PledgeRow.fund_id == fund_id,
        PledgeRow.source == PledgeSource.ONLINE,
        PledgeRow.counted,
        PledgeRow.base <= each_up_to,
        PledgeRow.confirmed_at > since,
    )
    return int(session.scalar(query) or 0)


def of_pledges(session: Session, pledge_ids: Collection[int]) -> dict[int, PledgeContactRow]:
    """The contacts of those of these pledges that have one."""
    query = select(PledgeContactRow).where(PledgeContactRow.pledge_id.in_(pledge_ids))
    return {row.pledge_id: row for row in session.scalars(query)}


def of_link(session: Session, key: str, now: datetime) -> PledgeContactRow | None:
    """The contact that a link belongs to, while the link holds."""
    query = select(PledgeContactRow).where(
        PledgeContactRow.link_key == key, PledgeContactRow.link_until > now
    )
    return session.scalar(query)


def reminders(session: Session, pledge_ids: Collection[int]) -> dict[int, list[PledgeReminderRow]]:
    """What was due about these pledges before, by pledge, oldest first."""
    query = select(PledgeReminderRow).where(PledgeReminderRow.pledge_id.in_(pledge_ids))
    found: dict[int, list[PledgeReminderRow]] = {}
    for row in session.scalars(query.order_by(PledgeReminderRow.at)):
        found.setdefault(row.pledge_id, []).append(row)
    return found


def remember(session: Session, pledge_id: int, due_on: date, stage: Stage, now: datetime) -> bool:
    """Write down that a stage has come; False if it is there already: somebody was quicker."""
    row = {"pledge_id": pledge_id, "due_on": due_on, "stage": str(stage), "at": now}
    statement = insert_into(session, PledgeReminderRow).values(**row).on_conflict_do_nothing()
    return session.scalar(statement.returning(PledgeReminderRow.stage)) is not None


def unanswered(session: Session, now: datetime, limit: int) -> list[PledgeRow]:
    """The first promises that nobody confirmed for long, locked in the order of their ids."""
    query = (
        select(PledgeRow)
        .where(
            PledgeRow.source == PledgeSource.ONLINE,
            PledgeRow.status == PledgeStatus.UNCONFIRMED,
            PledgeRow.confirmed_at.is_(None),
            PledgeRow.counted.is_(False),
            PledgeRow.made_at < now - KEPT,
        )
        .order_by(PledgeRow.id)
        .limit(limit)
        .with_for_update()
    )
    return list(session.scalars(query))
