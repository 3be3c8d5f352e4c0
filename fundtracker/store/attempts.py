"""Attempts to prove who somebody is: counted before they are judged, forgiven if right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, text

from fundtracker.store.base import fingerprints, kind_of
from fundtracker.store.staff import AttemptRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.attempts import Limit


def count(session: Session, limit: Limit, now: datetime) -> int:
    """How many attempts a limit knows of."""
    query = select(func.count()).where(
        AttemptRow.subject == _subject(session, limit),
        AttemptRow.at > now - limit.within,
    )
    return session.scalar(query) or 0


def add(session: Session, limits: Sequence[Limit], now: datetime) -> list[int]:
    """Count an attempt against each limit; return the ids by which it can be forgiven."""
    rows = [
        AttemptRow(subject=_subject(session, limit), at=now, expires_at=now + limit.within)
        for limit in limits
    ]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def forgive(session: Session, ids: Collection[int]) -> None:
    """Count attempts no more: they were right."""
    session.execute(delete(AttemptRow).where(AttemptRow.id.in_(ids)))


def clear(session: Session, limit: Limit) -> None:
    """Forget every attempt that a limit knows of."""
    session.execute(delete(AttemptRow).where(AttemptRow.subject == _subject(session, limit)))


def forget(session: Session, now: datetime) -> None:
    """Delete what no limit looks back to."""
    session.execute(delete(AttemptRow).where(AttemptRow.expires_at < now))


def lock(session: Session, limits: Sequence[Limit]) -> None:
    """Be the only one who counts these until the end of the unit of work.

    Otherwise a hundred who ask at the same moment all find nothing counted yet.
    """
    if kind_of(session) != "postgresql":
        return  # SQLite's writer is alone anyway
    for subject in sorted(_subject(session, limit) for limit in limits):
        session.execute(
            text("SELECT pg_advisory_xact_lock(hashtext(:subject), 1)"), {"subject": subject}
        )


def _subject(session: Session, limit: Limit) -> str:
    return fingerprints(session, f"attempt:{limit.name}")[0]
