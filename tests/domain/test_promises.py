from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.errors import Invalid, InvalidAmount
from fundtracker.domain.money import Money
from fundtracker.domain.pledges import schedule
from fundtracker.domain.promises import (
    Progress,
    check_day,
    check_promise,
    day_of,
    lowered,
    postponed,
    progress,
)
from fundtracker.domain.rates import Rate
from tests.factories.funds import a_fund

TODAY = date(2026, 6, 12)
FIRST = date(2026, 7, 31)
ONE = Rate.ONE
# What is promised, in how many parts, and how much of it is paid.
STATES = st.integers(1, 12).flatmap(
    lambda parts: st.tuples(
        st.integers(parts, 100_000).flatmap(
            lambda amount: st.tuples(st.just(amount), st.integers(0, amount))
        ),
        st.just(parts),
    )
)


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


def sum_of(parts: tuple[object, ...]) -> int:
    return sum(part.amount.minor for part in parts)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("minor", "parts"), [(50, 1), (600, 12), (2_500_000, 1)])
def test_what_can_be_charged_in_its_parts_can_be_promised(minor: int, parts: int) -> None:
    check_promise(a_fund(), ONE, euros(minor), parts)


@pytest.mark.parametrize(
    ("minor", "parts", "sentence"),
    [
        (49, 1, "The smallest promise that we can take is EUR 0.50."),
        (599, 12, "In so many parts, the smallest promise that we can take is EUR 6.00."),
        (2_500_001, 1, "The largest promise that we can take here is EUR 25000.00."),
    ],
)
def test_what_cannot_be_paid_cannot_be_promised(minor: int, parts: int, sentence: str) -> None:
    with pytest.raises(InvalidAmount) as refused:
        check_promise(a_fund(), ONE, euros(minor), parts)

    assert str(refused.value).startswith(sentence)


@pytest.mark.parametrize("parts", [0, 13, -1])
def test_nobody_promises_in_more_parts_than_a_year_has_months(parts: int) -> None:
    with pytest.raises(Invalid) as refused:
        check_promise(a_fund(), ONE, euros(5000), parts)

    assert refused.value.field == "parts"


@pytest.mark.parametrize("days", [1, 366])
def test_a_day_within_a_year_may_be_promised(days: int) -> None:
    check_day(TODAY + timedelta(days=days), TODAY)


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_day_that_is_over_or_far_away_may_not(days: int) -> None:
    with pytest.raises(Invalid) as refused:
        check_day(TODAY + timedelta(days=days), TODAY, field="date")

    assert refused.value.field == "date"


def test_a_day_is_read_as_forms_send_it() -> None:
    assert day_of(" 2026-06-14 ") == date(2026, 6, 14)


@pytest.mark.parametrize("text", ["", "14.6.2026", "2026-02-30", "２０２６-06-14", "x" * 9999])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        day_of(text)


def test_what_is_paid_goes_to_the_parts_in_their_order() -> None:
    known = progress(schedule(euros(9000), 3, FIRST), euros(4000))

    assert known == (
        Progress(FIRST, euros(3000), euros(0)),
        Progress(date(2026, 8, 31), euros(3000), euros(2000)),
        Progress(date(2026, 9, 30), euros(3000), euros(3000)),
    )


def test_what_is_over_paid_leaves_nothing_open() -> None:
    assert progress(schedule(euros(3000), 1, FIRST), euros(9999))[0].open == euros(0)


def test_another_day_moves_what_is_open_and_leaves_what_is_paid() -> None:
    later = date(2027, 1, 15)

    known = postponed(schedule(euros(9000), 3, FIRST), euros(4000), later)

    assert [(part.due, part.amount.minor) for part in known] == [
        (FIRST, 3000),
        (date(2026, 8, 31), 1000),
        (later, 2500),
        (date(2027, 2, 15), 2500),
    ]


def test_of_what_is_paid_nothing_moves() -> None:
    parts = schedule(euros(9000), 3, FIRST)

    assert postponed(parts, euros(9000), date(2027, 1, 15)) == parts


def test_a_lower_promise_is_spread_over_the_days_that_are_left() -> None:
    known = lowered(schedule(euros(9000), 3, FIRST), euros(6500), euros(4000))

    assert [(part.due.month, part.amount.minor) for part in known] == [
        (7, 3000),
        (8, 2000),
        (9, 1500),
    ]


def test_days_of_which_nothing_is_left_fall_away() -> None:
    known = lowered(schedule(euros(9000), 3, FIRST), euros(4000), euros(4000))

    assert [part.amount.minor for part in known] == [3000, 1000]


def test_a_promise_that_is_paid_stays_as_it_is() -> None:
    parts = schedule(euros(9000), 3, FIRST)

    assert lowered(parts, euros(9000), euros(9000)) == parts


@given(STATES, st.integers(0, 100_000))
def test_whatever_is_changed_the_parts_come_to_the_promise(
    state: tuple[tuple[int, int], int], wish: int
) -> None:
    (amount, paid), parts = state
    plan = schedule(euros(amount), parts, FIRST)
    wanted = euros(max(1, paid, min(amount, wish)))

    later = postponed(plan, euros(paid), date(2027, 1, 15))
    less = lowered(plan, wanted, euros(paid))

    assert sum_of(later) == amount
    assert sum_of(less) == wanted.minor
    for known in (later, less):
        assert all(part.amount.minor > 0 for part in known)
        assert [part.due for part in known] == sorted(part.due for part in known)
