"""Jobs: what is to be done later, once each; and cursors, how far a reading has come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Index, Select, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from fundtracker.store.base import Base, Key, insert_into, save_all

if TYPE_CHECKING:
    from collections.abc import Collection

# A job whose worker died is free again after this long.
LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 8


class JobRow(Base):
    """One thing to do: `key` makes it one, `lease_until` says that somebody is at it.

    `every` (seconds) makes it come again. `subject` is an id, never personal data.
    """

    __tablename__ = "job"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    subject: Mapped[str]
    due_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    every: Mapped[int | None]
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    note: Mapped[str | None]

    __table_args__ = (Index("ix_job_due", "done_at", "failed_at", "due_at"),)


class CursorRow(Base):
    """How far a list of Stripe's has been read; moves in the commit that stores what was read."""

    __tablename__ = "cursor"

    account: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


def enqueue(
    session: Session,
    key: str,
    kind: str,
    subject: str,
    due_at: datetime,
    every: int | None = None,
) -> None:
    """Add a job unless one of that key exists."""
    rows = {"key": key, "kind": kind, "subject": subject, "due_at": due_at, "every": every}
    statement = insert_into(session, JobRow).values(attempts=0, **rows)
    session.execute(statement.on_conflict_do_nothing())


def exists(session: Session, key: str) -> bool:
    """Whether there is, or was, a job of that key."""
    return session.scalar(select(JobRow.id).where(JobRow.key == key)) is not None


def is_due(session: Session, now: datetime, kinds: Collection[str] | None = None) -> bool:
    """Whether there is anything to do, of these kinds or of any, asked without a lock."""
    return session.scalar(_due(now, kinds)) is not None


def lease(session: Session, now: datetime, kinds: Collection[str] | None = None) -> JobRow | None:
    """Take the job that is due longest and that nobody is at, of these kinds or of any."""
    job = session.scalar(_due(now, kinds).with_for_update(skip_locked=True))
    if job is None:
        return None
    if job.every is None and job.attempts >= MAX_ATTEMPTS:
        # Each time its worker died: put_off was never reached.
        job.failed_at = now
        job.note = "no attempt came to an end"
        return None
    job.lease_until = now + LEASE
    job.attempts += 1
    return job


def _due(now: datetime, kinds: Collection[str] | None) -> Select[JobRow]:
    query = select(JobRow).where(
        JobRow.done_at.is_(None),
        JobRow.failed_at.is_(None),
        JobRow.due_at <= now,
        func.coalesce(JobRow.lease_until, JobRow.due_at) <= now,
    )
    if kinds is not None:
        query = query.where(JobRow.kind.in_(kinds))
    return query.order_by(JobRow.due_at, JobRow.id).limit(1)


def renew(session: Session, key: str, now: datetime) -> None:
    """Keep the job of that key for longer: what is at it is not done yet, and not dead."""
    session.execute(update(JobRow).where(JobRow.key == key).values(lease_until=now + LEASE))


def finish(session: Session, job_id: int, now: datetime) -> None:
    """Mark a job as done, or set it to come again."""
    job = session.get_one(JobRow, job_id)
    job.lease_until = None
    job.note = None
    if job.every is None:
        job.done_at = now
    else:
        job.attempts = 0
        job.due_at = now + timedelta(seconds=job.every)


def put_off(session: Session, job_id: int, now: datetime, note: str) -> None:
    """Try again later, twice as late each time; a job that does not recur gives up after eight."""
    job = session.get_one(JobRow, job_id)
    job.lease_until = None
    job.note = note
    job.due_at = now + timedelta(seconds=min(2**job.attempts, 300))
    if job.every is None and job.attempts >= MAX_ATTEMPTS:
        job.failed_at = now


def locked(session: Session, job_id: int) -> JobRow | None:
    """One job, on which nobody else acts until the end of this unit of work."""
    return session.get(JobRow, job_id, with_for_update=True)


def start_anew(job: JobRow, now: datetime) -> None:
    """Let a job that was given up be done from its first attempt."""
    job.failed_at = job.lease_until = job.note = None
    job.attempts = 0
    job.due_at = now


def cursor(session: Session, account: str, name: str) -> str | None:
    """Where a reading stands."""
    found = session.get(CursorRow, (account, name))
    return None if found is None else found.value


def move_cursor(session: Session, account: str, name: str, value: str) -> None:
    """Remember where a reading stands."""
    save_all(session, CursorRow, [{"account": account, "name": name, "value": value}])
