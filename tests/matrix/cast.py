"""Who asks: every role, where it makes a difference within all, one fund, or one section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.roles import Grant, Role

if TYPE_CHECKING:
    from tests.matrix.world import World

OWN = "SE"
# Those of whom something is kept back, each in another way.
LIMITED = (
    "central treasurer of the hall",
    "auditor of the hall",
    "treasurer of SE",
    "treasurer of SE, auditor of strike",
)


def cast(world: World) -> dict[str, tuple[Grant, ...]]:
    """Return the grants of everybody, by what they are called."""
    hall, own = world.place("hall", OWN).fund_id, world.place("hall", OWN).section_id
    strike = world.place("strike", OWN).fund_id
    return {
        "administrator": (Grant(Role.ADMINISTRATOR),),
        "central treasurer": (Grant(Role.CENTRAL_TREASURER),),
        "central treasurer of the hall": (Grant(Role.CENTRAL_TREASURER, hall),),
        "auditor": (Grant(Role.AUDITOR),),
        "auditor of the hall": (Grant(Role.AUDITOR, hall),),
        "auditor who sees names": (Grant(Role.AUDITOR, sees_names=True, sees_emails=True),),
        "treasurer of SE": (Grant(Role.SECTION_TREASURER, None, own),),
        "treasurer of SE in the hall": (Grant(Role.SECTION_TREASURER, hall, own),),
        "treasurer of SE who sees names": (
            Grant(Role.SECTION_TREASURER, None, own, sees_names=True, sees_emails=True),
        ),
        # One grant must not widen another, and names of one reach not show in the other.
        "treasurer of SE, auditor of strike": (
            Grant(Role.SECTION_TREASURER, hall, own, sees_names=True),
            Grant(Role.AUDITOR, strike),
        ),
        # Reads more than may be changed.
        "auditor, central treasurer of the hall": (
            Grant(Role.AUDITOR),
            Grant(Role.CENTRAL_TREASURER, hall),
        ),
        "teller": (Grant(Role.TELLER),),
        "teller of the hall": (Grant(Role.TELLER, hall),),
        "screen operator": (Grant(Role.SCREEN_OPERATOR),),
        "somebody without a role": (),
    }
