"""Who is asking: the member of staff whose session the cookie names, if any."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from flask_login import LoginManager, UserMixin, current_user

from fundtracker.store import staff
from fundtracker.web.context import parts

if TYPE_CHECKING:
    from flask import Flask

    from fundtracker.domain.staff import Visitor

login = LoginManager()


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


def digest(key: str) -> str:
    """Return what the database keeps of a session's key."""
    return sha256(key.encode()).hexdigest()


def load(key: str) -> SignedIn | None:
    """Find a session that has not ended, with the grants that hold at this moment."""
    with parts().database.reading() as session:
        found = staff.visitor_of(session, digest(key), parts().clock())
    return None if found is None else SignedIn(key, found)
