from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.actors import Actor
from fundtracker.domain.editions import edition
from fundtracker.domain.errors import Changed, Invalid, UnknownFund
from fundtracker.domain.fund_settings import FundBase, FundSettings, base_of, settings_of
from fundtracker.domain.funds import CountingRule
from fundtracker.domain.totals import Totals
from fundtracker.services.change_fund import change_base, change_fund
from fundtracker.services.hold import hold
from fundtracker.services.verify import verify
from fundtracker.store import funds, rates, sections, snapshots, totals
from tests.factories.rows import a_donation, a_fund
from tests.support.deeds import deeds

if TYPE_CHECKING:
    from fundtracker.domain.funds import Fund
    from fundtracker.services.parts import Parts


@pytest.fixture
def parts(parts: Parts) -> Parts:
    return parts.acting(Actor.staff("anna", "203.0.113.9"))


@pytest.fixture(autouse=True)
def hall(parts: Parts) -> int:
    """Return a fund whose pledges are twice what was received."""
    with parts.database.unit_of_work() as session:
        fund = a_fund(session, slug="hall", milestones=(2_000, 9_000))
        totals.add(session, {(fund.id, 0): Totals(received=1_000, pledged=2_000)})
        fund.counting_rule = "received"
        return fund.id


@pytest.fixture
def draft(parts: Parts) -> int:
    """Return a draft in euros that nobody has given to."""
    with parts.database.unit_of_work() as session:
        fund = a_fund(session, slug="draft", status="draft", milestones=(10_000,))
        first, *_ = sections.rows_of(session, fund.id)
        first.target = 500
        return fund.id


def fund(parts: Parts, slug: str = "hall") -> Fund:
    with parts.database.reading() as session:
        return funds.by_slug(session, slug)


def settings(parts: Parts) -> FundSettings:
    return settings_of(fund(parts))


def test_settings_are_changed_announced_and_recorded(parts: Parts) -> None:
    before = fund(parts)
    wanted = replace(settings(parts), name="The evening", ceiling=500_000, presets=(5, 10))

    assert change_fund(parts, "hall", wanted, made_from=edition(settings(parts)))

    after = fund(parts)
    assert settings_of(after) == wanted
    assert parts.broker.newer("hall", before.version, timeout=0) == after.version
    (deed,) = deeds(parts.database)
    assert (deed.actor, deed.action, deed.subject) == ("staff:anna", "fund_changed", "fund:hall")
    assert deed.facts == {
        "before": {"name": "Founding conference", "ceiling": 2_500_000, "presets": []},
        "after": {"name": "The evening", "ceiling": 500_000, "presets": [5, 10]},
    }


def test_what_is_so_already_is_neither_announced_nor_recorded(parts: Parts) -> None:
    before = fund(parts)

    assert not change_fund(parts, "hall", settings(parts))

    assert fund(parts) == before
    assert deeds(parts.database) == []


def test_a_rule_that_counts_more_reaches_milestones(parts: Parts) -> None:
    wanted = replace(settings(parts), counting_rule=CountingRule.RECEIVED_AND_PLEDGED)

    change_fund(parts, "hall", wanted)

    with parts.database.reading() as session:
        assert snapshots.load_true(session, "hall").headline == 3_000
        reached = {
            mark.amount: mark.reached_at for mark in funds.milestones(session, fund(parts).id)
        }
    assert reached == {2_000: parts.clock(), 9_000: None}


def test_a_number_that_is_held_stays_as_it_is(parts: Parts) -> None:
    hold(parts, "hall")
    with parts.database.reading() as session:
        before = snapshots.load(session, "hall")

    change_fund(
        parts, "hall", replace(settings(parts), counting_rule=CountingRule.EVERYTHING_ANNOUNCED)
    )

    with parts.database.reading() as session:
        assert snapshots.load(session, "hall") == before
        assert json.loads(before)["version"] == funds.version(session, "hall")
        assert snapshots.load_true(session, "hall").headline == 3_000


