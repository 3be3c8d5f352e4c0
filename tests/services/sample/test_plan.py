from __future__ import annotations

from datetime import UTC, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.funds import check_gift
from fundtracker.domain.rates import Rate
from fundtracker.services.sample.plan import moment, plan
from fundtracker.services.sample.tables import FOUNDING, PREVIOUS, RATES, Sample
from tests.factories.funds import a_fund

if TYPE_CHECKING:
    from fundtracker.services.sample.plan import PlannedGift

NOW = datetime(2026, 6, 12, 18, 4, 31, tzinfo=UTC)
ALL_RATES = {"EUR": Rate.ONE, **{code: Rate.parse(text) for code, text in RATES.items()}}


def planned(sample: Sample = FOUNDING, now: datetime = NOW) -> list[PlannedGift]:
    fund = a_fund(
        opens_at=moment(NOW, -sample.opened),
        closes_at=moment(NOW, sample.closes),
        ceiling=sample.ceiling * 100,
    )
    return plan(sample, fund, ALL_RATES, now)


def kept(gift: PlannedGift) -> int:
    """Return what is kept of a gift, in cents."""
    money = gift.amount if gift.back is None else gift.amount - gift.back
    return ALL_RATES[money.currency].to_base(money, "EUR").minor


@pytest.mark.parametrize(
    ("sample", "gifts", "cents"), [(FOUNDING, 412, 17_120_000), (PREVIOUS, 60, 45_504_000)]
)
def test_the_gifts_meet_the_sum_to_the_cent(sample: Sample, gifts: int, cents: int) -> None:
    found = planned(sample)

    assert len(found) == gifts
    assert sum(map(kept, found)) == cents


@pytest.mark.parametrize("sample", [FOUNDING, PREVIOUS])
def test_every_gift_is_one_that_the_fund_takes(sample: Sample) -> None:
    for gift in planned(sample):
        check_gift(
            a_fund(ceiling=sample.ceiling * 100), ALL_RATES[gift.amount.currency], gift.amount
        )


def test_half_of_the_donors_give_25_euros_or_less() -> None:
    assert median(map(kept, planned())) == 2_500


def test_a_few_mistype_and_get_the_difference_back() -> None:
    refunds = [gift for gift in planned() if gift.back is not None]

    assert len(refunds) == 3
    for gift in refunds:
        assert gift.back is not None
        assert gift.back.minor * 10 == gift.amount.minor * 9
        assert kept(gift) <= 5_000
        assert gift.at < gift.back_at < NOW


def test_gifts_come_as_a_spike_a_lull_and_a_run_up() -> None:
    found = planned()
    times = [gift.at for gift in found]
    opened, hour = moment(NOW, -FOUNDING.opened), NOW.replace(minute=0, second=0)

    assert times == sorted(times)
    assert opened <= times[0]
    assert times[-1] <= hour
    first = sum(at < opened + timedelta(days=2) for at in times)
    last = sum(at > hour - timedelta(days=3) for at in times)
    assert first > 180
    assert last > 160
    assert first + last < len(times) - 50


def test_the_gifts_of_a_fund_that_is_over_came_while_it_was_open() -> None:
    closed = moment(NOW, PREVIOUS.closes)

    assert all(gift.at <= closed for gift in planned(PREVIOUS))


def test_the_same_gifts_are_planned_each_time_whenever_that_is() -> None:
    later = planned(now=NOW + timedelta(days=2, hours=5))

    assert planned() == planned()
    assert [(gift.form, gift.section, gift.amount, gift.back) for gift in later] == [
        (gift.form, gift.section, gift.amount, gift.back) for gift in planned()
    ]
