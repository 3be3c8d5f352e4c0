"""The outbox: mails that wait to be sent, and when those that were have gone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlalchemy.orm import Mapped

from fundtracker.store.base import Base, Key, Private

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

# What could not be sent for so long is of no use any more: links have ended.
KEPT = timedelta(days=14)


class MailRow(Base):
    """A mail; `content` says to whom and what, and is emptied as soon as it was sent."""

    __tablename__ = "mail"

    id: Mapped[Key]
    written_at: Mapped[datetime]
    content: Mapped[Private]
    sent_at: Mapped[datetime | None]


def put(session: Session, content: str, now: datetime) -> int:
    """Keep a mail until it is sent; return its id."""
    row = MailRow(content=content, written_at=now)
    session.add(row)
    session.flush()
    return row.id


def content(session: Session, mail_id: int) -> str | None:
    """What a mail says, or None once it was sent."""
    return session.get_one(MailRow, mail_id).content


def mark_sent(session: Session, mail_id: int, now: datetime) -> None:
    """Remember that a mail has gone, and forget what it said."""
    row = session.get_one(MailRow, mail_id)
    row.content = None
    row.sent_at = now


def forget(session: Session, now: datetime) -> int:
    """Empty what could not be sent for long; return how many mails that were."""
    found = session.scalars(
        update(MailRow)
        .where(MailRow.written_at < now - KEPT, MailRow.content.is_not(None))
        .values(content=None)
        .returning(MailRow.id),
    )
    return len(found.all())
