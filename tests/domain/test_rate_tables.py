from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundtracker.domain.ecb import EuroRates
from fundtracker.domain.rate_tables import (
    SIGNIFICANT,
    RateChange,
    RateTable,
    compare,
    from_euro,
    inverse,
    quotient,
)
from fundtracker.domain.rates import Rate

DAY = date(2026, 6, 12)


def rate(text: str) -> Rate:
    return Rate.parse(text)


def bank(**numbers: str) -> EuroRates:
    return EuroRates(DAY, {code: rate(number) for code, number in numbers.items()})


def change(before: str | None, after: str | None) -> RateChange:
    return RateChange("GBP", before and rate(before), after and rate(after))  # type: ignore[arg-type]


def test_for_a_fund_in_euros_a_unit_is_worth_the_reciprocal() -> None:
    found = from_euro(bank(GBP="0.8459", USD="1.25", JPY="160"), "EUR", {"GBP", "USD", "JPY"})

    assert {code: str(rate) for code, rate in found.items()} == {
        "GBP": "1.18217283367",
        "USD": "0.8",
        "JPY": "0.00625",
    }


def test_for_another_fund_it_is_worth_the_quotient_of_two() -> None:
    found = from_euro(bank(GBP="0.8", USD="1.25", CLP="1000"), "GBP", {"EUR", "USD", "GBP"})

    assert {code: str(rate) for code, rate in found.items()} == {"EUR": "0.8", "USD": "0.64"}


def test_what_the_bank_does_not_know_is_left_out() -> None:
    assert from_euro(bank(USD="1.25"), "EUR", {"CLP"}) == {}
    assert from_euro(bank(USD="1.25"), "CLP", {"USD"}) == {}


positive = st.builds(Rate, st.integers(1, 10**9), st.integers(0, 8))


@settings(max_examples=80)
@given(positive, positive)
def test_a_quotient_is_right_to_the_last_of_its_digits(upper: Rate, lower: Rate) -> None:
    found = quotient(upper, lower)

    exact = upper.mantissa * 10 ** (lower.scale + found.scale)
    divisor = lower.mantissa * 10**upper.scale
    # Twice the rest is at most one unit of the last digit that is kept.
    assert 2 * abs(found.mantissa * divisor - exact) <= divisor * 10 ** (
        max(0, SIGNIFICANT - len(str(found.mantissa)))
    )
    assert Rate.parse(str(found)) == found


def test_an_inverse_is_short_enough_to_be_compared() -> None:
    assert str(inverse(rate("1.15"))) == "0.869565"


@pytest.mark.parametrize(
    ("before", "after", "permille", "written", "steep", "upside_down"),
    [
        ("1.15", "1.15", 0, "+0.0\xa0%", False, False),
        ("1.15", "1.150", 0, "+0.0\xa0%", False, False),
        ("1.00", "1.10", 100, "+10.0\xa0%", False, False),
        ("1.00", "1.101", 101, "+10.1\xa0%", True, False),
        ("1.15", "1.1454", -4, "−0.4\xa0%", False, False),
        ("1.15", "1.15000001", 1, "+0.1\xa0%", False, False),
        ("1.15", "1.14999999", -1, "−0.1\xa0%", False, False),
        ("1.15", "0.87", -243, "−24.3\xa0%", True, True),
        ("1.15", "0.115", -900, "−90.0\xa0%", True, False),
        (None, "1.15", None, "+0.0\xa0%", False, False),
        ("1.15", None, None, "+0.0\xa0%", False, False),
    ],
)
def test_a_change_knows_how_large_it_is(
    before: str | None,
    after: str | None,
    permille: int | None,
    written: str,
    steep: bool,  # noqa: FBT001
    upside_down: bool,  # noqa: FBT001
) -> None:
    found = change(before, after)

    assert (found.permille, found.written) == (permille, written)
    assert (found.is_steep, found.looks_upside_down) == (steep, upside_down)


def test_tables_are_compared_currency_by_currency() -> None:
    before, after = {"GBP": rate("1.15"), "CHF": rate("1.05")}, {"GBP": rate("1.16")}

    assert compare(before, after) == [
        RateChange("CHF", rate("1.05"), None),
        RateChange("GBP", rate("1.15"), rate("1.16")),
    ]


def test_a_table_is_locked_once_somebody_locked_it() -> None:
    now = datetime(2026, 6, 12, tzinfo=UTC)

    assert not RateTable(1, "ECB", DAY, "command:rosa", now, None, None, {}).is_locked
    assert RateTable(1, "ECB", DAY, "command:rosa", now, "staff:anna", now, {}).is_locked
