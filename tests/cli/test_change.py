from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from fundtracker.services.create_fund import NewFund, create_fund
from fundtracker.services.lock_rates import lock_rates
from fundtracker.store import funds
from fundtracker.store.rates import RateTableRow

if TYPE_CHECKING:
    from tests.cli.console import Console


@pytest.fixture(autouse=True)
def _autumn(console: Console) -> None:
    create_fund(console.parts, NewFund("autumn", "Autumn appeal", "EUR", 2_000_000))


def status(console: Console) -> str:
    with console.parts.database.reading() as session:
        return funds.by_slug(session, "autumn").status


@pytest.mark.parametrize(
    ("command", "word"), [("open", "open"), ("pause", "paused"), ("close", "closed")]
)
def test_a_fund_is_given_another_status_once(console: Console, command: str, word: str) -> None:
    assert console.says("fund", command, "autumn") == f"The fund autumn is {word} now.\n"
    assert console.says("fund", command, "autumn") == f"The fund autumn is {word} already.\n"
    assert status(console) == word


def test_a_fund_has_to_be_there(console: Console) -> None:
    assert console.refuses("fund", "open", "winter") == "Error: There is no fund at this address.\n"


def test_rates_are_added_to_those_that_hold(console: Console) -> None:
    console.says("fund", "rates", "autumn", "GBP=1.15", "chf=1.05")

    said = console.says("fund", "rates", "autumn", "GBP=1.16")

    assert said.splitlines() == ["CHF 1.05", "EUR 1", "GBP 1.16"]
    with console.parts.database.reading() as session:
        tables = list(session.scalars(select(RateTableRow).order_by(RateTableRow.id)))
    assert len(tables) == 2
    assert tables[1].made_by == str(console.parts.actor)
    assert tables[1].made_by.startswith("command:")


def test_rates_that_are_not_named_can_be_dropped(console: Console) -> None:
    console.says("fund", "rates", "autumn", "GBP=1.15", "CHF=1.05")

    assert console.says("fund", "rates", "autumn", "--only", "GBP=1.16") == "EUR 1\nGBP 1.16\n"


def test_without_a_rate_those_that_hold_are_printed(console: Console) -> None:
    console.says("fund", "rates", "autumn", "GBP=1.15")

    assert console.says("fund", "rates", "autumn") == "EUR 1\nGBP 1.15\n"


def test_locked_rates_ask_for_a_reason(console: Console) -> None:
    console.says("fund", "rates", "autumn", "GBP=1.15")
    with console.parts.database.reading() as session:
        table = funds.by_slug(session, "autumn").rate_table_id or 0
    lock_rates(console.parts, "autumn", table)

    assert "say why" in console.refuses("fund", "rates", "autumn", "GBP=1.16")
    said = console.says("fund", "rates", "autumn", "GBP=1.16", "--reason", "a typo")

    assert said == "EUR 1\nGBP 1.16\n"


@pytest.mark.parametrize(
    ("rate", "code", "sentence"),
    [
        ("EUR=1.2", 1, "EUR is the fund's own currency"),
        ("XXX=1.2", 1, "Gifts in XXX are not possible."),
        ("GBP", 2, "GBP is not of the form GBP=1.15."),
        ("GBP=1,15", 2, "A rate is a positive number with a decimal point"),
        ("GBP=0", 2, "A rate is a positive number with a decimal point"),
    ],
)
def test_a_rate_that_cannot_be_is_refused(
    console: Console, rate: str, code: int, sentence: str
) -> None:
    assert sentence in console.refuses("fund", "rates", "autumn", "CHF=1.05", rate, code=code)
    assert console.says("fund", "rates", "autumn") == "EUR 1\n"


def test_a_currency_is_named_once(console: Console) -> None:
    refusal = console.refuses("fund", "rates", "autumn", "GBP=1.15", "GBP=1.16", code=2)

    assert "Name each currency once." in refusal