def test_who_comes_second_is_told_and_changes_nothing(parts: Parts) -> None:
    first = settings(parts)
    change_fund(parts, "hall", replace(first, name="First"), made_from=edition(first))

    with pytest.raises(Changed):
        change_fund(parts, "hall", replace(first, name="Second"), made_from=edition(first))

    assert fund(parts).name == "First"


def test_what_a_fund_may_not_be_is_refused(parts: Parts) -> None:
    before = fund(parts)

    with pytest.raises(Invalid):
        change_fund(parts, "hall", replace(settings(parts), ceiling=1))
    with pytest.raises(UnknownFund):
        change_fund(parts, "nowhere", settings(parts))

    assert fund(parts) == before


def test_a_timezone_may_change_with_the_days_that_are_counted_in_it(parts: Parts) -> None:
    change_fund(parts, "hall", replace(settings(parts), timezone="Asia/Tokyo"))

    assert fund(parts).timezone == "Asia/Tokyo"
    # The totals of the fixture stand in no ledger, and are all that is wrong.
    assert all("total" in line or "says" in line for line in verify(parts).broken)


@pytest.mark.usefixtures("draft")
def test_a_draft_may_get_another_address_currency_and_flag(parts: Parts) -> None:
    wanted = FundBase("spring", "JPY", rehearsal=True)

    assert change_base(parts, "draft", wanted, made_from=edition(base_of(fund(parts, "draft"))))

    after = fund(parts, "spring")
    assert base_of(after) == wanted
    # The numbers stay, and the rates to the euro are let go.
    assert (after.target, after.first_target, after.ceiling) == (400_000, 400_000, 25_000)
    with parts.database.reading() as session:
        assert [mark.amount for mark in funds.milestones(session, after.id)] == [100]
        assert {part.target for part in sections.rows_of(session, after.id)} == {5, None}
        assert rates.current(session, after).keys() == {"JPY"}
    assert parts.broker.newer("spring", 0, timeout=0) == after.version
    (deed,) = deeds(parts.database)
    assert deed.subject == "fund:spring"
    assert deed.facts["before"] == {"slug": "draft", "currency": "EUR", "rehearsal": False}


@pytest.mark.usefixtures("draft")
def test_the_same_base_changes_nothing(parts: Parts) -> None:
    before = fund(parts, "draft")

    assert not change_base(parts, "draft", base_of(before))
    assert change_base(parts, "draft", replace(base_of(before), rehearsal=True))

    assert fund(parts, "draft").rate_table_id == before.rate_table_id


@pytest.mark.usefixtures("draft")
def test_a_base_that_cannot_be_is_refused(parts: Parts) -> None:
    base = base_of(fund(parts, "draft"))

    for change, field in (
        ({"slug": "hall"}, "slug"),
        ({"slug": "No"}, "slug"),
        ({"currency": "XXX"}, "currency"),
    ):
        with pytest.raises(Invalid) as refusal:
            change_base(parts, "draft", replace(base, **change))  # type: ignore[arg-type]
        assert refusal.value.field == field
    with pytest.raises(Changed):
        change_base(parts, "draft", replace(base, slug="spring"), made_from="of yesterday")

    assert base_of(fund(parts, "draft")) == base


def test_an_open_fund_stands_where_it_stands(parts: Parts) -> None:
    with pytest.raises(Invalid, match="fixed since the fund was opened"):
        change_base(parts, "hall", FundBase("spring", "EUR", rehearsal=False))


def test_so_does_a_draft_that_was_given_to(parts: Parts, draft: int) -> None:
    with parts.database.unit_of_work() as session:
        a_donation(session, session.get_one(funds.FundRow, draft))

    with pytest.raises(Invalid, match="there are donations"):
        change_base(parts, "draft", FundBase("draft", "EUR", rehearsal=True))
