"""When somebody is reminded of what they promised, and when a treasurer looks after it instead.

The same evening, seven days before, on the day, seven and twenty-one days after it; then a task for
the treasurer, and after ninety days a proposal to give it up. It is always about the oldest part
that is open. What could not be sent for some days is not sent any more, and never two within three.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_

if TYPE_CHECKING:
    from datetime import datetime


class Stage(StrEnum):
    """What is due about a promise; the last two are for the treasurer, and no mail."""

    EVENING = "evening"
    BEFORE = "before"
    DUE = "due"
    AFTER = "after"
    LATE = "late"
    TASK = "task"
    WRITE_OFF = "write_off"

    @property
    def label(self) -> str:
        """The stage in words, to be translated."""
        return _LABELS[self]

    @property
    def is_mail(self) -> bool:
        """Whether whoever promised is written to."""
        return self not in _TASKS


_LABELS = {
    Stage.EVENING: N_("thanked on the same evening"),
    Stage.BEFORE: N_("reminded before the day"),
    Stage.DUE: N_("reminded on the day"),
    Stage.AFTER: N_("reminded after the day"),
    Stage.LATE: N_("reminded a last time"),
    Stage.TASK: N_("to be asked in person"),
    Stage.WRITE_OFF: N_("to be written off, perhaps"),
}
_TASKS = frozenset({Stage.TASK, Stage.WRITE_OFF})
# From which day to which, counted from the day by which it is due. A server that was down for a
# while sends what is not too late.
_WINDOWS = (
    (Stage.BEFORE, -7, -2),
    (Stage.DUE, 0, 3),
    (Stage.AFTER, 7, 13),
    (Stage.LATE, 21, 27),
    (Stage.TASK, 28, 89),
    (Stage.WRITE_OFF, 90, date.max.toordinal()),
)
# Of these a transfer that is on its way makes a wrong accusation.
_LATER = frozenset({Stage.AFTER, Stage.LATE, Stage.TASK, Stage.WRITE_OFF})
# How long a bank takes.
_ON_ITS_WAY = timedelta(days=2)
_APART = timedelta(days=3)
# So long after it was made, or its address was told, a promise is thanked for.
_THANKED_WITHIN = timedelta(days=14)
_EVENING = 19
_WAKING = range(9, 21)


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides about a reminder, by the calendar of the fund's timezone.

    `sent` are the days and stages of which there was word before, `last` is the day of the last
    mail. `booked_until` is the day up to which bank lines are entered, `by_bank` whether there can
    be any.
    """

    made_on: date
    next_due: date | None
    sent: frozenset[tuple[date, Stage]] = frozenset()
    last: date | None = None
    by_bank: bool = False
    booked_until: date | None = None


def stage_at(known: Situation, now: datetime) -> Stage | None:
    """Return what is due about a promise at a local time, None where nothing is."""
    due, today = known.next_due, now.date()
    if due is None:
        return None
    if known.last is None and today < due and today - known.made_on <= _THANKED_WITHIN:
        is_evening = now.hour >= _EVENING or (today > known.made_on and now.hour in _WAKING)
        return Stage.EVENING if is_evening else None
    stage = _stage(known, due, today)
    if stage is None or not stage.is_mail:
        return stage
    rested = known.last is None or today - known.last >= _APART
    return stage if rested and now.hour in _WAKING else None


def _stage(known: Situation, due: date, today: date) -> Stage | None:
    days = (today - due).days
    stage = next((each for each, first, last in _WINDOWS if first <= days <= last), None)
    if stage is None or (due, stage) in known.sent:
        return None
    if stage in _LATER and known.by_bank:
        booked = known.booked_until
        return stage if booked is not None and booked >= due + _ON_ITS_WAY else None
    return stage
