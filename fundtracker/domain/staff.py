"""A member of staff who is signed in, and what that permits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from fundtracker.domain.actors import Actor
from fundtracker.domain.roles import Permission, needs_second_factor, permissions, scope

if TYPE_CHECKING:
    from datetime import datetime

    from fundtracker.domain.roles import Grant
    from fundtracker.domain.scope import Scope

# For so long a second factor counts as just shown, before something that cannot be undone.
FRESH = timedelta(minutes=10)
# A session ends after so long, and earlier if nobody uses it; seen once in a while is enough.
LASTS = timedelta(hours=12)
IDLE = timedelta(hours=2)
NOTICED = timedelta(minutes=5)
# Between the password and the second factor, which may have to be set up first.
HALF_LASTS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody of the staff at one browser; `proved_at` is when the second factor was shown last.

    `has_factor` says whether there is a second factor to show at all.
    """

    staff_id: int
    token: str
    name: str
    session_id: int
    grants: tuple[Grant, ...]
    has_factor: bool
    proved_at: datetime | None
    seen_at: datetime

    @property
    def needs_factor(self) -> bool:
        """Whether a password alone is not enough for the grants."""
        return needs_second_factor(self.grants)

    @property
    def is_complete(self) -> bool:
        """Whether everything was proved that the grants ask for."""
        if not self.has_factor:
            return not self.needs_factor
        return self.proved_at is not None

    def is_fresh(self, now: datetime) -> bool:
        """Whether the second factor was shown a moment ago."""
        return self.proved_at is not None and now - self.proved_at < FRESH

    def may(self, permission: Permission) -> bool:
        """Tell whether something is permitted anywhere at all."""
        return permission in permissions(self.grants)

    def scope(self, permission: Permission) -> Scope:
        """Return where it is permitted."""
        return scope(self.grants, permission)

    def actor(self, place: str = "") -> Actor:
        """Return who acts, for journals and the audit log."""
        return Actor.staff(self.token, place)
