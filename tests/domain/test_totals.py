from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.funds import CountingRule
from fundtracker.domain.totals import Totals, headline, permille


def test_totals_add_up_field_by_field() -> None:
    assert Totals(1, 2, 3, 4, 5) + Totals(10, 20, 30, 40, 50) == Totals(11, 22, 33, 44, 55)


def test_nothing_is_the_default() -> None:
    assert Totals() == Totals(0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("rule", "counted"),
    [
        (CountingRule.RECEIVED, 17_120_000),
        (CountingRule.RECEIVED_AND_PLEDGED, 30_250_000),
        (CountingRule.EVERYTHING_ANNOUNCED, 31_140_000),
    ],
)
def test_the_rule_says_what_the_headline_counts(rule: CountingRule, counted: int) -> None:
    assert headline(rule, Totals(17_120_000, 13_130_000, 890_000, 443, 118)) == counted


@pytest.mark.parametrize(
    ("counted", "target", "tenths"),
    [(31_140_000, 40_000_000, 778), (3_999_999, 4_000_000, 999), (4, 4, 1000), (0, 4, 0)],
)
def test_tenths_of_a_per_cent_are_floored(counted: int, target: int, tenths: int) -> None:
    assert permille(counted, target) == tenths


@given(counted=st.integers(0, 10**15), target=st.integers(1, 10**15))
def test_a_thousand_is_shown_only_when_the_target_is_reached(counted: int, target: int) -> None:
    assert (permille(counted, target) >= 1000) == (counted >= target)
