from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from fundtracker.domain.reminders import Situation, Stage, stage_at

if TYPE_CHECKING:
    from collections.abc import Iterator

MADE = date(2026, 6, 12)
DUE = date(2026, 7, 12)
THANKED = Situation(MADE, DUE, sent=frozenset({(DUE, Stage.EVENING)}), last=MADE)


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo("Europe/Zurich"))


def days_after(days: int) -> datetime:
    """Noon of a day counted from the due one."""
    return at(DUE + timedelta(days=days))


def a_year(known: Situation) -> Iterator[tuple[int, Stage]]:
    """Let a promise be forgotten for a year, looked at every hour; what happens, and when."""
    moment = at(MADE, 13)
    for _ in range(24 * 365):
        stage = stage_at(known, moment)
        if stage is not None:
            yield (moment.date() - DUE).days, stage
            known = replace(
                known,
                sent=known.sent | {(known.next_due or DUE, stage)},
                last=moment.date() if stage.is_mail else known.last,
            )
        moment += timedelta(hours=1)


def test_a_promise_that_is_forgotten_hears_of_us_five_times() -> None:
    assert list(a_year(Situation(MADE, DUE))) == [
        (-30, Stage.EVENING),
        (-7, Stage.BEFORE),
        (0, Stage.DUE),
        (7, Stage.AFTER),
        (21, Stage.LATE),
        (28, Stage.TASK),
        (90, Stage.WRITE_OFF),
    ]


def test_nothing_is_due_about_what_is_paid() -> None:
    assert list(a_year(Situation(MADE, None))) == []


@pytest.mark.parametrize(("hour", "stage"), [(18, None), (19, Stage.EVENING), (23, Stage.EVENING)])
def test_who_promises_in_the_hall_is_thanked_in_the_evening(hour: int, stage: Stage | None) -> None:
    assert stage_at(Situation(MADE, DUE), at(MADE, hour)) is stage


def test_who_promises_late_at_night_is_thanked_in_the_morning() -> None:
    morning = MADE + timedelta(days=1)

    assert stage_at(Situation(MADE, DUE), at(morning, 8)) is None
    assert stage_at(Situation(MADE, DUE), at(morning, 9)) is Stage.EVENING


def test_an_address_that_is_told_too_late_gets_no_thanks_but_reminders() -> None:
    known = Situation(MADE, DUE)

    assert stage_at(known, at(MADE + timedelta(days=14))) is Stage.EVENING
    assert stage_at(known, at(MADE + timedelta(days=15))) is None
    assert stage_at(known, days_after(-7)) is Stage.BEFORE


@pytest.mark.parametrize(
    ("days", "stage"),
    [
        (-8, None),
        (-7, Stage.BEFORE),
        (-2, Stage.BEFORE),
        (-1, None),
        (0, Stage.DUE),
        (3, Stage.DUE),
        (4, None),
        (7, Stage.AFTER),
        (13, Stage.AFTER),
        (14, None),
        (21, Stage.LATE),
        (27, Stage.LATE),
        (28, Stage.TASK),
        (89, Stage.TASK),
        (90, Stage.WRITE_OFF),
        (4000, Stage.WRITE_OFF),
    ],
)
def test_what_could_not_be_sent_in_time_is_sent_soon_or_not_at_all(
    days: int, stage: Stage | None
) -> None:
    assert stage_at(THANKED, days_after(days)) is stage


@pytest.mark.parametrize(
    ("hour", "stage"), [(8, None), (9, Stage.DUE), (20, Stage.DUE), (21, None)]
)
def test_nobody_is_woken(hour: int, stage: Stage | None) -> None:
    assert stage_at(THANKED, at(DUE, hour)) is stage


def test_a_task_for_the_treasurer_waits_for_no_morning() -> None:
    assert stage_at(THANKED, at(DUE + timedelta(days=28), 3)) is Stage.TASK


def test_two_mails_are_three_days_apart() -> None:
    known = replace(THANKED, last=DUE - timedelta(days=2))

    assert stage_at(known, days_after(0)) is None
    assert stage_at(known, days_after(1)) is Stage.DUE


def test_each_stage_of_a_part_comes_once_and_the_next_part_begins_anew() -> None:
    sent = frozenset({(DUE, Stage.DUE)})
    next_month = date(2026, 8, 12)

    assert stage_at(replace(THANKED, sent=sent), days_after(2)) is None
    moved_on = replace(THANKED, sent=sent, next_due=next_month)
    assert stage_at(moved_on, at(next_month)) is Stage.DUE


@pytest.mark.parametrize(
    ("booked", "stage"),
    [
        (None, None),
        (DUE, None),
        (DUE + timedelta(days=1), None),
        (DUE + timedelta(days=2), Stage.AFTER),
    ],
)
def test_nobody_is_reminded_while_a_transfer_may_be_on_its_way(
    booked: date | None, stage: Stage | None
) -> None:
    known = replace(THANKED, by_bank=True, booked_until=booked)

    assert stage_at(known, days_after(7)) is stage


def test_neither_is_anybody_made_a_task_or_given_up() -> None:
    known = replace(THANKED, by_bank=True, booked_until=DUE)

    assert stage_at(known, days_after(28)) is None
    assert stage_at(known, days_after(90)) is None


def test_before_the_day_a_transfer_is_no_reason_to_be_silent() -> None:
    known = replace(THANKED, by_bank=True)

    assert stage_at(known, days_after(-7)) is Stage.BEFORE
    assert stage_at(known, days_after(0)) is Stage.DUE


def test_each_stage_has_its_words() -> None:
    assert len({stage.label for stage in Stage}) == len(Stage)
