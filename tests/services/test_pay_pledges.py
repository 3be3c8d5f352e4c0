from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.money import Money
from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals
from fundtracker.services.change_pledge import Shown
from fundtracker.services.decide_pledge import cancel_pledge
from fundtracker.services.verify import Report, verify
from tests.factories.pledges import a_pledge, read
from tests.factories.rows import a_donation, a_fund
from tests.factories.stripe import Payment, event
from tests.support.telling import tell_and_settle, whole

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from fundtracker.store.funds import FundRow

POUNDS = Money(3_000, "GBP")


@pytest.fixture
def fund(parts: Parts) -> FundRow:
    with parts.database.unit_of_work() as session:
        return a_fund(session)


def payment_for(parts: Parts, fund: FundRow, token: str) -> Payment:
    """£50 for a pledge, not paid yet."""
    pledge = read(parts, token)
    with parts.database.unit_of_work() as session:
        fields = {"pledge_id": pledge.id, "section_id": pledge.section_id}
        return Payment(a_donation(session, fund, **fields).token)


def test_a_gift_for_a_pledge_pays_it_when_it_succeeds(parts: Parts, fund: FundRow) -> None:
    token = a_pledge(parts, fund.slug, POUNDS, "GB").token
    payment = payment_for(parts, fund, token)

    tell_and_settle(parts, event(payment.session()))

    assert read(parts, token).paid == 3_000
    # £20 too much: the headline rises by these alone.
    assert whole(parts, fund.id) == Totals(5_750, 0, donations=1, pledges=1)
    assert verify(parts) == Report((), ())


def test_told_twice_it_pays_once(parts: Parts, fund: FundRow) -> None:
    token = a_pledge(parts, fund.slug, Money(20_000, "GBP"), "GB").token
    payment = payment_for(parts, fund, token)

    tell_and_settle(parts, event(payment.session()))
    tell_and_settle(parts, event(payment.charge()), event(payment.session()))

    assert read(parts, token).paid == 5_000


def test_a_refund_takes_the_free_part_first(parts: Parts, fund: FundRow) -> None:
    token = a_pledge(parts, fund.slug, POUNDS, "GB").token
    payment = payment_for(parts, fund, token)
    tell_and_settle(parts, event(payment.session()), event(payment.charge()))

    tell_and_settle(parts, event(payment.refund(2_000, "_1")))
    assert read(parts, token).paid == 3_000

    tell_and_settle(parts, event(payment.refund(1_000, "_2")))
    assert read(parts, token).paid == 2_000
    assert whole(parts, fund.id) == Totals(2_300, 1_150, donations=1, pledges=1)
    assert verify(parts) == Report((), ())


def test_money_for_one_that_is_withdrawn_is_a_gift_and_no_more(parts: Parts, fund: FundRow) -> None:
    token = a_pledge(parts, fund.slug, POUNDS, "GB").token
    payment = payment_for(parts, fund, token)
    cancel_pledge(parts, Shown(token, 1), Scope.everything())

    tell_and_settle(parts, event(payment.session()))

    assert read(parts, token).paid == 0
    assert whole(parts, fund.id) == Totals(5_750, donations=1)
    assert verify(parts) == Report((), ())
