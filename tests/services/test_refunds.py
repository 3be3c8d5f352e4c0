"""From the order of a refund to its money in the ledger, whatever breaks off in between."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from fundtracker.domain.actors import Actor
from fundtracker.domain.errors import (
    GatewayRefused,
    GatewayUnavailable,
    Invalid,
    InvalidAmount,
    InvalidText,
    NotNow,
    UnknownDonation,
)
from fundtracker.domain.money import Money
from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals
from fundtracker.services.order_refund import RefundWish, order_refund
from fundtracker.services.send_refund import send_refund, send_refunds
from fundtracker.services.settle import settle_all
from fundtracker.services.verify import Report, verify
from fundtracker.services.work import work
from fundtracker.store import refund_orders
from fundtracker.store.audit import AuditRow
from fundtracker.store.donations import DonationRow
from fundtracker.store.funds import FundRow
from fundtracker.store.jobs import JobRow
from tests.factories.rows import a_donation, a_fund
from tests.factories.stripe import Payment, event
from tests.support.telling import Known, known, tell_and_settle, whole

if TYPE_CHECKING:
    from fundtracker.payments.gateway import Page, RefundOrder, Seen
    from fundtracker.services.parts import Parts
    from fundtracker.store.refund_orders import RefundOrderRow
    from tests.support.clocks import Clock
    from tests.support.gateway import MemoryGateway

EVERYWHERE = Scope.everything()
DAY = 24 * 3600
WISH = RefundWish("form-of-the-day-1", Money(2000, "GBP"), "The donor asked for it")


class PowerCut(BaseException):
    """The process is gone: nobody handles it."""


@pytest.fixture
def desk(parts: Parts) -> Parts:
    return parts.acting(Actor.staff("treasurer"))


@pytest.fixture
def paid(parts: Parts, donation: DonationRow) -> Payment:
    """Return the payment of a donation of £50 that has arrived."""
    pay = Payment(donation.token)
    tell_and_settle(parts, event(pay.session()), event(pay.charge()))
    return pay


def order(parts: Parts, key: str = WISH.key) -> RefundOrderRow:
    with parts.database.reading() as session:
        return refund_orders.known(session, key)


def left(parts: Parts, token: str) -> int:
    with parts.database.unit_of_work() as session:
        row = session.scalars(select(DonationRow).where(DonationRow.token == token)).one()
        return refund_orders.left(session, row)


def arrive(parts: Parts, gateway: MemoryGateway, key: str = WISH.key) -> None:
    """Let a refund reach the donor's bank, and Stripe tell of it."""
    gateway.objects[f"re_{key}"] |= {"status": "succeeded"}
    tell_and_settle(parts, event(gateway.objects[f"re_{key}"]))


def test_a_refund_goes_from_the_form_to_stripe_and_into_the_ledger(
    desk: Parts, paid: Payment, gateway: MemoryGateway, donation: DonationRow
) -> None:
    order_refund(desk, paid.token, WISH, EVERYWHERE)
    assert left(desk, paid.token) == 3000
    assert known(desk, paid.token) == Known("succeeded", 5000)

    assert work(desk)
    settle_all(desk)
    assert order(desk).refund_id == f"re_{WISH.key}"
    assert left(desk, paid.token) == 3000

    arrive(desk, gateway)
    assert known(desk, paid.token) == Known("succeeded", 3000)
    assert left(desk, paid.token) == 3000
    assert whole(desk, donation.fund_id) == Totals(received=3450, donations=1)
    assert verify(desk) == Report((), ())


def test_the_reason_is_kept_apart_and_who_asked_stands_in_the_log(
    desk: Parts, paid: Payment
) -> None:
    order_refund(desk, paid.token, WISH, EVERYWHERE)

    with desk.database.reading() as session:
        entry = session.scalars(select(AuditRow)).one()
    assert (entry.action, entry.actor) == ("refund_asked", "staff:treasurer")
    assert WISH.reason not in entry.facts
    assert WISH.reason in (entry.private or "")
    assert order(desk).reason == WISH.reason


def test_the_same_form_twice_is_one_refund(
    desk: Parts, paid: Payment, gateway: MemoryGateway
) -> None:
    order_refund(desk, paid.token, WISH, EVERYWHERE)
    order_refund(desk, paid.token, WISH, EVERYWHERE)

    while work(desk):
        pass
    assert gateway.calls.count("create_refund") == 1
    assert left(desk, paid.token) == 3000


