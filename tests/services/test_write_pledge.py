from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from sqlalchemy.exc import IntegrityError

from fundtracker.domain.actors import Actor
from fundtracker.domain.errors import Invalid, NoRate, NotNow, UnknownFund
from fundtracker.domain.money import Money
from fundtracker.domain.pledges import PledgeSource, PledgeStatus
from fundtracker.domain.scope import Reach, Scope
from fundtracker.services.allocate import Wanted
from fundtracker.services.plan_payment import plan
from fundtracker.services.verify import verify
from fundtracker.services.write_pledge import Written, write_pledge
from fundtracker.store import pledges
from tests.factories.pledges import a_pledge, read
from tests.factories.rows import a_donation, a_fund
from tests.support.telling import whole

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from fundtracker.store.funds import FundRow

EVERYWHERE = Scope.everything()
WRITTEN = Written("a-form-of-today", "GB", Money(60_000, "GBP"), date(2026, 9, 30), 3)


@pytest.fixture
def desk(parts: Parts) -> Parts:
    return parts.acting(Actor.staff("treasurer"))


@pytest.fixture
def fund(desk: Parts) -> FundRow:
    with desk.database.unit_of_work() as session:
        return a_fund(session)


def test_a_pledge_of_a_section_is_expected_and_counts(desk: Parts, fund: FundRow) -> None:
    token = write_pledge(desk, fund.slug, WRITTEN, EVERYWHERE)

    row = read(desk, token)
    assert (row.source, row.status, row.counted) == (PledgeSource.SECTION, PledgeStatus.OPEN, True)
    with desk.database.reading() as session:
        due = [(part.due, part.amount.minor) for part in pledges.instalments(session, row)]
    assert due == [
        (date(2026, 9, 30), 20_000),
        (date(2026, 10, 30), 20_000),
        (date(2026, 11, 30), 20_000),
    ]
    assert whole(desk, fund.id).pledged == 69_000
    assert verify(desk).broken == ()


def test_the_same_form_twice_is_one_pledge_also_at_the_same_moment(
    desk: Parts, fund: FundRow
) -> None:
    token = write_pledge(desk, fund.slug, WRITTEN, EVERYWHERE)
    assert write_pledge(desk, fund.slug, WRITTEN, EVERYWHERE) == token

    known = read(desk, token)
    # Whoever looked before the other one had written finds it now.
    with patch.object(pledges, "by_attempt", side_effect=[None, known]):
        assert write_pledge(desk, fund.slug, WRITTEN, EVERYWHERE) == token
    assert whole(desk, fund.id).pledges == 1


def test_another_collision_is_no_pledge_of_ours(desk: Parts, fund: FundRow) -> None:
    def collide(*_: object) -> None:
        raise IntegrityError("", {}, Exception())

    with (
        patch("fundtracker.services.write_pledge.promise", collide),
        pytest.raises(IntegrityError),
    ):
        write_pledge(desk, fund.slug, WRITTEN, EVERYWHERE)


def test_other_places_and_currencies_are_refused(desk: Parts, fund: FundRow) -> None:
    with pytest.raises(UnknownFund):
        write_pledge(desk, fund.slug, WRITTEN, Scope(frozenset({Reach(fund.id + 1)})))
    yen = replace(WRITTEN, amount=Money(1000, "JPY"))
    with pytest.raises(NoRate):
        write_pledge(desk, fund.slug, yen, EVERYWHERE)
    with desk.database.unit_of_work() as session:
        session.merge(fund).status = "archived"
    with pytest.raises(NotNow):
        write_pledge(desk, fund.slug, WRITTEN, EVERYWHERE)


def test_nothing_is_no_pledge(desk: Parts, fund: FundRow) -> None:
    with pytest.raises(Invalid) as refused:
        write_pledge(desk, fund.slug, replace(WRITTEN, amount=Money(0, "GBP")), EVERYWHERE)

    assert refused.value.field == "amount"


def test_a_year_that_nobody_lives_to_see_is_asked_about(desk: Parts, fund: FundRow) -> None:
    with pytest.raises(Invalid) as refused:
        write_pledge(desk, fund.slug, replace(WRITTEN, due=date(9999, 12, 31)), EVERYWHERE)

    assert refused.value.field == "due"


def test_a_gift_plans_for_pledges_of_its_own_fund_alone(desk: Parts, fund: FundRow) -> None:
    with desk.database.unit_of_work() as session:
        other = a_fund(session)
        gift = a_donation(session, fund, kept=5000, booked_at=desk.clock()).token
    pledge = a_pledge(desk, other.slug, Money(100, "GBP"))

    with desk.database.reading() as session, pytest.raises(Invalid):
        plan(session, gift, [Wanted(pledge.token)], EVERYWHERE)
