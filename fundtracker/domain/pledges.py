"""How a pledge stands: promised in instalments, paid in parts, open, overdue."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import accumulate
from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fundtracker.domain.money import Money

_MONTHS = 12
# In minor units of the fund's currency: thousands of it still fit the columns of the sums.
MOST_COUNTED = 10**15


class PledgeSource(StrEnum):
    """Where a pledge was made."""

    FLOOR = "floor"
    ONLINE = "online"
    # By the treasurer of a section.
    SECTION = "section"

    @property
    def label(self) -> str:
        """The place in words, to be translated."""
        return _SOURCES[self]


_SOURCES = {
    PledgeSource.FLOOR: N_("in the hall"),
    PledgeSource.ONLINE: N_("online"),
    PledgeSource.SECTION: N_("by the section"),
}


class PledgeStatus(StrEnum):
    """What was decided about a pledge; how far it is paid is derived, never decided."""

    # Counted in a layer of its own until somebody has checked it, or its e-mail was answered.
    UNCONFIRMED = "unconfirmed"
    OPEN = "open"
    # By the one who promised.
    CANCELLED = "cancelled"
    # By the treasurer, who no longer expects it.
    WRITTEN_OFF = "written_off"

    @property
    def label(self) -> str:
        """The status in words, to be translated."""
        return _LABELS[self]


_LABELS = {
    PledgeStatus.UNCONFIRMED: N_("being checked"),
    PledgeStatus.OPEN: N_("open"),
    PledgeStatus.CANCELLED: N_("withdrawn"),
    PledgeStatus.WRITTEN_OFF: N_("written off"),
}


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of a pledge, and the day by which it is due."""

    due: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a pledge is paid on a day; `open` is zero for what is not expected any more."""

    promised: Money
    paid: Money
    open: Money
    overdue: Money
    next_due: date | None

    @property
    def is_paid(self) -> bool:
        """Whether everything that was promised has come; more may have."""
        return self.paid >= self.promised

    @property
    def is_part_paid(self) -> bool:
        """Whether something has come, and not all of it."""
        return self.open.minor > 0 and self.paid.minor > 0

    @property
    def is_overdue(self) -> bool:
        """Whether something should have come by now."""
        return self.overdue.minor > 0


def schedule(promised: Money, parts: int, first: date) -> tuple[Instalment, ...]:
    """Split a promise into monthly parts from a day on, losing no cent.

    What is due on the 31st is due on the last day of a month that is shorter.
    """
    return tuple(
        Instalment(_months_later(first, number), amount)
        for number, amount in enumerate(promised.split(parts))
    )


def standing(
    status: PledgeStatus, instalments: Sequence[Instalment], paid: Money, today: date
) -> Standing:
    """Derive how a pledge stands; what was paid goes to the instalments in their order.

    Only money of the pledge's own currency decides, at whatever rate other money was taken.
    """
    nothing = paid - paid
    promised = sum((part.amount for part in instalments), nothing)
    expected = status in {PledgeStatus.OPEN, PledgeStatus.UNCONFIRMED}
    if not expected:
        return Standing(promised, paid, nothing, nothing, None)
    due = sum((part.amount for part in instalments if part.due < today), nothing)
    sums = accumulate(part.amount for part in instalments)
    return Standing(
        promised=promised,
        paid=paid,
        open=max(nothing, promised - paid),
        overdue=max(nothing, due - paid),
        next_due=next(
            (part.due for part, sum_ in zip(instalments, sums, strict=True) if sum_ > paid), None
        ),
    )


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, _MONTHS)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
