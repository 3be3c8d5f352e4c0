from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.actors import Actor
from fundtracker.domain.desk.values import PaidBy
from fundtracker.domain.errors import UnknownDonation
from fundtracker.domain.funds import CountingRule
from fundtracker.domain.money import Money
from fundtracker.domain.pledges import PledgeStatus
from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import headline
from fundtracker.services.allocate import Wanted, allocate
from fundtracker.services.change_pledge import Shown
from fundtracker.services.decide_pledge import cancel_pledge
from fundtracker.services.enter_gift import enter_gift
from fundtracker.services.order_refund import REOPENED, WITHDRAWN
from fundtracker.services.plan_return import plan_return
from fundtracker.services.reverse_gift import reverse_gift
from fundtracker.store.funds import FundRow
from tests.factories.pledges import a_pledge, read
from tests.factories.rows import a_fund
from tests.services.test_enter_gift import BY_BANK, section_id
from tests.services.test_withdraw_refunded import a_paid_pledge, refund
from tests.support.telling import whole

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts

EVERYWHERE = Scope.everything()
RULE = CountingRule.EVERYTHING_ANNOUNCED


@pytest.fixture
def desk(parts: Parts) -> Parts:
    return parts.acting(Actor.staff("treasurer"))


@pytest.fixture
def fund(desk: Parts) -> FundRow:
    with desk.database.unit_of_work() as session:
        return a_fund(session)


def by_bank(desk: Parts, fund: FundRow, pounds: int) -> str:
    gift = replace(BY_BANK, amount=Money(pounds * 100, "GBP"))
    return enter_gift(desk, fund.slug, gift, EVERYWHERE)


def number(desk: Parts, fund: FundRow) -> int:
    return headline(RULE, whole(desk, fund.id))


@pytest.mark.parametrize("fields", [{}, {"paid_by": PaidBy.CASH}])
def test_the_number_keeps_what_a_reversed_gift_had_paid_of_a_pledge(
    desk: Parts, fund: FundRow, fields: dict[str, PaidBy]
) -> None:
    token, pledge = by_bank(desk, fund, 50), a_pledge(desk, fund.slug, Money(3000, "GBP"), **fields)
    allocate(desk, token, [Wanted(pledge.token)], EVERYWHERE)

    told = plan_return(desk, token, 0, EVERYWHERE)

    assert [(each.pledge_id, each.by) for each in told.opened] == [
        (pledge.id, Money(3000, "GBP")),
    ]
    before = number(desk, fund)
    reverse_gift(desk, token, "entered twice", EVERYWHERE)
    assert told.falls == Money(before - number(desk, fund), "EUR") == Money(2300, "EUR")
    assert read(desk, pledge.token).paid == 0


def test_where_promises_do_not_count_it_falls_by_the_whole_gift(desk: Parts, fund: FundRow) -> None:
    token, pledge = by_bank(desk, fund, 50), a_pledge(desk, fund.slug, Money(3000, "GBP"))
    allocate(desk, token, [Wanted(pledge.token)], EVERYWHERE)
    with desk.database.unit_of_work() as session:
        session.get_one(FundRow, fund.id).counting_rule = CountingRule.RECEIVED

    assert plan_return(desk, token, 0, EVERYWHERE).falls == Money(5750, "EUR")


def test_a_pledge_that_is_withdrawn_stays_so(desk: Parts, fund: FundRow) -> None:
    token, pledge = by_bank(desk, fund, 20), a_pledge(desk, fund.slug, Money(3000, "GBP"))
    allocate(desk, token, [Wanted(pledge.token)], EVERYWHERE)
    row = read(desk, pledge.token)
    cancel_pledge(desk, Shown(row.token, row.version), EVERYWHERE, "asked for")
    assert read(desk, pledge.token).status == PledgeStatus.CANCELLED

    told = plan_return(desk, token, 0, EVERYWHERE)

    assert (told.falls, told.opened) == (Money(2300, "EUR"), ())


@pytest.mark.parametrize("fate", [REOPENED, WITHDRAWN])
@pytest.mark.parametrize("minor", [500, 2000, 5000])
def test_a_refund_does_what_was_said_before(
    desk: Parts, fund: FundRow, fate: str, minor: int
) -> None:
    pay, token = a_paid_pledge(desk, fund)
    told = plan_return(desk, pay.token, 5000 - minor, EVERYWHERE, withdrawn=fate == WITHDRAWN)
    before, open_before = number(desk, fund), 4000 - read(desk, token).paid

    refund(desk, pay, minor, fate)

    assert told.falls.minor == before - number(desk, fund)
    pledge = read(desk, token)
    opened = 0 if pledge.status == PledgeStatus.CANCELLED else 4000 - pledge.paid - open_before
    assert sum(each.by.minor for each in told.opened) == opened


def test_a_gift_of_another_section_is_not_there(desk: Parts, fund: FundRow) -> None:
    token = by_bank(desk, fund, 50)

    with pytest.raises(UnknownDonation):
        plan_return(desk, token, 0, Scope.of([section_id(desk, "CH")]))
