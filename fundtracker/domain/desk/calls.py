"""A call in the books of the desk: how it stands, and when two calls look like one."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from fundtracker.domain.desk.values import Refused
from fundtracker.domain.errors import N_
from fundtracker.domain.money import Money, currency

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fundtracker.domain.rates import Rate

# Two tellers hear the same person within so long.
LIKE_ANOTHER = timedelta(minutes=2)
# Two keyers who type the same are at most so far apart.
KEYED_TWICE = timedelta(minutes=15)


class CallState(StrEnum):
    """What a call counts for."""

    # Its pledges are in the number.
    COUNTED = "counted"
    # Kept as it was typed, and not counted: unclear, conditional, matching.
    PARKED = "parked"
    # Not counted until a second person has seen it.
    SECOND = "second"
    # Taken back: by whom it was typed, by a second person, or for another line instead of it.
    TAKEN_BACK = "taken_back"
    # Typed by the second of two keyers, who never counts and only confirms.
    BLIND = "blind"


class Marks(NamedTuple):
    """What can tell two calls of the same amount apart."""

    badge: str | None
    label: str | None

    def differ(self, other: Marks) -> bool:
        """Whether these are two people for certain."""
        pairs = zip(self, other, strict=True)
        return any(mine and theirs and mine != theirs for mine, theirs in pairs)


def left_of(announced: Money, has: int, rate: Rate, base: str) -> Money:
    """Return what is missing to an announced total, in its own currency; raises Refused.

    `has` is what the section has, in minor units of `base`, the fund's currency.
    """
    missing = rate.to_base(announced, base).minor - has
    left = rate.from_base(Money(max(missing, 0), base), announced.currency)
    step = currency(announced.currency).step
    left = Money(left.minor - left.minor % step, announced.currency)
    if not left.minor:
        raise Refused(
            N_("The section has %(has)s already: nothing is left of %(announced)s."),
            has=Money(has, base),
            announced=announced,
        )
    return left


def initials(name: str) -> str:
    """Return by what a teller stands on a line: one letter of the first and of the last name."""
    words = name.split()
    ends: Iterable[str] = dict.fromkeys((words[0], words[-1])) if words else ()
    return "".join(word[0] for word in ends).upper()
