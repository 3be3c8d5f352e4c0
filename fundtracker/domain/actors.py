"""Who did something, as it stands in journals and logs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    """What sort of being acts."""

    DONOR = "donor"
    STRIPE = "stripe"
    WORKER = "worker"
    COMMAND = "command"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that acts; `name` is empty where none is known or wanted.

    `place` is from where, for the audit log alone: it stands in no journal.
    """

    kind: ActorKind
    name: str = ""
    place: str = ""

    @classmethod
    def donor(cls) -> Actor:
        """Return somebody who gives; never named here, for donors may be anonymous."""
        return cls(ActorKind.DONOR)

    @classmethod
    def stripe(cls) -> Actor:
        """Return the payment provider."""
        return cls(ActorKind.STRIPE)

    @classmethod
    def worker(cls) -> Actor:
        """Return the background process."""
        return cls(ActorKind.WORKER)

    @classmethod
    def command(cls, user: str) -> Actor:
        """Return the person at the command line, by the name of their account."""
        return cls(ActorKind.COMMAND, user)

    @classmethod
    def staff(cls, token: str, place: str = "") -> Actor:
        """Return a member of staff by their token, which outlives their name in journals."""
        return cls(ActorKind.STAFF, token, place)

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else str(self.kind)
