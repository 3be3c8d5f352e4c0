from __future__ import annotations

import pytest

from fundtracker.domain import errors
from fundtracker.domain.errors import FundtrackerError, InvalidAmount, InvalidText, NotFound
from fundtracker.domain.money import Money


def _family(root: type[FundtrackerError]) -> list[type[FundtrackerError]]:
    return [root, *(error for child in root.__subclasses__() for error in _family(child))]


def test_an_error_says_its_sentence_with_the_values_in_it() -> None:
    error = InvalidAmount("At least %(least)s.", least=Money(50, "EUR"))

    assert str(error) == "At least EUR 0.50."
    assert error.message == "At least %(least)s."
    assert error.values == {"least": Money(50, "EUR")}


def test_an_error_names_the_field_of_its_kind_or_the_one_that_is_given() -> None:
    assert InvalidAmount().field == "amount"
    assert InvalidText(field="public_name").field == "public_name"
    assert NotFound().field is None


# Other modules have errors of their own, which take values.
OURS = [error for error in _family(FundtrackerError) if error.__module__ == errors.__name__]


@pytest.mark.parametrize("error", OURS)
def test_every_error_has_a_sentence_that_needs_no_values(error: type[FundtrackerError]) -> None:
    assert str(error()).endswith(".")


@pytest.mark.parametrize(
    ("names", "status"),
    [
        ("UnknownFund UnknownSection UnknownDonation", 404),
        ("FundPaused FundClosed FundNotYetOpen", 409),
        ("InvalidAmount InvalidCurrency NoRate InvalidText", 422),
        ("TooManyRequests", 429),
        ("CurrencyMismatch Unbalanced Quarantined", 500),
        ("GatewayRefused", 502),
        ("GatewayUnavailable Busy", 503),
    ],
)
def test_an_error_knows_its_status(names: str, status: int) -> None:
    assert {getattr(errors, name).status for name in names.split()} == {status}


def test_values_may_bear_any_name() -> None:
    assert str(FundtrackerError("%(message)s", message="said")) == "said"
