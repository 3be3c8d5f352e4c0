from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from fundtracker.domain.errors import UnknownFund
from fundtracker.services.hold import hold, release
from fundtracker.store import funds, snapshots
from tests.factories.rows import a_donation, a_fund
from tests.factories.stripe import Payment, event
from tests.support.telling import tell_and_settle

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from fundtracker.store.funds import FundRow
    from tests.support.clocks import Clock


@pytest.fixture
def fund(parts: Parts) -> FundRow:
    with parts.database.unit_of_work() as session:
        return a_fund(session, slug="hall")


def receive_fifty(parts: Parts, fund: FundRow) -> None:
    with parts.database.unit_of_work() as session:
        row = a_donation(session, fund)
    tell_and_settle(parts, event(Payment(row.token).session()))


def published(parts: Parts) -> dict[str, Any]:
    with parts.database.reading() as session:
        body: dict[str, Any] = json.loads(snapshots.load(session, "hall"))
        assert body["version"] == funds.version(session, "hall")
        assert body["version"] <= funds.versions(session)["hall"]
        return body


def true_sum(parts: Parts) -> int:
    with parts.database.reading() as session:
        return snapshots.load_true(session, "hall").received


def test_while_the_count_is_held_the_world_sees_what_it_saw(parts: Parts, fund: FundRow) -> None:
    receive_fifty(parts, fund)
    hold(parts, "hall")
    before = published(parts)
    receive_fifty(parts, fund)

    assert published(parts) == before
    assert (before["mode"], before["received"]) == ("hold", 5750)
    assert true_sum(parts) == 11_500


def test_let_go_the_world_sees_the_truth_under_a_later_version(
    parts: Parts, fund: FundRow, clock: Clock
) -> None:
    hold(parts, "hall")
    held = published(parts)
    receive_fifty(parts, fund)
    release(parts, "hall")

    seen = published(parts)

    assert (seen["mode"], seen["received"]) == ("live", 5750)
    assert seen["version"] > held["version"]
    assert parts.broker.newer("hall", held["version"], timeout=0) == seen["version"]


def test_holding_twice_keeps_the_first_moment(parts: Parts, fund: FundRow) -> None:
    hold(parts, "hall")
    before = published(parts)
    receive_fifty(parts, fund)
    hold(parts, "hall")

    assert published(parts) == before


def test_a_fund_that_is_live_has_nothing_to_let_go(parts: Parts, fund: FundRow) -> None:
    before = published(parts)
    release(parts, "hall")

    assert published(parts) == before


def test_there_is_nothing_to_hold_at_any_other_address(parts: Parts) -> None:
    with pytest.raises(UnknownFund):
        hold(parts, "nowhere")
