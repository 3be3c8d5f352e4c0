"""Sessions of staff: begun when somebody has proved who they are, ended for good."""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import update

from fundtracker.domain.errors import NotSignedIn
from fundtracker.domain.roles import needs_second_factor
from fundtracker.domain.staff import HALF_LASTS, LASTS
from fundtracker.store import staff
from fundtracker.store.staff import StaffSessionRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.store.staff import StaffRow


def digest(key: str) -> str:
    """Return what the database keeps of a session's key, which only the cookie carries."""
    return sha256(key.encode()).hexdigest()


def begin_session(session: Session, row: StaffRow, now: datetime, *, proved: bool) -> str:
    """Sign somebody in at a browser and return the key for its cookie.

    While a second factor is asked for and not yet shown, the session lasts a short time only.
    """
    asked = staff.has_factor(session, row) or needs_second_factor(staff.grants_of(session, row.id))
    key = secrets.token_urlsafe(32)
    session.add(
        StaffSessionRow(
            key=digest(key),
            staff_id=row.id,
            created_at=now,
            seen_at=now,
            expires_at=now + (LASTS if proved or not asked else HALF_LASTS),
            proved_at=now if proved else None,
        ),
    )
    return key


def prove_session(session: Session, session_id: int, now: datetime) -> str:
    """Take note that the second factor was shown, and return a new key for the cookie.

    The old key was good for half as much: whoever knew it must not rise with the person. However
    often the factor is shown, the session ends when it would have ended. Raises NotSignedIn where
    it has ended meanwhile.
    """
    if not is_alive(session, session_id, now):
        raise NotSignedIn
    key = secrets.token_urlsafe(32)
    row = session.get_one(StaffSessionRow, session_id)
    row.key = digest(key)
    row.proved_at = row.seen_at = now
    row.expires_at = row.created_at + LASTS
    row.offered_secret = None
    return key


def notice_session(session: Session, session_id: int, now: datetime) -> None:
    """Take note that a session is in use."""
    session.execute(
        update(StaffSessionRow).where(StaffSessionRow.id == session_id).values(seen_at=now),
    )


def end_session(session: Session, session_id: int, now: datetime) -> None:
    """Sign out at one browser."""
    session.execute(
        update(StaffSessionRow)
        .where(StaffSessionRow.id == session_id, StaffSessionRow.ended_at.is_(None))
        .values(ended_at=now),
    )


def end_sessions(
    session: Session, staff_id: int, now: datetime, *, keep: int | None = None
) -> None:
    """Sign somebody out everywhere, but for the session with the id `keep`."""
    query = update(StaffSessionRow).where(
        StaffSessionRow.staff_id == staff_id, StaffSessionRow.ended_at.is_(None)
    )
    if keep is not None:
        query = query.where(StaffSessionRow.id != keep)
    session.execute(query.values(ended_at=now))


def is_alive(session: Session, session_id: int, now: datetime) -> bool:
    """Tell whether a session goes on: what a long stream asks before each beat."""
    return staff.is_alive(session, session_id, now)
