from __future__ import annotations

import operator
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.errors import CurrencyMismatch, InvalidCurrency
from fundtracker.domain.money import CURRENCIES, Money, currency

if TYPE_CHECKING:
    from collections.abc import Callable

codes = st.sampled_from(sorted(CURRENCIES))
amounts = st.integers(-(10**15), 10**15)


@pytest.mark.parametrize(
    ("code", "exponent", "step", "minimum"),
    [
        ("EUR", 2, 1, 50),
        ("GBP", 2, 1, 30),
        ("HUF", 2, 1, 17500),
        ("JPY", 0, 1, 50),
        ("CLP", 0, 1, 1),
        ("MGA", 0, 1, 1),
        ("ISK", 2, 100, 100),
        ("UGX", 2, 100, 100),
        ("KWD", 3, 10, 10),
        ("XCG", 2, 1, 1),
    ],
)
def test_a_currency_has_the_exponent_and_limits_of_stripe(
    code: str, exponent: int, step: int, minimum: int
) -> None:
    coin = currency(code)

    assert (coin.code, coin.exponent, coin.step, coin.minimum) == (code, exponent, step, minimum)


@pytest.mark.parametrize(
    ("least", "codes"),
    [
        ("0.30", "GBP"),
        ("0.50", "USD EUR AUD BRL CAD CHF INR NZD SGD ZAR ARS COP IDR ILS PHP RUB"),
        ("2.00", "AED MYR PLN RON"),
        ("2.50", "DKK"),
        ("3.00", "NOK SEK"),
        ("4.00", "HKD"),
        ("10.00", "MXN THB"),
        ("15.00", "CZK"),
        ("175.00", "HUF"),
        ("50", "JPY KRW"),
    ],
)
def test_the_smallest_charge_is_stripes(least: str, codes: str) -> None:
    for code in codes.split():
        assert str(Money(currency(code).minimum, code)) == f"{code} {least}"


def test_every_smallest_charge_can_be_charged() -> None:
    assert all(coin.minimum % coin.step == 0 < coin.minimum for coin in CURRENCIES.values())


def test_a_code_may_be_in_either_case() -> None:
    assert currency("eur") is currency("EUR")


@pytest.mark.parametrize("code", ["", "XXX", "EURO", "€", "eur ", "ＥＵＲ", "A" * 10_000])
def test_an_unknown_code_is_refused_and_not_echoed_at_length(code: str) -> None:
    with pytest.raises(InvalidCurrency) as refusal:
        currency(code)

    assert refusal.value.field == "currency"
    assert len(str(refusal.value)) < 100


@pytest.mark.parametrize(
    ("minor", "code", "text"),
    [
        (2500, "EUR", "EUR 25.00"),
        (5, "EUR", "EUR 0.05"),
        (-5, "EUR", "EUR -0.05"),
        (0, "JPY", "JPY 0"),
        (1500, "JPY", "JPY 1500"),
        (1500, "KWD", "KWD 1.500"),
    ],
)
def test_money_reads_as_code_and_amount(minor: int, code: str, text: str) -> None:
    assert str(Money(minor, code)) == text


def test_money_adds_and_compares_within_a_currency() -> None:
    assert Money(100, "EUR") + Money(20, "EUR") - Money(30, "EUR") == Money(90, "EUR")
    assert abs(-Money(5, "EUR")) == Money(5, "EUR")
    assert Money(1, "EUR") < Money(2, "EUR") <= Money(2, "EUR")
    assert Money(3, "EUR") > Money(2, "EUR") >= Money(2, "EUR")


@pytest.mark.parametrize(
    "mix", [operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge]
)
def test_two_currencies_do_not_mix(mix: Callable[[Money, Money], object]) -> None:
    with pytest.raises(CurrencyMismatch, match=r"EUR 0\.01 and GBP 0\.01"):
        mix(Money(1, "EUR"), Money(1, "GBP"))


def test_the_same_number_in_two_currencies_is_not_equal() -> None:
    assert Money(1, "EUR") != Money(1, "GBP")


def test_the_first_parts_are_the_larger_ones() -> None:
    assert [part.minor for part in Money(100, "EUR").split(3)] == [34, 33, 33]


def test_parts_of_a_whole_currency_stay_whole() -> None:
    assert [part.minor for part in Money(1000, "ISK").split(3)] == [400, 300, 300]


@given(minor=amounts, code=codes, parts=st.integers(1, 200))
def test_equal_parts_lose_nothing_and_differ_by_one_unit(minor: int, code: str, parts: int) -> None:
    split = [part.minor for part in Money(minor, code).split(parts)]

    assert len(split) == parts
    assert sum(split) == minor
    assert max(split) - min(split) <= currency(code).step


@given(
    minor=amounts,
    code=codes,
    weights=st.lists(st.integers(0, 10**9), min_size=1, max_size=20).filter(any),
)
def test_weighted_parts_lose_nothing_and_stay_near_their_share(
    minor: int, code: str, weights: list[int]
) -> None:
    split = [part.minor for part in Money(minor, code).split_by(weights)]

    assert sum(split) == minor
    step, whole = currency(code).step, sum(weights)
    assert all(
        abs(part * whole - minor * weight) <= step * whole
        for part, weight in zip(split, weights, strict=True)
    )


@given(units=st.integers(-(10**9), 10**9), code=codes, parts=st.integers(1, 60))
def test_parts_of_what_can_be_charged_can_be_charged(units: int, code: str, parts: int) -> None:
    step = currency(code).step

    assert all(part.minor % step == 0 for part in Money(units * step, code).split(parts))


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_impossible_weights_are_a_mistake_of_the_programmer(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="cannot split"):
        Money(1, "EUR").split_by(weights)