def test_a_form_that_was_sent_is_no_form_for_another_refund(desk: Parts, paid: Payment) -> None:
    order_refund(desk, paid.token, WISH, EVERYWHERE)

    for wish in (replace(WISH, amount=Money(500, "GBP")), replace(WISH, key="short")):
        with pytest.raises(Invalid):
            order_refund(desk, paid.token, wish, EVERYWHERE)
    assert left(desk, paid.token) == 3000


def test_two_who_ask_at_once_never_give_back_more_than_was_kept(desk: Parts, paid: Payment) -> None:
    def ask(number: int) -> bool:
        wish = RefundWish(f"form-of-the-day-{number}", Money(3000, "GBP"), "Both of us")
        try:
            order_refund(desk, paid.token, wish, EVERYWHERE)
        except InvalidAmount:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        asked = list(pool.map(ask, range(4)))

    assert sum(asked) == 1
    assert left(desk, paid.token) == 2000


def test_a_refund_made_at_stripes_own_desk_is_spoken_for_too(desk: Parts, paid: Payment) -> None:
    tell_and_settle(desk, event(paid.refund(4000, status="pending")))

    assert left(desk, paid.token) == 1000


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"amount": Money(5001, "GBP")}, InvalidAmount),
        ({"amount": Money(0, "GBP")}, InvalidAmount),
        ({"amount": Money(-1, "GBP")}, InvalidAmount),
        ({"amount": Money(2000, "EUR")}, InvalidAmount),
        ({"reason": " "}, InvalidText),
        ({"reason": "x" * 501}, InvalidText),
    ],
)
def test_what_cannot_be_refunded_is_refused(
    desk: Parts, paid: Payment, changes: dict[str, object], error: type[Invalid]
) -> None:
    wish = replace(WISH, **changes)  # type: ignore[arg-type] # whatever a form may carry

    with pytest.raises(error):
        order_refund(desk, paid.token, wish, EVERYWHERE)
    assert left(desk, paid.token) == 5000


def test_nothing_goes_back_of_what_never_came(desk: Parts, donation: DonationRow) -> None:
    with pytest.raises(NotNow):
        order_refund(desk, donation.token, WISH, EVERYWHERE)


