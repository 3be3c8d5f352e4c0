"""What follows whenever the way in which somebody signs in was changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.attempts import guesses_limit
from fundtracker.services.links import LinkKind, end_links
from fundtracker.services.notify import notify
from fundtracker.services.sessions import end_sessions
from fundtracker.store import attempts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.services.parts import Parts
    from fundtracker.store.staff import StaffRow


def changed_way_in(
    session: Session, parts: Parts, row: StaffRow, *, keep: int | None = None
) -> None:
    """End every other session and link of somebody, and tell them by mail that it happened.

    If it was not they who did it, they hear of it, and whoever did holds nothing else. Whoever
    guessed codes knew the password before this one, or guessed at another secret.
    """
    now = parts.clock()
    end_sessions(session, row.id, now, keep=keep)
    for kind in LinkKind:
        end_links(session, parts, row.id, kind)
    attempts.clear(session, guesses_limit(row.token))
    notify(session, parts, "changed", row.email, name=row.name, changed_at=now)
