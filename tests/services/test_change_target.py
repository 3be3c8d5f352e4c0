from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.actors import Actor
from fundtracker.domain.editions import edition
from fundtracker.domain.errors import Changed, Invalid, UnknownFund
from fundtracker.domain.totals import Totals
from fundtracker.services.change_target import Mark, change_target, targets_of
from fundtracker.services.hold import hold
from fundtracker.store import funds, snapshots, totals
from tests.factories.rows import a_fund
from tests.support.deeds import deeds

if TYPE_CHECKING:
    from fundtracker.domain.funds import Fund
    from fundtracker.services.parts import Parts


@pytest.fixture
def parts(parts: Parts) -> Parts:
    return parts.acting(Actor.staff("anna"))


@pytest.fixture(autouse=True)
def _hall(parts: Parts) -> None:
    """Make a fund whose target is 100 euros, with 60 received."""
    with parts.database.unit_of_work() as session:
        fund = a_fund(session, slug="hall", target=10_000, first_target=10_000)
        totals.add(session, {(fund.id, 0): Totals(received=6_000)})


def receive(parts: Parts, cents: int) -> None:
    with parts.database.unit_of_work() as session:
        totals.add(session, {(funds.row_of(session, "hall").id, 0): Totals(received=cents)})


def hall(parts: Parts) -> Fund:
    with parts.database.reading() as session:
        return funds.by_slug(session, "hall")


def milestones(parts: Parts) -> dict[int, bool]:
    with parts.database.reading() as session:
        marks = funds.milestones(session, funds.by_slug(session, "hall").id)
        return {mark.amount: mark.reached_at is not None for mark in marks}


def history(parts: Parts) -> list[tuple[int, int, str]]:
    with parts.database.reading() as session:
        changes = funds.target_changes(session, funds.by_slug(session, "hall").id)
        return [(change.before, change.after, change.actor) for change in changes]


def test_before_it_is_reached_the_first_target_may_stay_the_mark(parts: Parts) -> None:
    version = hall(parts).version

    assert change_target(parts, "hall", 20_000, Mark.KEEP)

    assert targets_of(hall(parts)) == (20_000, 10_000)
    with parts.database.reading() as session:
        assert snapshots.load_true(session, "hall").permille == 600
    assert milestones(parts) == {}
    assert parts.broker.newer("hall", version, timeout=0) == hall(parts).version


def test_or_the_new_target_replaces_it(parts: Parts) -> None:
    change_target(parts, "hall", 20_000, Mark.REPLACE)

    assert targets_of(hall(parts)) == (20_000, 20_000)
    with parts.database.reading() as session:
        assert snapshots.load_true(session, "hall").permille == 300


def test_but_somebody_has_to_say_which(parts: Parts) -> None:
    with pytest.raises(Invalid, match="what per cents are of") as question:
        change_target(parts, "hall", 20_000)

    assert question.value.field == "mark"
    assert targets_of(hall(parts)) == (10_000, 10_000)


def test_once_reached_it_becomes_a_milestone_and_stays_the_mark(parts: Parts) -> None:
    receive(parts, 5_000)

    change_target(parts, "hall", 20_000, Mark.REPLACE)

    assert targets_of(hall(parts)) == (20_000, 10_000)
    assert milestones(parts) == {10_000: True}


def test_a_milestone_at_the_old_target_is_not_doubled(parts: Parts) -> None:
    receive(parts, 5_000)
    change_target(parts, "hall", 11_000)

    change_target(parts, "hall", 10_000)
    change_target(parts, "hall", 12_000)

    assert milestones(parts) == {10_000: True}
    assert targets_of(hall(parts)) == (12_000, 10_000)


def test_lowered_below_what_is_there_nothing_becomes_a_milestone(parts: Parts) -> None:
    receive(parts, 5_000)

    change_target(parts, "hall", 5_000)

    assert milestones(parts) == {}
    assert targets_of(hall(parts)) == (5_000, 10_000)


def test_a_draft_has_no_mark_that_anybody_knows(parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        funds.row_of(session, "hall").status = "draft"

    change_target(parts, "hall", 20_000)

    assert targets_of(hall(parts)) == (20_000, 20_000)


def test_the_history_says_who_and_the_log_knows_both_targets(parts: Parts) -> None:
    change_target(parts, "hall", 20_000, Mark.KEEP)
    change_target(parts, "hall", 30_000, Mark.REPLACE)

    assert history(parts) == [(20_000, 30_000, "staff:anna"), (10_000, 20_000, "staff:anna")]
    last = deeds(parts.database)[-1]
    assert (last.action, last.subject) == ("target_changed", "fund:hall")
    assert last.facts == {
        "before": {"target": 20_000, "first_target": 10_000},
        "after": {"target": 30_000, "first_target": 30_000},
    }


def test_the_same_target_is_no_change(parts: Parts) -> None:
    before = hall(parts)

    assert not change_target(parts, "hall", 10_000, Mark.KEEP)

    assert hall(parts) == before
    assert history(parts) == []
    assert deeds(parts.database) == []


def test_who_comes_second_is_told(parts: Parts) -> None:
    made_from = edition(targets_of(hall(parts)))
    change_target(parts, "hall", 20_000, Mark.KEEP, made_from=made_from)

    with pytest.raises(Changed):
        change_target(parts, "hall", 30_000, Mark.KEEP, made_from=made_from)

    assert len(history(parts)) == 1


def test_a_target_that_is_none_is_refused(parts: Parts) -> None:
    for target in (0, -1):
        with pytest.raises(Invalid) as refusal:
            change_target(parts, "hall", target, Mark.KEEP)
        assert refusal.value.field == "target"
    with pytest.raises(UnknownFund):
        change_target(parts, "nowhere", 1)


def test_while_the_count_is_held_the_hall_keeps_its_target(parts: Parts) -> None:
    hold(parts, "hall")
    with parts.database.reading() as session:
        before = snapshots.load(session, "hall")

    change_target(parts, "hall", 20_000, Mark.REPLACE)

    with parts.database.reading() as session:
        assert snapshots.load(session, "hall") == before
