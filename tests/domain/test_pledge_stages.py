from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.money import Money
from fundtracker.domain.pledge_stages import Age, Stage, age_of, stage_of
from fundtracker.domain.pledges import Instalment, PledgeStatus, standing

TODAY = date(2026, 6, 12)
DUE = (
    Instalment(TODAY - timedelta(days=1), Money(300, "EUR")),
    Instalment(TODAY + timedelta(days=30), Money(700, "EUR")),
)


@pytest.mark.parametrize(
    ("status", "paid", "stage"),
    [
        (PledgeStatus.UNCONFIRMED, 0, Stage.UNCONFIRMED),
        (PledgeStatus.UNCONFIRMED, 1000, Stage.UNCONFIRMED),
        (PledgeStatus.OPEN, 0, Stage.OVERDUE),
        (PledgeStatus.OPEN, 299, Stage.OVERDUE),
        (PledgeStatus.OPEN, 300, Stage.PART_PAID),
        (PledgeStatus.OPEN, 1000, Stage.PAID),
        (PledgeStatus.OPEN, 1001, Stage.PAID),
        (PledgeStatus.CANCELLED, 300, Stage.CANCELLED),
        (PledgeStatus.WRITTEN_OFF, 1000, Stage.WRITTEN_OFF),
    ],
)
def test_a_pledge_has_one_word(status: PledgeStatus, paid: int, stage: Stage) -> None:
    assert stage_of(status, standing(status, DUE, Money(paid, "EUR"), TODAY)) is stage


def test_what_is_not_due_yet_is_open() -> None:
    stands = standing(PledgeStatus.OPEN, DUE[1:], Money(0, "EUR"), TODAY)

    assert stage_of(PledgeStatus.OPEN, stands) is Stage.OPEN


@pytest.mark.parametrize(
    ("late", "age"),
    [
        (-30, Age.NOT_DUE),
        (0, Age.NOT_DUE),
        (1, Age.TO_30),
        (30, Age.TO_30),
        (31, Age.TO_60),
        (60, Age.TO_60),
        (61, Age.TO_90),
        (90, Age.TO_90),
        (91, Age.OVER_90),
        (1000, Age.OVER_90),
    ],
)
def test_how_long_something_is_due(late: int, age: Age) -> None:
    assert age_of(TODAY - timedelta(days=late), TODAY) is age


@given(st.integers(-400, 400))
def test_a_day_lies_between_the_bounds_of_its_age_and_of_no_other(late: int) -> None:
    due = TODAY - timedelta(days=late)

    def holds(age: Age) -> bool:
        since, until = age.between(TODAY)
        return (since is None or since <= due) and (until is None or due <= until)

    assert [age for age in Age if holds(age)] == [age_of(due, TODAY)]


def test_every_stage_and_age_has_words() -> None:
    labels = [member.label for member in (*Stage, *Age)]

    assert len(set(labels)) == len(labels)
