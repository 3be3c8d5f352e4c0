from __future__ import annotations

import pytest

from fundtracker.web.numerals import GLYPHS, MARKS, spell


def test_a_number_is_as_wide_as_the_rule_of_the_hall_says() -> None:
    digits, marks = 6, 1

    assert spell("311,400").width == 61 * digits + 29 * marks - 5


def test_glyphs_stand_side_by_side_in_the_order_of_the_number() -> None:
    assert spell("1,0").placed == (("1", 0), ("comma", 61), ("0", 90))


@pytest.mark.parametrize("mark", [".", ",", "’", "'", " ", "\xa0", "\u202f", "\u066c"])
def test_every_languages_mark_has_a_glyph(mark: str) -> None:
    assert spell(f"1{mark}234").placed[1][0] == MARKS[mark]


def test_all_digits_are_equally_wide() -> None:
    assert {glyph.width for glyph in GLYPHS if glyph.name.isdigit()} == {56}


def test_there_is_one_glyph_for_each_digit_and_mark() -> None:
    assert [glyph.name for glyph in GLYPHS] == [*"0123456789", "comma", "point", "quote", "space"]
