"""Who is asking: the member of staff whose session the cookie names, if any."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from flask import session as cookie
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from fundtracker.domain.errors import Busy, NotSignedIn
from fundtracker.domain.staff import NOTICED
from fundtracker.services.sessions import digest, is_alive, notice_session
from fundtracker.store import staff
from fundtracker.web.context import parts

if TYPE_CHECKING:
    from flask import Flask

    from fundtracker.domain.staff import Visitor
    from fundtracker.services.parts import Parts

login = LoginManager()
# The library's own protection guesses from addresses and browsers; ours is the row of the session.
login.session_protection = None


class SignedIn(UserMixin):  # type: ignore[misc] # the library has no types
    """What the library keeps of a visitor: the key of the session, which the cookie carries."""

    def __init__(self, key: str, visitor: Visitor) -> None:
        self.id = key
        self.visitor = visitor


def setup_identity(app: Flask) -> None:
    """Know staff by their cookie; read once for each request that asks."""
    login.init_app(app)
    login.user_loader(load)


def visitor() -> Visitor | None:
    """Return who asks, or None for somebody who is not signed in."""
    # The proxy answers for anybody; only who signed in here is one of the staff.
    return getattr(current_user, "visitor", None)


def load(key: str) -> SignedIn | None:
    """Find a session that has not ended, with the grants that hold at this moment."""
    now = parts().clock()
    with parts().database.reading() as session:
        found = staff.visitor_of(session, digest(key), now)
    if found is None:
        return None
    if now - found.seen_at >= NOTICED:
        # Nobody is kept from reading because the database is busy with writing.
        with suppress(Busy), parts().database.unit_of_work() as session:
            notice_session(session, found.session_id, now)
    return SignedIn(key, found)


def admit(key: str) -> None:
    """Let the cookie carry the key of a session, and nothing of what it carried before.

    A cookie that somebody planted, with its token against forged forms, is worth nothing then.
    """
    cookie.clear()
    found = load(key)
    if found is None:
        raise NotSignedIn
    login_user(found)


def replace_key(key: str) -> None:
    """Let the cookie carry a new key of the same session."""
    cookie["_user_id"] = key


def dismiss() -> None:
    """Forget at this browser who was signed in."""
    logout_user()
    cookie.clear()


def still_in(held: Parts, session_id: int) -> bool:
    """Tell whether a visitor's session goes on; a long stream asks before each beat.

    A stream outlives its request, so it holds the parts itself.
    """
    with held.database.reading() as session:
        return is_alive(session, session_id, held.clock())
