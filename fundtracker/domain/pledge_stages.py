"""Where a pledge stands on a day, in one word, and how long what is open of it has been due."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_
from fundtracker.domain.pledges import PledgeStatus

if TYPE_CHECKING:
    from fundtracker.domain.pledges import Standing

_STEP = 30


class Stage(StrEnum):
    """What was decided about a pledge and, while it is expected, how far it is paid."""

    UNCONFIRMED = "unconfirmed"
    OPEN = "open"
    PART_PAID = "part_paid"
    OVERDUE = "overdue"
    PAID = "paid"
    CANCELLED = "cancelled"
    WRITTEN_OFF = "written_off"

    @property
    def label(self) -> str:
        """The word for people, to be translated."""
        return _STAGES[self]


_STAGES = {
    Stage.UNCONFIRMED: PledgeStatus.UNCONFIRMED.label,
    Stage.OPEN: PledgeStatus.OPEN.label,
    Stage.PART_PAID: N_("part-paid"),
    Stage.OVERDUE: N_("overdue"),
    Stage.PAID: N_("paid"),
    Stage.CANCELLED: PledgeStatus.CANCELLED.label,
    Stage.WRITTEN_OFF: PledgeStatus.WRITTEN_OFF.label,
}


class Age(StrEnum):
    """How many days ago an instalment was due that is not paid."""

    NOT_DUE = "not_due"
    TO_30 = "1-30"
    TO_60 = "31-60"
    TO_90 = "61-90"
    OVER_90 = "over_90"

    @property
    def label(self) -> str:
        """The days in words, to be translated."""
        return _AGES[self]

    def between(self, today: date) -> tuple[date | None, date | None]:
        """The first and the last day on which such an instalment was due; None for no end."""
        if self is Age.NOT_DUE:
            return today, None
        step = _OVERDUE.index(self)
        until = today - timedelta(days=_STEP * step + 1)
        since = today - timedelta(days=_STEP * (step + 1))
        return (None if self is Age.OVER_90 else since), until


_OVERDUE = (Age.TO_30, Age.TO_60, Age.TO_90, Age.OVER_90)
_AGES = {
    Age.NOT_DUE: N_("not due yet"),
    Age.TO_30: N_("1 to 30 days"),
    Age.TO_60: N_("31 to 60 days"),
    Age.TO_90: N_("61 to 90 days"),
    Age.OVER_90: N_("over 90 days"),
}


def stage_of(status: PledgeStatus, standing: Standing) -> Stage:
    """Return the one word for a pledge; what is overdue is never called part-paid."""
    if status is not PledgeStatus.OPEN:
        return Stage(status)
    if standing.is_paid:
        return Stage.PAID
    if standing.is_overdue:
        return Stage.OVERDUE
    return Stage.PART_PAID if standing.is_part_paid else Stage.OPEN


def age_of(due: date, today: date) -> Age:
    """Return how long ago something was due."""
    late = (today - due).days
    return _OVERDUE[min((late - 1) // _STEP, len(_OVERDUE) - 1)] if late > 0 else Age.NOT_DUE
