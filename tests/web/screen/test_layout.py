from __future__ import annotations

import pytest

from fundtracker.web.numerals import spell
from fundtracker.web.screen.layout import layout

SQUARE = 400 / 3


def fit(number: str, *, league: bool = False, wide: float = 1600 / 9) -> tuple[int, bool, str]:
    spelled = spell(number)
    fitted = layout(spelled.width, len(spelled.placed), league=league, wide=wide)
    return round(fitted.height), fitted.beside, fitted.tall


@pytest.mark.parametrize(
    ("number", "height"),
    [("0", 34), ("311,400", 34), ("1,234,567", 33), ("123,456,789", 26), ("1,234,567,890", 23)],
)
def test_a_number_alone_is_as_tall_as_the_screen_is_wide(number: str, height: int) -> None:
    assert fit(number)[0] == height


def test_the_league_stands_beside_a_number_that_stays_tall_enough() -> None:
    assert fit("311,400", league=True) == (26, True, "")


def test_a_longer_number_stands_alone() -> None:
    assert fit("1,234,567", league=True) == (33, False, "below")


def test_even_ten_digits_can_be_read_on_a_square_screen() -> None:
    assert fit("1,234,567,890", league=True, wide=SQUARE)[0] >= 14


def test_a_comma_that_hangs_into_the_status_sends_it_below() -> None:
    assert fit("311,400")[2] == "below"
    assert fit("0")[2] == "close"
    assert fit("1,234,567,890")[2] == ""
