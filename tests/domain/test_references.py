from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.references import (
    ALPHABET,
    LENGTH,
    named_number,
    new_number,
    numbers_in,
    reference,
    spoken,
    typed_number,
)

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBERS = st.text(alphabet=ALPHABET, min_size=LENGTH, max_size=LENGTH)


def remainder(text: str) -> int:
    """What the standard says has to be 1."""
    turned = text[4:] + text[:4]
    return int("".join(str(int(character, 36)) for character in turned)) % 97


def test_a_new_number_has_eight_characters_that_cannot_be_mistaken() -> None:
    numbers = {new_number(secrets.choice) for _ in range(50)}

    assert len(numbers) == 50
    assert all(len(number) == 8 and set(number) <= set(ALPHABET) for number in numbers)
    assert not set(ALPHABET) & set("0O1IL2Z5S8BUV")


@given(NUMBERS)
def test_a_reference_is_one_of_the_standard_and_short(number: str) -> None:
    made = reference(number)

    assert remainder(made) == 1
    assert len(made) == 12
    assert numbers_in(made) == [number]


@given(NUMBERS, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_a_reference_with_one_wrong_letter_or_digit_is_not_found(
    number: str, place: int, other: str
) -> None:
    wrong = number[:place] + other + number[place + 1 :]
    # A digit for a letter gets past the standard's check now and then.
    if wrong != number and other.isdigit() == number[place].isdigit():
        assert numbers_in(reference(number)[:4] + wrong) == []


NUMBER = "AC34 67DE".replace(" ", "")


@pytest.mark.parametrize(
    "wrote",
    [
        "{}",
        "Invoice {} thank you",
        "/ROC/{}/URI/fighting fund",
        "{}{}",
    ],
)
def test_a_reference_is_found_among_other_words(wrote: str) -> None:
    assert numbers_in(wrote.format(reference(NUMBER), reference(NUMBER))) == [NUMBER]


def test_it_is_found_however_it_was_copied() -> None:
    made = reference(NUMBER)

    assert numbers_in(made.lower()) == [NUMBER]
    assert numbers_in(made.removeprefix("RF")) == [NUMBER]
    assert numbers_in(f"{made[:4]} {made[4:8]} {made[8:]}") == [NUMBER]
    assert numbers_in(f"{made[:4]}-{made[4:8]}.{made[8:]}") == [NUMBER]


@pytest.mark.parametrize("typed", ["AC3467DE", "ac34 67de", " AC34-67DE\n"])
def test_a_number_is_read_however_it_was_typed(typed: str) -> None:
    assert typed_number(typed) == NUMBER


@pytest.mark.parametrize("typed", ["", "AC34 67D", "AC34 67DE9", "AC34 67D0", "Rosa Parks"])
def test_what_is_no_number_is_none(typed: str) -> None:
    assert typed_number(typed) == ""


def test_a_nought_may_come_back_as_a_letter() -> None:
    number = next(
        number
        for number in (f"AC34{a}{b}{c}E" for a in ALPHABET for b in ALPHABET for c in ALPHABET)
        if reference(number)[2:4] in {"10", "01"}
    )
    digits = reference(number)[2:4].replace("0", "O").replace("1", "I")

    assert numbers_in(f"RF{digits}{number}") == [number]


def test_two_references_are_both_found_in_order() -> None:
    text = f"{reference('XXXXYYYY')} and {reference(NUMBER)}"

    assert numbers_in(text) == ["XXXXYYYY", NUMBER]


@given(st.text(max_size=60))
def test_any_text_can_be_searched(text: str) -> None:
    assert all(len(number) == LENGTH for number in numbers_in(text))


def test_a_number_is_read_out_in_two_groups() -> None:
    assert spoken(NUMBER) == "AC34 67DE"


@pytest.mark.parametrize("write", [str, str.lower, spoken, reference])
def test_a_field_for_a_number_names_one_however_it_is_typed(write: Callable[[str], str]) -> None:
    assert named_number(write("K7QP34AC")) == "K7QP34AC"


def test_it_names_the_first_of_several_and_none_of_very_many() -> None:
    both = f"{reference('K7QP34AC')} {reference('34679ACD')}"

    assert named_number(both) == "K7QP34AC"
    assert named_number(both * 2) == ""
    assert named_number("promised in the hall") == ""
