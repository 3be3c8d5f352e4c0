from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.errors import InvalidText
from fundtracker.domain.text import clean_line, clean_text


def _line(text: str, limit: int = 80) -> str:
    return clean_line(text, field="public_name", limit=limit)


@pytest.mark.parametrize(
    "text",
    [
        "Rosa",
        "<script>alert(1)</script>",
        "{{ 7 * 7 }}",
        "%(name)s",
        "O’Brien & 'Söhne'; --",
        "محمد",
        "نمی\u200cدانم",
        "👩🏽\u200d🚀 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "",
    ],
)
def test_a_name_stays_as_it_was_typed_markup_too(text: str) -> None:
    assert _line(text) == text


def test_letters_are_composed_and_the_edges_trimmed() -> None:
    assert _line("\u00a0 Zu\u0308rich \n") == "Zürich"


@pytest.mark.parametrize(
    "text",
    [
        "Ro\0sa",
        "\0",
        "Ro\nsa",
        "Ro\tsa",
        "Ro\x7fsa",
        "Ro\x85sa",
        "Ro\u2028sa",
        "Ro\ud800sa",
        "Rosa \u202e00.52 RUE",
        "\u2066Rosa\u2069",
    ],
)
def test_characters_that_deceive_are_refused_not_removed(text: str) -> None:
    with pytest.raises(InvalidText, match="hidden character") as refusal:
        _line(text)

    assert refusal.value.field == "public_name"


def test_ten_thousand_characters_are_refused_with_the_limit() -> None:
    with pytest.raises(InvalidText, match="at most 80 characters, and it has 10000") as refusal:
        _line("R" * 10_000)

    assert "R" * 100 not in str(refusal.value)


def test_what_stays_too_long_is_not_even_composed() -> None:
    with pytest.raises(InvalidText, match="it has 2000"):
        _line("e\u0301" * 1000)


def test_four_characters_that_become_one_count_as_one() -> None:
    assert _line("\u03b1\u0313\u0300\u0345" * 80, limit=80) == "\u1f82" * 80


def test_the_limit_counts_what_is_kept() -> None:
    assert _line("  Zu\u0308rich  ", limit=6) == "Zürich"
    with pytest.raises(InvalidText):
        _line("Zürichs", limit=6)


def test_a_message_may_have_lines() -> None:
    assert clean_text("one\r\n\ttwo\n", field="message", limit=80) == "one\n\ttwo"


@pytest.mark.parametrize("text", ["one\rtwo", "one\0two", "one\u202etwo"])
def test_a_message_may_not_have_other_controls(text: str) -> None:
    with pytest.raises(InvalidText):
        clean_text(text, field="message", limit=80)


@given(text=st.text(st.characters(), max_size=100))
def test_what_is_taken_is_composed_plain_and_taken_again(text: str) -> None:
    try:
        kept = _line(text)
    except InvalidText:
        return

    assert kept == unicodedata.normalize("NFC", text).strip() == _line(kept)
    assert len(kept.splitlines()) <= 1
    kept.encode()
