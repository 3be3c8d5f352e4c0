from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.money import Money
from fundtracker.domain.pledges import PledgeSource, PledgeStatus
from fundtracker.domain.scope import Reach, Scope
from fundtracker.store import snapshots
from fundtracker.store.recent_pledges import calls_of_hall
from tests.factories.pledges import a_pledge, some_pledges
from tests.factories.rows import a_fund
from tests.support.clocks import Clock
from tests.support.tools import parts_on

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from fundtracker.store.database import Database
    from fundtracker.store.funds import FundRow

POUNDS = Money(2_000, "GBP")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def parts(database: Database, clock: Clock) -> Parts:
    return parts_on(database, clock)


@pytest.fixture
def fund(parts: Parts) -> FundRow:
    with parts.database.unit_of_work() as session:
        return a_fund(session)


def test_what_was_called_out_together_is_one(parts: Parts, clock: Clock, fund: FundRow) -> None:
    some_pledges(parts, fund.slug, [POUNDS] * 12, "GB", call_id=7)
    clock.advance(1)
    a_pledge(parts, fund.slug, Money(50_000, "CHF"), "CH")
    clock.advance(1)
    a_pledge(parts, fund.slug, POUNDS, source=PledgeSource.ONLINE)
    a_pledge(parts, fund.slug, POUNDS, counted=False)
    a_pledge(parts, fund.slug, POUNDS, status=PledgeStatus.CANCELLED)

    with parts.database.reading() as session:
        calls = calls_of_hall(session, fund.id, Scope.everything(), 5)
        first = calls_of_hall(session, fund.id, Scope.everything(), 1)
        recent = snapshots.load_true(session, fund.slug).recent
    assert [(call.people, call.amount, call.currency) for call in calls] == [
        (1, 50_000, "CHF"),
        (12, 24_000, "GBP"),
    ]
    assert first == calls[:1]
    assert [(entry.kind, entry.section, entry.count, entry.amount) for entry in recent] == [
        ("pledge", "CH", 1, 50_000),
        ("pledge", "GB", 12, 24_000),
    ]


def test_within_a_scope_there_are_none_of_others(parts: Parts, fund: FundRow) -> None:
    own = a_pledge(parts, fund.slug, POUNDS, "GB").section_id
    a_pledge(parts, fund.slug, POUNDS, "CH")
    a_pledge(parts, fund.slug, POUNDS, "CH", call_id=8)

    with parts.database.reading() as session:
        scope = Scope(frozenset({Reach(fund.id, own)}))
        assert [call.section_id for call in calls_of_hall(session, fund.id, scope, 5)] == [own]
