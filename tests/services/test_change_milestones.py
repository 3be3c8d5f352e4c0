from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.errors import Invalid, UnknownFund
from fundtracker.domain.totals import Totals
from fundtracker.services.change_milestones import MOST, add_milestone, remove_milestone
from fundtracker.store import funds, totals
from tests.factories.rows import a_fund
from tests.support.deeds import deeds

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts


@pytest.fixture(autouse=True)
def _hall(parts: Parts) -> None:
    """Make a fund with 60 euros."""
    with parts.database.unit_of_work() as session:
        fund = a_fund(session, slug="hall")
        totals.add(session, {(fund.id, 0): Totals(received=6_000)})


def marks(parts: Parts) -> dict[int, bool]:
    with parts.database.reading() as session:
        found = funds.milestones(session, funds.by_slug(session, "hall").id)
        return {mark.amount: mark.reached_at is not None for mark in found}


def test_milestones_come_and_go_until_they_are_reached(parts: Parts) -> None:
    add_milestone(parts, "hall", 5_000)
    add_milestone(parts, "hall", 9_000)

    # What lies below the headline is reached at once.
    assert marks(parts) == {5_000: True, 9_000: False}
    assert remove_milestone(parts, "hall", 9_000)
    assert not remove_milestone(parts, "hall", 9_000)
    assert [deed.facts for deed in deeds(parts.database)] == [
        {"after": {"milestone": 5_000}},
        {"after": {"milestone": 9_000}},
        {"before": {"milestone": 9_000}},
    ]


def test_one_that_was_reached_stays(parts: Parts) -> None:
    add_milestone(parts, "hall", 5_000)

    with pytest.raises(Invalid, match="was reached and stays"):
        remove_milestone(parts, "hall", 5_000)

    assert marks(parts) == {5_000: True}


def test_every_screen_hears_of_them(parts: Parts) -> None:
    add_milestone(parts, "hall", 9_000)
    with parts.database.reading() as session:
        added = funds.by_slug(session, "hall").version
    assert parts.broker.newer("hall", 0, timeout=0) == added

    remove_milestone(parts, "hall", 9_000)

    assert (parts.broker.newer("hall", added, timeout=0) or 0) > added


@pytest.mark.parametrize("amount", [0, -1, 9_000])
def test_an_amount_that_is_none_or_there_already_is_refused(parts: Parts, amount: int) -> None:
    add_milestone(parts, "hall", 9_000)

    with pytest.raises(Invalid) as refusal:
        add_milestone(parts, "hall", amount)

    assert refusal.value.field == "milestone"


def test_there_are_only_so_many(parts: Parts) -> None:
    for number in range(MOST):
        add_milestone(parts, "hall", 10_000 + number)

    with pytest.raises(Invalid, match="at most 20"):
        add_milestone(parts, "hall", 9_000)


def test_a_fund_has_to_be_there(parts: Parts) -> None:
    with pytest.raises(UnknownFund):
        add_milestone(parts, "nowhere", 1)
    with pytest.raises(UnknownFund):
        remove_milestone(parts, "nowhere", 1)
