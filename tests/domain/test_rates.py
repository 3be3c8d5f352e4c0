from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.errors import Invalid
from fundtracker.domain.money import CURRENCIES, Money
from fundtracker.domain.rates import Rate, half_even

codes = st.sampled_from(sorted(CURRENCIES))
amounts = st.integers(-(10**12), 10**12)
rates = st.builds(Rate, st.integers(1, 10**18 - 1), st.integers(0, 18))


@given(numerator=st.integers(), denominator=st.integers(min_value=1))
def test_half_even_rounds_as_exact_fractions_do(numerator: int, denominator: int) -> None:
    assert half_even(numerator, denominator) == round(Fraction(numerator, denominator))


def test_a_half_goes_to_the_even_neighbour_on_both_sides_of_zero() -> None:
    for numerator in range(-60, 61):
        for denominator in range(1, 13):
            exact = Fraction(numerator, denominator)
            assert half_even(numerator, denominator) == round(exact)


@pytest.mark.parametrize(
    ("code", "rate", "minor", "base"),
    [
        ("GBP", "1.15", 5000, 5750),
        ("GBP", "1.15", -2000, -2300),
        ("CHF", "1.05", 100_000, 105_000),
        ("CLP", "0.00098", 50_000, 4900),
        ("JPY", "0.0056", 10_000, 5600),
        ("KWD", "2.8", 1500, 420),
        ("ISK", "0.0069", 100_000, 690),
        ("GBP", "1.5", 1, 2),
        ("GBP", "1.5", 3, 4),
        ("GBP", "0.5", 1, 0),
    ],
)
def test_an_amount_has_its_worth_in_the_base(code: str, rate: str, minor: int, base: int) -> None:
    assert Rate.parse(rate).to_base(Money(minor, code), "EUR") == Money(base, "EUR")


def test_an_amount_of_the_base_is_shown_in_another_currency() -> None:
    assert Rate.parse("1.15").from_base(Money(5750, "EUR"), "GBP") == Money(5000, "GBP")
    assert Rate.parse("0.00098").from_base(Money(4900, "EUR"), "CLP") == Money(50_000, "CLP")


@given(minor=amounts, code=codes, base=codes, rate=rates)
def test_conversion_is_the_exact_worth_rounded_once(
    minor: int, code: str, base: str, rate: Rate
) -> None:
    exact = Fraction(minor, 10 ** CURRENCIES[code].exponent)
    exact *= Fraction(rate.mantissa, 10**rate.scale)
    exact *= 10 ** CURRENCIES[base].exponent

    assert rate.to_base(Money(minor, code), base).minor == round(exact)


@given(minor=amounts, code=codes, base=codes, rate=rates)
def test_converting_back_is_the_inverse(minor: int, code: str, base: str, rate: Rate) -> None:
    exact = Fraction(minor, 10 ** CURRENCIES[base].exponent)
    exact /= Fraction(rate.mantissa, 10**rate.scale)
    exact *= 10 ** CURRENCIES[code].exponent

    assert rate.from_base(Money(minor, base), code).minor == round(exact)
    assert rate.from_base_down(Money(minor, base), code).minor == exact // 1


@given(minor=amounts, code=codes)
def test_the_rate_of_the_base_itself_changes_nothing(minor: int, code: str) -> None:
    money = Money(minor, code)

    assert Rate.ONE.to_base(money, code) == Rate.ONE.from_base(money, code) == money


@given(minor=st.integers(0, 10**12), code=codes, base=codes, rate=rates)
def test_what_is_rounded_down_is_worth_no_more(
    minor: int, code: str, base: str, rate: Rate
) -> None:
    limit = Money(minor, base)

    assert rate.to_base(rate.from_base_down(limit, code), base) <= limit


@pytest.mark.parametrize(
    ("text", "mantissa", "scale"),
    [("1.15", 115, 2), ("1", 1, 0), ("0.00098", 98, 5), (" 1.150 ", 115, 2), ("100", 100, 0)],
)
def test_a_rate_is_read_as_two_integers(text: str, mantissa: int, scale: int) -> None:
    assert Rate.parse(text) == Rate(mantissa, scale)


@pytest.mark.parametrize(
    ("rate", "text"), [(Rate(115, 2), "1.15"), (Rate(98, 5), "0.00098"), (Rate(1, 0), "1")]
)
def test_a_rate_reads_as_a_decimal_number(rate: Rate, text: str) -> None:
    assert str(rate) == text


@given(rate=rates)
def test_a_rate_is_written_as_it_is_read(rate: Rate) -> None:
    again = Rate.parse(str(rate))

    assert Fraction(again.mantissa, 10**again.scale) == Fraction(rate.mantissa, 10**rate.scale)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "0.000",
        "-1",
        "1,15",
        "1e9",
        "NaN",
        "inf",
        "１",
        ".5",
        "1.",
        "1 000",
        "9" * 19,
        "9" * 12 + "." + "9" * 7,
        "0." + "0" * 18 + "1",
    ],
)
def test_what_is_not_a_rate_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Rate.parse(text)

    assert refusal.value.field == "rate"


@pytest.mark.parametrize(("mantissa", "scale"), [(0, 0), (-1, 0), (1, -1)])
def test_a_rate_that_is_not_positive_cannot_be_made(mantissa: int, scale: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        Rate(mantissa, scale)
