from __future__ import annotations

import pytest

from fundtracker.domain.codes import authenticator_code, recovery_code, shown_code
from fundtracker.domain.errors import Invalid


@pytest.mark.parametrize(
    "typed", ["123456", " 123 456 ", "123-456", "１２３４５６", "12 34\u00a056"]
)
def test_six_digits_are_read_however_they_are_spaced(typed: str) -> None:
    assert authenticator_code(typed) == "123456"


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "12345x", "१२३४५६", "+12345", "1" * 10_000]
)
def test_anything_else_is_no_code_of_an_app(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        authenticator_code(typed)
    assert refused.value.field == "code"


@pytest.mark.parametrize("typed", ["7KQ2M-X4RT0", "7kq2mx4rto", " 7KQ2M X4RTO\n", "７KQ2M-X4RT０"])
def test_a_recovery_code_is_read_as_it_stands_on_paper(typed: str) -> None:
    assert recovery_code(typed) == "7KQ2MX4RT0"


def test_letters_that_look_like_digits_are_digits() -> None:
    assert recovery_code("OIL00-ooiil") == recovery_code("01100-00111")


@pytest.mark.parametrize("typed", ["", "7KQ2M", "7KQ2M-X4RTU", "7KQ2M-X4RT0-1", "7KQ2MX4RT€"])
def test_anything_else_is_no_recovery_code(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        recovery_code(typed)
    assert refused.value.field == "recovery"


def test_a_recovery_code_is_shown_in_two_groups() -> None:
    assert shown_code("7KQ2MX4RT0") == "7KQ2M-X4RT0"
