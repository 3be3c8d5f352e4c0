from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.errors import FundtrackerError
from fundtracker.domain.funds import CountingRule, FundStatus
from fundtracker.domain.scope import Scope
from fundtracker.domain.sections import NO_SECTION
from fundtracker.domain.totals import Totals
from fundtracker.services.create_fund import NewFund, create_fund
from fundtracker.services.verify import verify
from fundtracker.store import funds, snapshots, totals
from tests.support.deeds import deeds

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from tests.support.clocks import Clock

AUTUMN = NewFund(slug="autumn", name="Autumn appeal", currency="EUR", target=2_000_000)


def slugs(parts: Parts) -> list[str]:
    with parts.database.reading() as session:
        return [fund.slug for fund in funds.all_funds(session)]


def test_a_fund_is_a_draft_with_the_usual_decisions_unless_others_are_made(
    parts: Parts, clock: Clock
) -> None:
    fund = create_fund(parts, AUTUMN)

    assert (fund.slug, fund.name, fund.currency) == ("autumn", "Autumn appeal", "EUR")
    assert (fund.first_target, fund.target, fund.ceiling) == (2_000_000, 2_000_000, 2_000_000)
    assert fund.status is FundStatus.DRAFT
    assert fund.counting_rule is CountingRule.EVERYTHING_ANNOUNCED
    assert (fund.opens_at, fund.closes_at, fund.timezone) == (clock.now, None, "UTC")
    assert not fund.rehearsal


def test_what_is_decided_is_kept(parts: Parts) -> None:
    opens = datetime(2026, 6, 1, 8, tzinfo=UTC)
    wanted = replace(
        AUTUMN,
        currency="gbp",
        ceiling=50_000,
        timezone="Europe/London",
        opens_at=opens,
        closes_at=opens + timedelta(days=30),
        counting_rule=CountingRule.RECEIVED,
        rehearsal=True,
        milestones=(2_000_000, 1_000_000),
        status=FundStatus.OPEN,
    )

    fund = create_fund(parts, wanted)

    assert (fund.currency, fund.ceiling, fund.timezone) == ("GBP", 50_000, "Europe/London")
    assert (fund.opens_at, fund.closes_at) == (opens, opens + timedelta(days=30))
    assert (fund.counting_rule, fund.rehearsal) == (CountingRule.RECEIVED, True)
    with parts.database.reading() as session:
        assert funds.open_funds(session, parts.clock()) == [fund]
        assert [mark.amount for mark in funds.milestones(session, fund.id)] == [
            1_000_000,
            2_000_000,
        ]


def test_the_total_of_gifts_to_no_section_is_made_with_the_fund(parts: Parts) -> None:
    fund = create_fund(parts, AUTUMN)

    with parts.database.reading() as session:
        assert totals.of_fund(session, fund.id, Scope.everything()) == {NO_SECTION: Totals()}
        assert snapshots.load_true(session, "autumn").headline == 0
    assert verify(parts).broken == ()


def test_a_new_fund_is_announced_with_its_version(parts: Parts, clock: Clock) -> None:
    fund = create_fund(parts, AUTUMN)

    assert fund.version == int(clock.now.timestamp() * 1000)
    assert parts.broker.newer("autumn", 0, timeout=0) == fund.version


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slug": ""}, "slug"),
        ({"slug": "Autumn"}, "slug"),
        ({"slug": "autumn-"}, "slug"),
        ({"slug": "autumn--appeal"}, "slug"),
        ({"slug": "../autumn"}, "slug"),
        ({"slug": "autumn\n"}, "slug"),
        ({"slug": "a" * 61}, "slug"),
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"name": "Autumn\x00"}, "name"),
        ({"currency": "XXX"}, "currency"),
        ({"target": 0}, "target"),
        ({"target": -1}, "target"),
        ({"ceiling": 49}, "ceiling"),
        ({"presets": (1, 2, 3, 4, 5, 6, 7)}, "presets"),
        ({"milestones": (0,)}, "milestone"),
        ({"milestones": (100, 100)}, "milestone"),
        ({"timezone": "Europe"}, "timezone"),
        ({"timezone": "Europe/Nowhere"}, "timezone"),
        ({"timezone": "/etc/passwd"}, "timezone"),
        ({"closes_at": datetime(2026, 6, 12, 18, 0, tzinfo=UTC)}, "closes"),
    ],
)
def test_a_fund_that_could_not_work_is_refused(
    parts: Parts, change: dict[str, object], field: str
) -> None:
    with pytest.raises(FundtrackerError) as refusal:
        create_fund(parts, replace(AUTUMN, **change))  # type: ignore[arg-type]

    assert (refusal.value.status, refusal.value.field) == (422, field)
    assert slugs(parts) == []


def test_amounts_to_offer_are_kept_and_the_log_knows_of_the_fund(parts: Parts) -> None:
    fund = create_fund(parts, replace(AUTUMN, presets=(10, 20)))

    assert fund.presets == (10, 20)
    (deed,) = deeds(parts.database)
    assert (deed.action, deed.subject) == ("fund_created", "fund:autumn")
    assert deed.facts["after"]["target"] == 2_000_000


def test_an_address_is_given_once(parts: Parts) -> None:
    first = create_fund(parts, AUTUMN)

    with pytest.raises(FundtrackerError, match="There is a fund called autumn already") as refusal:
        create_fund(parts, replace(AUTUMN, name="Another one", milestones=(1,)))

    assert refusal.value.field == "slug"
    with parts.database.reading() as session:
        assert funds.all_funds(session) == [first]
