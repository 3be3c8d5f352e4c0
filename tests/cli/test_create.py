from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.funds import CountingRule, FundStatus
from fundtracker.store import funds

if TYPE_CHECKING:
    from fundtracker.domain.funds import Fund
    from tests.cli.console import Console

AUTUMN = ("fund", "create", "autumn", "--name", "Autumn appeal", "--currency", "EUR")
WITH_TARGET = (*AUTUMN, "--target", "20000")


def autumn(console: Console) -> Fund:
    with console.parts.database.reading() as session:
        return funds.by_slug(session, "autumn")


def test_a_fund_is_made_as_a_draft(console: Console) -> None:
    assert console.says(*WITH_TARGET) == "The fund autumn is made; its status is draft.\n"

    fund = autumn(console)
    assert (fund.name, fund.currency, fund.target) == ("Autumn appeal", "EUR", 2_000_000)
    assert fund.status is FundStatus.DRAFT


def test_everything_can_be_decided(console: Console) -> None:
    console.says(
        *AUTUMN,
        *("--target", "400,000.00", "--ceiling", "25000", "--timezone", "Europe/Brussels"),
        *("--opens", "2026-06-01 08:00", "--closes", "2026-06-14T18:00:00+00:00"),
        *("--rule", "received", "--rehearsal", "--status", "open"),
        *("--milestone", "100000", "--milestone", "250000"),
    )

    fund = autumn(console)
    assert (fund.target, fund.ceiling) == (40_000_000, 2_500_000)
    assert fund.opens_at == datetime(2026, 6, 1, 6, tzinfo=UTC)
    assert fund.closes_at == datetime(2026, 6, 14, 18, tzinfo=UTC)
    assert (fund.timezone, fund.counting_rule) == ("Europe/Brussels", CountingRule.RECEIVED)
    assert (fund.rehearsal, fund.status) == (True, FundStatus.OPEN)
    with console.parts.database.reading() as session:
        marks = [mark.amount for mark in funds.milestones(session, fund.id)]
    assert marks == [10_000_000, 25_000_000]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--target", "a lot"), "Enter an amount in digits"),
        (("--target", "20000", "--currency", "XXX"), "Gifts in XXX are not possible."),
        (("--target", "20000", "--timezone", "Mars"), "There is no timezone of that name"),
        (("--target", "20000", "--milestone", "5", "--milestone", "5"), "Milestones are different"),
        (("--target", "20000", "--closes", "2001-01-01 00:00"), "A fund closes after"),
    ],
)
def test_what_could_not_work_is_refused_in_a_sentence(
    console: Console, arguments: tuple[str, ...], sentence: str
) -> None:
    assert console.refuses(*AUTUMN, *arguments).startswith(f"Error: {sentence}")


def test_an_address_that_is_taken_is_refused(console: Console) -> None:
    console.says(*WITH_TARGET)

    refusal = console.refuses(*WITH_TARGET)

    assert refusal == "Error: There is a fund called autumn already.\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Missing option '--target'"),
        (("--target", "5", "--status", "finished"), "'finished' is not one of 'draft', 'open'"),
        (("--target", "5", "--rule", "guessed"), "'guessed' is not one of 'received'"),
        (("--target", "5", "--opens", "tomorrow"), "tomorrow is not a time such as"),
        (("--target", "5", "--closes", "2026-06-14"), "say the time too, as in 2026-06-14 18:00"),
    ],
)
def test_what_is_typed_wrongly_is_a_matter_of_usage(
    console: Console, arguments: tuple[str, ...], sentence: str
) -> None:
    refusal = console.refuses(*AUTUMN, *arguments, code=2)

    assert refusal.startswith("Usage: ")
    assert sentence in refusal
