from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from fundtracker.domain.errors import Invalid
from fundtracker.domain.pledge_terms import (
    PledgeTerms,
    check_iban,
    check_terms,
    default_terms,
    in_groups,
    joined,
)
from tests.factories.funds import a_fund

TODAY = date(2026, 6, 12)
IBAN = "DE89370400440532013000"
TERMS = PledgeTerms(40_000, holder="The movement", iban=IBAN)


def test_a_thousandth_of_the_target_counts_at_once_unless_somebody_decides() -> None:
    assert default_terms(a_fund()) == PledgeTerms(40_000)


def test_the_usual_limit_is_whole_and_lets_something_through() -> None:
    assert default_terms(a_fund(first_target=1_234_567)).automatic_limit == 1_200
    assert default_terms(a_fund(first_target=10_000)).automatic_limit == 50
    assert default_terms(a_fund(currency="JPY", first_target=1_234_567)).automatic_limit == 1_234


@pytest.mark.parametrize(
    "terms",
    [
        TERMS,
        replace(TERMS, bic="COBADEFFXXX", booked_until=TODAY),
        replace(TERMS, bic="COBADEFF", automatic_limit=0),
        PledgeTerms(0, details="Giro 90-1234\nof the bank of Hawaii"),
    ],
)
def test_terms_that_make_sense_are_taken(terms: PledgeTerms) -> None:
    check_terms(terms, TODAY)

    assert terms.takes_transfers


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"iban": "DE88370400440532013000"}, "iban"),
        ({"iban": "DE89"}, "iban"),
        ({"iban": "D-89370400440532013000"}, "iban"),
        ({"holder": ""}, "holder"),
        ({"holder": "x" * 71}, "holder"),
        ({"details": "x" * 501}, "details"),
        ({"bic": "COBADE"}, "bic"),
        ({"booked_until": date(2026, 6, 13)}, "booked_until"),
    ],
)
def test_a_mistake_is_told_at_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_terms(replace(TERMS, **change), TODAY)

    assert refused.value.field == field


@pytest.mark.parametrize(
    "iban", ["GB29NWBK60161331926819", "NO9386011117947", "MT84MALT011000012345MTLCAST001S"]
)
def test_ibans_of_every_country_have_the_same_check_digits(iban: str) -> None:
    check_iban(iban)


def test_without_an_account_nobody_is_told_to_transfer() -> None:
    assert not PledgeTerms(40_000).takes_transfers


def test_an_iban_is_kept_in_one_and_written_in_groups() -> None:
    assert joined(" de89 3704-0044.0532 0130 00 ") == IBAN
    assert in_groups(IBAN) == "DE89 3704 0044 0532 0130 00"
