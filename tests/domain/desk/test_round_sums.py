from __future__ import annotations

import pytest

from fundtracker.domain.desk.tally import unit_of
from fundtracker.domain.rates import Rate
from tests.domain.desk.desks import RATES


@pytest.mark.parametrize(
    ("code", "unit"),
    [
        ("EUR", 1),
        ("GBP", 1),
        ("KWD", 1),
        ("CAD", 1),
        ("BRL", 10),
        ("SEK", 10),
        ("DKK", 10),
        ("JPY", 100),
        ("PKR", 1000),
        ("CLP", 1000),
        ("IDR", 10_000),
    ],
)
def test_boxes_of_a_sheet_hold_what_is_called_in_a_currency(code: str, unit: int) -> None:
    assert unit_of(code, Rate.parse(RATES[code]), "EUR") == unit


def test_a_currency_that_is_worth_next_to_nothing_has_boxes_too() -> None:
    assert unit_of("IDR", Rate.parse("0.000000001"), "EUR") == 1_000_000
