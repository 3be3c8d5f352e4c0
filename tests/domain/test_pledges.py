from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.money import Money
from fundtracker.domain.pledges import (
    Instalment,
    PledgeSource,
    PledgeStatus,
    schedule,
    standing,
)

JUNE = date(2026, 6, 12)


def francs(units: int) -> Money:
    return Money(units * 100, "CHF")


HALVES = (Instalment(JUNE, francs(600)), Instalment(date(2026, 7, 12), francs(400)))


def test_instalments_come_a_month_apart_and_lose_no_cent() -> None:
    parts = schedule(Money(10_000, "EUR"), 3, date(2026, 12, 31))

    assert [part.due for part in parts] == [
        date(2026, 12, 31),
        date(2027, 1, 31),
        date(2027, 2, 28),
    ]
    assert [part.amount.minor for part in parts] == [3334, 3333, 3333]


@given(st.integers(1, 10**9), st.integers(1, 60), st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_instalments_are_the_promise_in_order(minor: int, parts: int, first: date) -> None:
    made = schedule(Money(minor, "EUR"), parts, first)

    assert sum(part.amount.minor for part in made) == minor
    days = [part.due for part in made]
    assert days == sorted(set(days))
    assert days[0] == first


@pytest.mark.parametrize(
    ("paid", "today", "open_", "overdue", "next_due"),
    [
        (0, JUNE, 1000, 0, HALVES[0].due),
        (0, JUNE + timedelta(days=1), 1000, 600, HALVES[0].due),
        (100, date(2026, 6, 20), 900, 500, HALVES[0].due),
        (600, date(2026, 6, 20), 400, 0, HALVES[1].due),
        (700, date(2026, 8, 1), 300, 300, HALVES[1].due),
        (1000, date(2026, 8, 1), 0, 0, None),
        (1030, date(2026, 8, 1), 0, 0, None),
    ],
)
def test_what_is_open_and_overdue_follows_from_what_was_paid(
    paid: int, today: date, open_: int, overdue: int, next_due: date | None
) -> None:
    stands = standing(PledgeStatus.OPEN, HALVES, francs(paid), today)

    assert (stands.open, stands.overdue) == (francs(open_), francs(overdue))
    assert stands.next_due == next_due
    assert stands.is_overdue is (overdue > 0)
    assert stands.is_paid is (open_ == 0)
    assert stands.is_part_paid is (0 < paid < 1000)


@pytest.mark.parametrize("status", [PledgeStatus.CANCELLED, PledgeStatus.WRITTEN_OFF])
def test_what_is_not_expected_any_more_is_neither_open_nor_overdue(status: PledgeStatus) -> None:
    stands = standing(status, HALVES, francs(100), date(2027, 1, 1))

    assert (stands.paid, stands.open, stands.overdue) == (francs(100), francs(0), francs(0))
    assert not stands.is_part_paid
    assert not stands.is_paid


def test_what_is_being_checked_is_expected_like_what_is_open() -> None:
    stands = standing(PledgeStatus.UNCONFIRMED, HALVES, francs(0), date(2026, 6, 20))

    assert stands.is_overdue


def test_every_status_has_words() -> None:
    assert all(status.label for status in (*PledgeStatus, *PledgeSource))
