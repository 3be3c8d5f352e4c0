from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.errors import (
    FundClosed,
    FundNotYetOpen,
    FundPaused,
    FundtrackerError,
    InvalidAmount,
    UnknownFund,
)
from fundtracker.domain.funds import (
    CountingRule,
    FundStatus,
    ScreenMode,
    check_gift,
    largest_gift,
    presets,
    refuse_unless_collecting,
    refuse_unless_open,
    written_name,
)
from fundtracker.domain.money import CURRENCIES, Money, currency
from fundtracker.domain.rates import Rate
from tests.factories.funds import a_fund

NOW = datetime(2026, 6, 12, 18, tzinfo=UTC)
SECOND = timedelta(seconds=1)

codes = st.sampled_from(sorted(CURRENCIES))
# From a hundred thousandth to a hundred thousand: from dong to dinar, and far beyond.
rates = st.builds(Rate, st.integers(1, 10**10), st.just(5))


def test_a_fund_takes_gifts_from_its_opening_until_just_before_its_close() -> None:
    fund = a_fund(opens_at=NOW, closes_at=NOW + SECOND)

    refuse_unless_open(fund, NOW)
    with pytest.raises(FundClosed):
        refuse_unless_open(fund, NOW + SECOND)


def test_a_fund_without_an_end_stays_open() -> None:
    refuse_unless_open(a_fund(closes_at=None), datetime(2099, 1, 1, tzinfo=UTC))


def test_who_comes_early_is_told_when_it_opens_in_the_time_of_the_fund() -> None:
    fund = a_fund(opens_at=NOW + SECOND, timezone="Asia/Kolkata")

    with pytest.raises(FundNotYetOpen, match=r"2026-06-12 23:30 \(Asia/Kolkata\)"):
        refuse_unless_open(fund, NOW)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (FundStatus.DRAFT, UnknownFund),
        (FundStatus.PAUSED, FundPaused),
        (FundStatus.CLOSED, FundClosed),
        (FundStatus.ARCHIVED, FundClosed),
    ],
)
def test_a_fund_that_is_not_open_takes_no_gifts(status: FundStatus, error: type[Exception]) -> None:
    with pytest.raises(error):
        refuse_unless_open(a_fund(status=status), NOW)


def test_a_draft_stays_unknown_and_a_paused_fund_closes_in_time() -> None:
    with pytest.raises(UnknownFund):
        refuse_unless_open(a_fund(status=FundStatus.DRAFT, closes_at=NOW), NOW)
    with pytest.raises(FundClosed):
        refuse_unless_open(a_fund(status=FundStatus.PAUSED, closes_at=NOW), NOW)


