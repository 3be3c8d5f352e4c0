from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.allocations import (
    NOTHING,
    AllocationStatus,
    Share,
    free,
    kept_part,
    share,
)
from fundtracker.domain.pledge_postings import Part, Promise
from fundtracker.domain.postings import Gift
from fundtracker.domain.rates import Rate

FRANCS = Rate.parse("1.05")
PLEDGE = Promise(
    fund=1, section=2, currency="CHF", promised=100_000, base_currency="EUR", rate=FRANCS
)
IN_FRANCS = Gift(1, 2, "main", "CHF", 60_000, "EUR", FRANCS)
IN_EUROS = Gift(1, 2, "main", "EUR", 45_000, "EUR", Rate.ONE)
PART_PAID = replace(PLEDGE, paid=60_000, paid_base=63_000)


def test_money_of_the_pledges_own_currency_pays_so_much_of_it() -> None:
    assert share(PLEDGE, IN_FRANCS, 0, 60_000) == Share(60_000, 60_000, 63_000)


def test_what_is_over_paid_stays_free() -> None:
    assert share(PART_PAID, IN_EUROS, 0, 45_000) == Share(42_000, 40_000, 42_000)
    assert share(PART_PAID, IN_FRANCS, 0, 60_000) == Share(40_000, 40_000, 42_000)
    assert free(45_000, [Share(42_000, 40_000, 42_000)]) == 3_000


def test_less_than_is_open_pays_what_it_is_worth() -> None:
    assert share(PART_PAID, IN_EUROS, 0, 10_500) == Share(10_500, 10_000, 10_500)


def test_at_another_rate_money_counts_at_the_pledges() -> None:
    later = replace(IN_FRANCS, rate=Rate.parse("0.9"))

    assert share(PLEDGE, later, 0, 60_000) == Share(60_000, 60_000, 63_000)
    assert kept_part(Share(60_000, 60_000, 63_000), PLEDGE, later, 0, 20_000) == Part(
        20_000, 21_000
    )


def test_a_promise_worth_less_than_a_cent_is_paid_in_its_own_currency_alone() -> None:
    peso = Promise(1, 2, "CLP", 1, "EUR", Rate.parse("0.00098"))

    assert share(peso, IN_EUROS, 0, 45_000) == NOTHING
    own = Gift(1, 2, "main", "CLP", 5, "EUR", peso.rate)
    assert share(peso, own, 0, 5) == Share(1, 1, 0)


@pytest.mark.parametrize(
    ("promise", "gift", "left"),
    [
        (PLEDGE, IN_FRANCS, 0),
        (replace(PLEDGE, paid=100_000, paid_base=105_000), IN_FRANCS, 60_000),
        (replace(PLEDGE, expected=False, layer=None), IN_FRANCS, 60_000),
    ],
)
def test_nothing_pays_nothing(promise: Promise, gift: Gift, left: int) -> None:
    assert share(promise, gift, 0, left) == NOTHING


def test_less_than_the_smallest_coin_of_the_pledge_pays_nothing() -> None:
    yen = Promise(1, 2, "JPY", 100_000, "EUR", Rate.parse("6"))

    assert share(yen, IN_EUROS, 0, 1) == NOTHING


def test_a_pledge_that_nobody_has_confirmed_can_be_paid() -> None:
    assert share(replace(PLEDGE, layer=None), IN_FRANCS, 0, 60_000).amount == 60_000


def test_a_refund_eats_the_free_part_first_and_then_the_newest() -> None:
    gift = replace(IN_FRANCS, amount=90_000)
    first, second = Share(50_000, 50_000, 52_500), Share(30_000, 30_000, 31_500)

    def left(kept: int) -> tuple[Part, Part]:
        return (
            kept_part(first, PLEDGE, gift, 0, kept),
            kept_part(second, PLEDGE, gift, 50_000, kept),
        )

    assert left(80_000) == (first.part, second.part)
    assert left(60_000) == (first.part, Part(10_000, 10_500))
    assert left(40_000) == (Part(40_000, 42_000), Part(0, 0))
    assert left(0) == (Part(0, 0), Part(0, 0))


@given(
    amounts=st.lists(st.integers(1, 10_000), min_size=1, max_size=6),
    cents=st.integers(1, 300),
    rate=st.sampled_from(["1.15", "0.33333", "7.77", "0.00098"]),
)
def test_parts_in_one_currency_come_to_what_is_kept(
    amounts: list[int], cents: int, rate: str
) -> None:
    """However a gift is split over pledges and refunded, no cent is lost or made."""
    gift = Gift(1, 2, "main", "GBP", sum(amounts), "EUR", Rate.parse(rate))
    pledge = Promise(1, 2, "GBP", 10**9, "EUR", Rate.parse(rate))
    agreed: list[Share] = []
    for amount in amounts:
        before = sum(part.given for part in agreed)
        agreed.append(share(pledge, gift, before, amount))
    kept = max(0, gift.amount - cents)
    parts = [
        kept_part(part, pledge, gift, sum(p.given for p in agreed[:number]), kept)
        for number, part in enumerate(agreed)
    ]

    assert sum(part.base for part in agreed) == gift.base(gift.amount)
    assert sum(part.base for part in parts) == gift.base(kept)
    assert sum(part.amount for part in parts) == kept


def test_every_status_has_a_word() -> None:
    assert len({status.label for status in AllocationStatus}) == len(AllocationStatus)