def test_a_gift_by_bank_or_another_account_is_not_refunded_here(parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        fund = a_fund(session)
        by_bank = a_donation(session, fund, method="bank", status="succeeded", kept=5000)
        elsewhere = a_donation(session, fund, account="other", status="succeeded", kept=5000)

    for row in (by_bank, elsewhere):
        with pytest.raises(Invalid):
            order_refund(parts, row.token, WISH, EVERYWHERE)


def test_a_gift_of_another_section_is_not_there(desk: Parts, paid: Payment) -> None:
    with pytest.raises(UnknownDonation):
        order_refund(desk, paid.token, WISH, Scope.of([99]))


def test_what_stripe_refuses_is_said_and_free_again(
    desk: Parts, paid: Payment, gateway: MemoryGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_refund(desk, paid.token, WISH, EVERYWHERE)

    def refuse(_order: RefundOrder) -> Seen:
        raise GatewayRefused

    monkeypatch.setattr(gateway, "create_refund", refuse)
    assert work(desk)

    assert order(desk).refused_at == desk.clock()
    assert order(desk).note == "Stripe refused it. Nothing went back."
    assert left(desk, paid.token) == 5000


def test_a_gift_that_stripe_knows_by_no_payment_is_refused(parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        row = a_donation(session, a_fund(session), status="succeeded", kept=5000)
    order_refund(parts, row.token, WISH, EVERYWHERE)

    send_refund(parts, WISH.key)

    assert order(parts).refused_at is not None


def test_while_stripe_is_away_the_order_waits_and_is_sent_later(
    desk: Parts, paid: Payment, gateway: MemoryGateway, clock: Clock
) -> None:
    order_refund(desk, paid.token, WISH, EVERYWHERE)
    gateway.down = True
    for _ in range(10):
        clock.advance(600)
        work(desk)
    with desk.database.reading() as session:
        assert session.scalars(select(JobRow.failed_at)).one() is not None
    with pytest.raises(GatewayUnavailable):
        send_refunds(desk)

    gateway.down = False
    send_refunds(desk)

    assert order(desk).refund_id is not None


def test_one_order_that_stripe_will_not_hear_of_holds_up_no_other(
    desk: Parts, paid: Payment, gateway: MemoryGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = replace(WISH, key="form-of-the-day-2")
    for wish in (WISH, second):
        order_refund(desk, paid.token, wish, EVERYWHERE)
    create = gateway.create_refund

    def refuse_the_first(wanted: RefundOrder) -> Seen:
        if wanted.key == WISH.key:
            raise GatewayRefused
        return create(wanted)

    def refuse_to_list(_intent: str, *, after: str | None = None) -> Page:
        raise GatewayRefused

    monkeypatch.setattr(gateway, "create_refund", refuse_the_first)
    monkeypatch.setattr(gateway, "list_refunds", refuse_to_list)
    send_refunds(desk)

    assert order(desk).refund_id is None
    assert order(desk, second.key).refund_id is not None


def cut_the_power(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send an order, and die between Stripe's answer and our record of it."""

    def die(*_args: object) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr("fundtracker.services.send_refund._keep", die)
        with pytest.raises(PowerCut):
            send_refund(parts, WISH.key)


def test_a_power_cut_after_stripes_refund_is_made_good_by_the_same_key(
    desk: Parts, paid: Payment, gateway: MemoryGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_refund(desk, paid.token, WISH, EVERYWHERE)
    cut_the_power(desk, monkeypatch)
    assert order(desk).refund_id is None

    assert work(desk)

    assert order(desk).refund_id == f"re_{WISH.key}"
    assert [id for id in gateway.objects if id.startswith("re_")] == [f"re_{WISH.key}"]


def test_a_day_later_it_is_looked_up_and_never_sent_again(
    desk: Parts,
    paid: Payment,
    gateway: MemoryGateway,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order_refund(desk, paid.token, WISH, EVERYWHERE)
    cut_the_power(desk, monkeypatch)
    gateway.page_size = 1
    # Somebody else's refunds of the same payment come first in the list.
    others = {f"re_0{number}": paid.refund(1, id=f"re_0{number}") for number in range(2)}
    gateway.objects = others | gateway.objects
    clock.advance(DAY)

    send_refund(desk, WISH.key)

    assert order(desk).refund_id == f"re_{WISH.key}"
    assert gateway.calls.count("create_refund") == 1


def test_a_day_later_what_never_reached_stripe_is_given_up_and_free_again(
    desk: Parts, paid: Payment, gateway: MemoryGateway, clock: Clock
) -> None:
    order_refund(desk, paid.token, WISH, EVERYWHERE)
    clock.advance(DAY)

    send_refund(desk, WISH.key)

    assert "create_refund" not in gateway.calls
    assert order(desk).note is not None
    assert left(desk, paid.token) == 5000


def test_an_answer_that_was_lost_is_found_where_stripe_refuses_a_second_one(
    desk: Parts, paid: Payment, gateway: MemoryGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_refund(desk, paid.token, WISH, EVERYWHERE)
    cut_the_power(desk, monkeypatch)

    def refuse(_order: RefundOrder) -> Seen:
        raise GatewayRefused

    monkeypatch.setattr(gateway, "create_refund", refuse)
    send_refund(desk, WISH.key)

    assert order(desk).refund_id == f"re_{WISH.key}"
    assert order(desk).refused_at is None


def test_an_order_that_is_answered_is_not_sent_again(
    desk: Parts, paid: Payment, gateway: MemoryGateway
) -> None:
    order_refund(desk, paid.token, WISH, EVERYWHERE)
    send_refund(desk, WISH.key)
    send_refund(desk, WISH.key)
    send_refund(desk, "never-ordered")

    assert gateway.calls.count("create_refund") == 1


def test_word_that_is_quicker_than_the_answer_never_frees_too_much(
    desk: Parts, paid: Payment, gateway: MemoryGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_refund(desk, paid.token, WISH, EVERYWHERE)
    cut_the_power(desk, monkeypatch)
    arrive(desk, gateway)

    assert left(desk, paid.token) == 1000
    send_refund(desk, WISH.key)
    assert left(desk, paid.token) == 3000


def test_a_refund_that_fails_is_free_to_be_asked_for_again(
    desk: Parts, paid: Payment, gateway: MemoryGateway
) -> None:
    order_refund(desk, paid.token, WISH, EVERYWHERE)
    send_refund(desk, WISH.key)
    arrive(desk, gateway)
    tell_and_settle(desk, event(gateway.objects[f"re_{WISH.key}"] | {"status": "failed"}))

    assert known(desk, paid.token) == Known("succeeded", 5000)
    assert left(desk, paid.token) == 5000


def test_refunds_of_a_fund_that_is_closed_still_go(desk: Parts, paid: Payment) -> None:
    with desk.database.unit_of_work() as session:
        for row in session.scalars(select(FundRow)):
            row.status = "closed"

    order_refund(desk, paid.token, WISH, EVERYWHERE)

    assert left(desk, paid.token) == 3000
