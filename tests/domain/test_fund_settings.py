from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from fundtracker.domain.errors import FundtrackerError
from fundtracker.domain.fund_settings import (
    FOLLOWING,
    base_of,
    check_milestones,
    check_settings,
    check_slug,
    check_target,
    recast,
    settings_of,
)
from fundtracker.domain.funds import FundStatus
from tests.factories.funds import a_fund

SETTINGS = settings_of(a_fund())


def test_a_fund_may_be_as_it_is() -> None:
    check_settings(SETTINGS, "EUR")
    check_settings(replace(SETTINGS, closes_at=None, presets=(5, 10, 20, 50, 100, 25_000)), "EUR")
    check_slug(base_of(a_fund()).slug)
    check_target(1)
    check_milestones((1, 2))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "Autumn\u202e"}, "name"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"closes_at": SETTINGS.opens_at}, "closes"),
        ({"closes_at": SETTINGS.opens_at - timedelta(1)}, "closes"),
        ({"ceiling": 49}, "ceiling"),
        ({"presets": (1, 2, 3, 4, 5, 6, 7)}, "presets"),
        ({"presets": (10, 10)}, "presets"),
        ({"presets": (0, 10)}, "presets"),
        ({"presets": (10, 25_001)}, "presets"),
    ],
)
def test_what_a_fund_may_not_be_is_refused_at_its_field(
    change: dict[str, object], field: str
) -> None:
    with pytest.raises(FundtrackerError) as refusal:
        check_settings(replace(SETTINGS, **change), "EUR")  # type: ignore[arg-type]

    assert (refusal.value.status, refusal.value.field) == (422, field)
    assert str(refusal.value)


@pytest.mark.parametrize(
    ("minor", "before", "after", "expected"),
    [(40_000_000, "EUR", "GBP", 40_000_000), (500, "EUR", "JPY", 5), (5, "JPY", "EUR", 500)],
)
def test_an_amount_keeps_its_number_in_another_currency(
    minor: int, before: str, after: str, expected: int
) -> None:
    assert recast(minor, before, after) == expected


def test_decimals_that_another_currency_has_not_are_not_lost() -> None:
    with pytest.raises(FundtrackerError, match="has decimals, which JPY has not"):
        recast(550, "EUR", "JPY")


@pytest.mark.parametrize("amounts", [(0,), (-1,), (5, 5)])
def test_milestones_are_different_amounts(amounts: tuple[int, ...]) -> None:
    with pytest.raises(FundtrackerError, match="different amounts of more than zero"):
        check_milestones(amounts)


def test_a_target_is_more_than_nothing() -> None:
    with pytest.raises(FundtrackerError, match="more than zero"):
        check_target(0)


@pytest.mark.parametrize("slug", ["", "Autumn", "autumn--appeal", "../autumn", "a" * 61, "a\n"])
def test_an_address_has_few_letters(slug: str) -> None:
    with pytest.raises(FundtrackerError, match="1 to 60 of the letters") as refusal:
        check_slug(slug)

    assert refusal.value.field == "slug"


def test_every_status_says_what_may_follow() -> None:
    assert FOLLOWING.keys() == set(FundStatus)
    assert not any(FundStatus.DRAFT in after for after in FOLLOWING.values())
    assert FOLLOWING[FundStatus.ARCHIVED] == ()
