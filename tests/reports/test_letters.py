from __future__ import annotations

import pytest

from fundtracker.reports.letters import printable, width


@pytest.mark.parametrize("text", ["Österreich", "España", "Türkiye", "Suisse / Schweiz", "€ – ’"])
def test_what_we_have_letters_for_stays(text: str) -> None:
    assert printable(text, "XX") == text


@pytest.mark.parametrize(
    ("text", "nearest"),
    [("Tři", "Tri"), ("Čeština Ångström", "Čeština Ångström"), ("Gdańsk", "Gdansk")],
)
def test_marks_that_are_missing_are_left_off(text: str, nearest: str) -> None:
    assert printable(text, "XX") == nearest


@pytest.mark.parametrize("text", ["Россия", "日本", "עברית", "भारत", "Rossiya (Россия)"])
def test_a_name_in_another_script_stands_as_its_code(text: str) -> None:
    assert printable(text, "XX") == "XX"


def test_without_a_code_a_letter_that_is_missing_is_seen_to_be_missing() -> None:
    assert printable("a日b") == "a?b"


def test_a_question_mark_of_the_text_is_none_of_ours() -> None:
    assert printable("Où?", "XX") == "Où?"


def test_wide_letters_stand_wider() -> None:
    assert width("WWW", 10) > width("iii", 10) > 0
