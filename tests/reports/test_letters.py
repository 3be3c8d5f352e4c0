from __future__ import annotations

import pytest

from fundtracker.reports.letters import BOLD, PLAIN, printable, width


@pytest.mark.parametrize(
    "text",
    [
        "Österreich",
        "España",
        "Türkiye, İstanbul, Ağrı",
        "Suisse / Schweiz",
        "Čeština, Tři",
        "Polska, Gdańsk, Łódź",
        "Tiếng Việt",
        "Ελλάδα",
        "Россия, Україна, Ђорђе",
        "€ – ’ ₴ ₺ ₽",
    ],
)
def test_what_we_have_letters_for_stays(text: str) -> None:
    assert printable(text, "XX") == text


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("Tr\N{COMBINING CARON}i", "T\N{LATIN SMALL LETTER R WITH CARON}i"),
        ("x\N{COMBINING CARON}y", "xy"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER L}ódź", "Lódź"),
    ],
)
def test_what_is_written_otherwise_stands_as_the_nearest(text: str, nearest: str) -> None:
    assert printable(text, "XX") == nearest


@pytest.mark.parametrize(
    "text",
    [
        "日本",
        "Հայաստան",
        "საქართველო",
        "עברית",
        "العربية",
        "भारत",
        "Nippon (日本)",
        "x\N{RIGHT-TO-LEFT OVERRIDE}y",
    ],
)
def test_a_name_in_a_script_that_is_set_otherwise_stands_as_its_code(text: str) -> None:
    assert printable(text, "XX") == "XX"


def test_without_a_code_a_letter_that_is_missing_is_seen_to_be_missing() -> None:
    assert printable("a日b") == "a?b"


def test_a_question_mark_of_the_text_is_none_of_ours() -> None:
    assert printable("Où?", "XX") == "Où?"


def test_wide_letters_stand_wider() -> None:
    assert width("WWW", 10) > width("iii", 10) > 0


def test_columns_of_digits_stand_under_each_other() -> None:
    for font in (PLAIN, BOLD):
        assert len({width(digit, 10, font) for digit in "0123456789"}) == 1
