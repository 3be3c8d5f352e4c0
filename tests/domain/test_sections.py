from __future__ import annotations

import pytest

from fundtracker.domain.errors import Invalid
from fundtracker.domain.sections import Visibility, check_section


@pytest.mark.parametrize("code", ["GB", "CH", "LATAM", "EU27", "ABCDEFGH"])
def test_a_section_has_a_short_code(code: str) -> None:
    check_section(code, "Schweiz, Suisse, Svizzera", "Suisse", "CHF")


@pytest.mark.parametrize(
    "code", ["", "G", "gb", "1A", "ABCDEFGHI", "G B", "GB\n", "ÖS", "ＧＢ", "EUR", "CASH", "CHEQUE"]
)
def test_a_code_that_the_desk_could_mistake_is_refused(code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_section(code, "Britain", "Britain", "GBP")

    assert refusal.value.field == "code"
    assert str(refusal.value)


@pytest.mark.parametrize("currency", ["", "gbp", "XXX"])
def test_the_currency_is_one_that_can_be_charged(currency: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_section("GB", "Britain", "Britain", currency)

    assert refusal.value.field == "currency"


@pytest.mark.parametrize(
    ("name", "short_name", "field"),
    [
        ("", "Britain", "name"),
        ("B" * 81, "Britain", "name"),
        ("Brit\u202eain", "Britain", "name"),
        ("Britain", " ", "short_name"),
        ("Britain", "Great Britain &", "short_name"),
        ("Britain", "Bri\0tain", "short_name"),
    ],
)
def test_names_are_there_short_and_plain(name: str, short_name: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_section("GB", name, short_name, "GBP")

    assert refusal.value.field == field


def test_the_longest_names_are_taken_in_any_script() -> None:
    check_section("GR", "Ε" * 80, "Ε" * 14, "EUR")


def test_every_visibility_has_a_label() -> None:
    assert all(member.label for member in Visibility)
