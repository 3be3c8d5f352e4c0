from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.actors import Actor
from fundtracker.domain.errors import Invalid
from fundtracker.domain.money import Money
from fundtracker.domain.pledges import PledgeStatus
from fundtracker.domain.scope import Scope
from fundtracker.services.allocate import Wanted, allocate
from fundtracker.services.order_refund import REOPENED, WITHDRAWN, RefundWish, order_refund
from fundtracker.services.send_refund import send_refund
from fundtracker.services.verify import verify
from fundtracker.store import donations, refund_orders
from tests.factories.pledges import a_pledge, read
from tests.factories.rows import a_donation, a_fund
from tests.factories.stripe import Payment, event
from tests.support.telling import tell_and_settle, whole

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from fundtracker.store.funds import FundRow
    from tests.support.gateway import MemoryGateway

EVERYWHERE = Scope.everything()


@pytest.fixture
def desk(parts: Parts) -> Parts:
    return parts.acting(Actor.staff("treasurer"))


@pytest.fixture
def fund(desk: Parts) -> FundRow:
    with desk.database.unit_of_work() as session:
        return a_fund(session)


def a_paid_pledge(desk: Parts, fund: FundRow, pays: int = 4000) -> tuple[Payment, str]:
    """A gift of £50 of which so much pays a pledge."""
    pledge = a_pledge(desk, fund.slug, Money(pays, "GBP"))
    with desk.database.unit_of_work() as session:
        row = a_donation(session, fund, account=desk.gateway.account)
    pay = Payment(row.token)
    tell_and_settle(desk, event(pay.session()), event(pay.charge()))
    allocate(desk, row.token, [Wanted(pledge.token)], EVERYWHERE)
    return pay, pledge.token


def refund(desk: Parts, pay: Payment, minor: int, fate: str) -> None:
    """Ask for a refund, and let Stripe carry it out."""
    key = f"a-form-of-today-{minor}"
    wish = RefundWish(key, Money(minor, "GBP"), "asked for", fate)
    order_refund(desk, pay.token, wish, EVERYWHERE)
    told = pay.refund(minor, f"_{minor}")
    with desk.database.unit_of_work() as session:
        refund_orders.known(session, key).refund_id = told["id"]
    tell_and_settle(desk, event(told))


def test_a_pledge_is_open_again_after_a_refund(desk: Parts, fund: FundRow) -> None:
    pay, token = a_paid_pledge(desk, fund)

    refund(desk, pay, 5000, REOPENED)

    pledge = read(desk, token)
    assert (pledge.status, pledge.paid) == (PledgeStatus.OPEN, 0)
    assert whole(desk, fund.id).pledged == 4600
    assert verify(desk).broken == ()


def test_a_pledge_is_withdrawn_once_the_refund_has_gone_through(desk: Parts, fund: FundRow) -> None:
    pay, token = a_paid_pledge(desk, fund)
    wish = RefundWish("a-form-of-yesterday", Money(100, "GBP"), "asked for", WITHDRAWN)
    order_refund(desk, pay.token, wish, EVERYWHERE)
    assert read(desk, token).status == PledgeStatus.OPEN

    refund(desk, pay, 4500, WITHDRAWN)

    pledge = read(desk, token)
    assert (pledge.status, pledge.paid) == (PledgeStatus.CANCELLED, 500)
    assert whole(desk, fund.id).pledged == 0
    assert whole(desk, fund.id).pledges == 0
    assert verify(desk).broken == ()


def test_what_was_free_pays_a_refund_first_and_the_pledge_stays(desk: Parts, fund: FundRow) -> None:
    pay, token = a_paid_pledge(desk, fund)

    refund(desk, pay, 1000, WITHDRAWN)

    pledge = read(desk, token)
    assert (pledge.status, pledge.paid) == (PledgeStatus.OPEN, 4000)


def test_a_pledge_that_is_withdrawn_already_stays_so(desk: Parts, fund: FundRow) -> None:
    pay, token = a_paid_pledge(desk, fund)
    with desk.database.unit_of_work() as session:
        session.merge(read(desk, token)).status = PledgeStatus.CANCELLED

    refund(desk, pay, 5000, WITHDRAWN)

    assert read(desk, token).status == PledgeStatus.CANCELLED


def test_it_has_to_be_said_what_becomes_of_it_where_it_is_touched(
    desk: Parts, fund: FundRow
) -> None:
    pay, _ = a_paid_pledge(desk, fund)

    with pytest.raises(Invalid) as refused:
        refund(desk, pay, 1001, "")

    assert refused.value.field == "fate"
    refund(desk, pay, 1000, "")
    with desk.database.reading() as session:
        assert donations.by_token(session, pay.token, EVERYWHERE).kept == 4000


def test_it_is_withdrawn_though_stripe_was_quicker_than_our_own_answer(
    desk: Parts, fund: FundRow, gateway: MemoryGateway
) -> None:
    pay, token = a_paid_pledge(desk, fund)
    wish = RefundWish("a-form-of-the-day", Money(4500, "GBP"), "asked for", WITHDRAWN)
    order_refund(desk, pay.token, wish, EVERYWHERE)
    tell_and_settle(desk, event(pay.refund(4500, id="re_a-form-of-the-day")))
    assert read(desk, token).status == PledgeStatus.OPEN

    send_refund(desk, "a-form-of-the-day")

    assert gateway.objects["re_a-form-of-the-day"]
    assert read(desk, token).status == PledgeStatus.CANCELLED
    assert whole(desk, fund.id).pledged == 0
    assert verify(desk).broken == ()


def test_one_that_an_earlier_refund_left_open_stays_open(desk: Parts, fund: FundRow) -> None:
    pay, first = a_paid_pledge(desk, fund, 2000)
    second = a_pledge(desk, fund.slug, Money(3000, "GBP")).token
    allocate(desk, pay.token, [Wanted(second)], EVERYWHERE)
    refund(desk, pay, 3000, REOPENED)

    refund(desk, pay, 500, WITHDRAWN)

    assert read(desk, second).status == PledgeStatus.OPEN
    assert read(desk, first).status == PledgeStatus.CANCELLED
    assert verify(desk).broken == ()