@pytest.mark.parametrize("enum", [FundStatus, CountingRule, ScreenMode])
def test_every_member_has_a_label_of_its_own(
    enum: type[FundStatus | CountingRule | ScreenMode],
) -> None:
    labels = [member.label for member in enum]

    assert all(labels)
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("code", "rate", "offered"),
    [
        ("EUR", "1", [10, 25, 50, 100, 250]),
        ("GBP", "1.15", [10, 20, 50, 100, 200]),
        ("SEK", "0.088", [100, 250, 500, 1000, 2500]),
        ("JPY", "0.0056", [2000, 5000, 10_000, 20_000, 50_000]),
        ("ISK", "0.0069", [2000, 5000, 10_000, 20_000, 50_000]),
        ("ISK", "10", [1, 2, 5, 10, 25]),
        ("KWD", "2.8", [5, 10, 20, 50, 100]),
        ("IDR", "0.000052", [200_000, 500_000, 1_000_000, 2_000_000, 5_000_000]),
    ],
)
def test_the_usual_amounts_are_round_in_the_donors_currency(
    code: str, rate: str, offered: list[int]
) -> None:
    amounts = presets(a_fund(), Rate.parse(rate), code)

    assert [money.minor // 10 ** currency(code).exponent for money in amounts] == offered


def test_a_funds_own_amounts_are_offered_as_they_are_in_its_currency() -> None:
    fund = a_fund(presets=(80, 20, 1000))

    assert [money.minor for money in presets(fund, Rate.ONE, "EUR")] == [2000, 8000, 100_000]


def test_amounts_that_round_to_the_same_are_offered_once() -> None:
    fund = a_fund(presets=(20, 21, 22))

    assert presets(fund, Rate.parse("1.1"), "USD") == (Money(2000, "USD"),)


def test_the_usual_amounts_rise_where_ten_is_less_than_can_be_charged() -> None:
    amounts = presets(a_fund(currency="JPY", ceiling=3_000_000), Rate.ONE, "JPY")

    assert [money.minor for money in amounts] == [100, 250, 500, 1000, 2500]


@pytest.mark.parametrize(("own", "offered"), [((1, 5), [100, 500]), ((50, 60), [50, 60])])
def test_a_funds_own_amounts_rise_only_where_they_must(
    own: tuple[int, ...], offered: list[int]
) -> None:
    amounts = presets(a_fund(currency="JPY", presets=own), Rate.ONE, "JPY")

    assert [money.minor for money in amounts] == offered


def test_amounts_of_nothing_or_beyond_the_ceiling_are_not_offered() -> None:
    fund = a_fund(presets=(0, 10, 100), ceiling=5000)

    assert presets(fund, Rate.ONE, "EUR") == (Money(1000, "EUR"),)


@given(code=codes, rate=rates)
def test_every_amount_that_is_offered_is_taken(code: str, rate: Rate) -> None:
    fund = a_fund()
    amounts = presets(fund, rate, code)

    assert list(amounts) == sorted(set(amounts))
    for money in amounts:
        check_gift(fund, rate, money)
        assert money.minor % currency(code).step == 0


@given(code=codes, rate=rates, minor=st.integers(1, 10**12))
def test_a_gift_that_is_taken_is_worth_no_more_than_the_ceiling(
    code: str, rate: Rate, minor: int
) -> None:
    fund = a_fund()
    try:
        check_gift(fund, rate, Money(minor, code))
    except InvalidAmount:
        return

    assert rate.to_base(Money(minor, code), "EUR").minor <= fund.ceiling


def test_the_limits_themselves_are_taken() -> None:
    rate = Rate.parse("1.15")
    most = largest_gift(a_fund(), rate, "GBP")

    assert most == Money(2_173_913, "GBP")
    check_gift(a_fund(), rate, most)
    check_gift(a_fund(), rate, Money(30, "GBP"))


def test_a_gift_below_what_can_be_charged_is_refused_with_the_limit() -> None:
    with pytest.raises(InvalidAmount, match=r"smallest .* GBP 0\.30") as refusal:
        check_gift(a_fund(), Rate.parse("1.15"), Money(29, "GBP"))

    assert refusal.value.values == {"least": Money(30, "GBP")}


def test_a_gift_above_the_ceiling_is_refused_with_the_limit_in_the_donors_currency() -> None:
    with pytest.raises(InvalidAmount, match=r"largest .* GBP 21739\.13") as refusal:
        check_gift(a_fund(), Rate.parse("1.15"), Money(2_173_914, "GBP"))

    assert refusal.value.field == "amount"


@pytest.mark.parametrize("minor", [0, -2500])
def test_nothing_and_less_is_no_gift(minor: int) -> None:
    with pytest.raises(InvalidAmount):
        check_gift(a_fund(), Rate.ONE, Money(minor, "EUR"))


def test_the_largest_gift_of_a_whole_currency_is_whole() -> None:
    assert largest_gift(a_fund(), Rate.parse("0.0069"), "ISK").minor % 100 == 0


def test_nobody_may_give_more_than_stripe_charges_at_once() -> None:
    rupiah, pesos = Rate.parse("0.000052"), Rate.parse("0.00022")
    fund = a_fund(ceiling=10**10)

    assert largest_gift(fund, pesos, "COP") == Money(99_999_999, "COP")
    assert largest_gift(fund, rupiah, "IDR") == Money(999_999_999_999, "IDR")
    assert all(offer.minor <= 99_999_999 for offer in presets(fund, pesos, "COP"))


@pytest.mark.parametrize("status", [FundStatus.OPEN, FundStatus.CLOSED])
def test_promises_are_paid_for_months_after_the_closing(status: FundStatus) -> None:
    refuse_unless_collecting(a_fund(status=status, closes_at=datetime(2026, 6, 2, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (FundStatus.DRAFT, UnknownFund),
        (FundStatus.PAUSED, FundPaused),
        (FundStatus.ARCHIVED, FundClosed),
    ],
)
def test_but_not_to_a_fund_that_is_paused_or_over_and_settled(
    status: FundStatus, refusal: type[FundtrackerError]
) -> None:
    with pytest.raises(refusal):
        refuse_unless_collecting(a_fund(status=status))


def test_a_rehearsal_says_so_where_no_band_can_be_drawn() -> None:
    assert written_name(a_fund(name="The evening")) == "The evening"
    assert written_name(a_fund(name="The evening", rehearsal=True)) == "Rehearsal: The evening"
