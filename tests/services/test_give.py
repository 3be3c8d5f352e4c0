from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from fundtracker.domain.errors import (
    FundClosed,
    FundNotYetOpen,
    FundPaused,
    FundtrackerError,
    GatewayUnavailable,
    InvalidAmount,
    InvalidText,
    NoRate,
    UnknownFund,
    UnknownSection,
)
from fundtracker.domain.money import Money
from fundtracker.domain.totals import Totals
from fundtracker.services.give import GiftRequest, Started, give
from fundtracker.store.donations import DonationRow
from fundtracker.store.funds import FundRow
from tests.factories.rows import a_fund
from tests.factories.stripe import Payment, event
from tests.support.gateway import MemoryGateway
from tests.support.statements import heard
from tests.support.telling import known, tell_and_settle, whole

if TYPE_CHECKING:
    from fundtracker.payments.gateway import Session, SessionOrder
    from fundtracker.services.parts import Parts
    from tests.support.clocks import Clock

FORM = GiftRequest("random-1", Money(5000, "GBP"), "GB", "Rosa", "Keep going", "en-GB")


class PowerCut(BaseException):
    """The process is gone: nobody handles it."""


@pytest.fixture
def fund(parts: Parts) -> FundRow:
    with parts.database.unit_of_work() as session:
        return a_fund(session, slug="hall")


def donations(parts: Parts) -> list[DonationRow]:
    with parts.database.reading() as session:
        query = select(DonationRow).options(undefer("*")).order_by(DonationRow.id)
        return list(session.scalars(query))


def pay(parts: Parts, row: DonationRow, started: Started, **session: object) -> None:
    """Let the donor pay on the page, and Stripe tell us so."""
    paid = Payment(row.token).session(id=started.session_id, **session)
    tell_and_settle(parts, event(paid))


def change(parts: Parts, fund: FundRow, **fields: object) -> None:
    with parts.database.unit_of_work() as session:
        row = session.get_one(FundRow, fund.id)
        for name, value in fields.items():
            setattr(row, name, value)


def test_a_form_makes_a_row_and_a_payment_page(
    parts: Parts, fund: FundRow, gateway: MemoryGateway, clock: Clock
) -> None:
    started = give(parts, "hall", FORM)

    [row] = donations(parts)
    assert (row.status, row.currency, row.amount, row.kept) == ("open", "GBP", 5000, 0)
    assert (row.rate_mantissa, row.rate_scale) == (115, 2)
    assert (row.public_name, row.message) == ("Rosa", "Keep going")
    assert row.actor == str(parts.actor)
    order = gateway.orders[row.token]
    assert started == Started(f"https://pay.example/cs_{row.token}", f"cs_{row.token}")
    assert order.expires_at == int(clock.now.timestamp()) + 3600
    assert order.amount == Money(5000, "GBP")
    assert (order.fund_slug, order.fund_name, order.section_code) == ("hall", fund.name, "GB")
    assert (
        order.success_url == "https://give.example/f/hall/thanks?session_id={CHECKOUT_SESSION_ID}"
    )
    assert order.cancel_url == "https://give.example/f/hall/cancelled"
    assert order.locale == "en-GB"


def test_a_gift_needs_no_section_no_name_and_no_message(parts: Parts, fund: FundRow) -> None:
    give(parts, "hall", GiftRequest("random-1", Money(2500, "EUR"), ""))

    [row] = donations(parts)
    assert (row.section_id, row.public_name, row.message) == (0, None, None)
    assert (row.rate_mantissa, row.rate_scale) == (1, 0)


def test_a_gift_is_counted_once_it_is_paid(parts: Parts, fund: FundRow) -> None:
    started = give(parts, "hall", FORM)
    assert whole(parts, fund.id) == Totals()

    pay(parts, donations(parts)[0], started)

    assert whole(parts, fund.id) == Totals(received=5750, donations=1)


def test_the_same_form_twice_is_one_gift(
    parts: Parts, fund: FundRow, gateway: MemoryGateway
) -> None:
    first = give(parts, "hall", FORM)
    second = give(parts, "hall", FORM)

    assert first == second
    assert len(donations(parts)) == 1
    assert gateway.calls == ["create_session"]


def test_a_name_that_is_taken_off_before_paying_is_gone(parts: Parts, fund: FundRow) -> None:
    first = give(parts, "hall", FORM)

    second = give(parts, "hall", replace(FORM, public_name="", message="Only this"))

    [row] = donations(parts)
    assert first == second
    assert (row.public_name, row.message) == (None, "Only this")


def test_a_name_that_was_paid_with_stays(parts: Parts, fund: FundRow) -> None:
    started = give(parts, "hall", FORM)
    pay(parts, donations(parts)[0], started)

    give(parts, "hall", replace(FORM, public_name="Somebody else"))

    assert [row.public_name for row in donations(parts)] == ["Rosa"]


def test_eight_taps_at_once_are_one_gift(
    parts: Parts, fund: FundRow, gateway: MemoryGateway
) -> None:
    start = Barrier(8)

    def tap(_number: int) -> Started:
        start.wait()
        return give(parts, "hall", FORM)

    with ThreadPoolExecutor(8) as pool:
        started = set(pool.map(tap, range(8)))

    assert len(started) == 1
    assert len(donations(parts)) == 1
    assert len(gateway.orders) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"attempt": "random-2"},
        {"amount": Money(5001, "GBP")},
        {"amount": Money(5000, "CHF")},
        {"section": ""},
        # The page would be in another language, which Stripe does not take under the same key.
        {"locale": "de"},
    ],
)
def test_another_form_amount_or_page_is_another_gift(
    parts: Parts, fund: FundRow, changes: dict[str, Any]
) -> None:
    give(parts, "hall", FORM)
    give(parts, "hall", replace(FORM, **changes))

    assert len(donations(parts)) == 2


def test_the_same_form_at_another_fund_is_another_gift(parts: Parts, fund: FundRow) -> None:
    with parts.database.unit_of_work() as session:
        a_fund(session, slug="strike")

    give(parts, "hall", FORM)
    give(parts, "strike", FORM)

    assert {row.fund_id for row in donations(parts)} == {fund.id, fund.id + 1}


def test_a_gateway_that_is_down_leaves_the_row_for_the_next_try(
    parts: Parts, fund: FundRow, gateway: MemoryGateway
) -> None:
    gateway.down = True
    with pytest.raises(GatewayUnavailable):
        give(parts, "hall", FORM)
    [row] = donations(parts)
    assert (row.status, row.checkout_url) == ("created", None)

    gateway.down = False
    started = give(parts, "hall", FORM)

    assert [each.token for each in donations(parts)] == [row.token]
    assert started.session_id == f"cs_{row.token}"


def test_a_crash_after_the_page_was_made_leads_to_the_same_page(
    parts: Parts, fund: FundRow, gateway: MemoryGateway, clock: Clock
) -> None:
    def cut(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO stripe_ref"):
            raise PowerCut

    with heard(cut), pytest.raises(PowerCut):
        give(parts, "hall", FORM)
    [row] = donations(parts)
    assert row.status == "created"

    clock.advance(600)
    started = give(parts, "hall", FORM)

    assert started.session_id == f"cs_{row.token}"
    assert len(gateway.orders) == 1
    assert [each.status for each in donations(parts)] == ["open"]


def test_a_page_that_was_paid_before_it_was_stored_is_not_opened_again(
    parts: Parts, fund: FundRow, gateway: MemoryGateway
) -> None:
    """The webhook can be quicker than we are."""
    gateway.down = True
    with pytest.raises(GatewayUnavailable):
        give(parts, "hall", FORM)
    gateway.down = False
    [row] = donations(parts)
    tell_and_settle(parts, event(Payment(row.token).session(id=f"cs_{row.token}")))

    assert give(parts, "hall", FORM) == Started(None, f"cs_{row.token}")
    assert gateway.orders == {}


def test_a_webhook_during_the_call_is_not_undone_by_its_answer(parts: Parts, fund: FundRow) -> None:
    class Quick(MemoryGateway):
        def create_session(self, order: SessionOrder) -> Session:
            page = super().create_session(order)
            tell_and_settle(parts, event(Payment(order.token).session(id=page.id)))
            return page

    started = give(replace(parts, gateway=Quick(parts.clock)), "hall", FORM)

    [row] = donations(parts)
    assert (row.status, row.kept) == ("succeeded", 5000)
    assert give(parts, "hall", FORM) == Started(None, started.session_id)


@pytest.mark.parametrize("payment_status", ["paid", "unpaid"])
def test_a_form_that_was_paid_leads_to_the_thanks(
    parts: Parts, fund: FundRow, payment_status: str
) -> None:
    started = give(parts, "hall", FORM)
    pay(parts, donations(parts)[0], started, payment_status=payment_status)
    change(parts, fund, status="closed")

    assert give(parts, "hall", FORM) == Started(None, started.session_id)
    assert len(donations(parts)) == 1


def test_a_paid_form_whose_page_never_reached_us_is_still_paid(
    parts: Parts, fund: FundRow, gateway: MemoryGateway
) -> None:
    gateway.down = True
    with pytest.raises(GatewayUnavailable):
        give(parts, "hall", FORM)
    gateway.down = False
    [row] = donations(parts)
    charge = Payment(row.token).charge(metadata={"donation": row.token})
    tell_and_settle(parts, event(charge))

    assert give(parts, "hall", FORM) == Started(None, "")
    assert gateway.orders == {}


OVER = {
    "expired": {"status": "expired", "payment_status": "unpaid"},
    "failed": {"payment_status": "unpaid"},
}


@pytest.mark.parametrize("status", OVER)
def test_a_form_whose_page_is_over_starts_afresh(parts: Parts, fund: FundRow, status: str) -> None:
    first = give(parts, "hall", FORM)
    [old] = donations(parts)
    session = Payment(old.token).session(id=first.session_id, **OVER[status])
    what = "async_payment_failed" if status == "failed" else "expired"
    tell_and_settle(parts, event(session, what))
    assert known(parts, old.token).status == status

    second = give(parts, "hall", FORM)

    assert second.session_id != first.session_id
    assert second.url is not None
    assert [row.status for row in donations(parts)] == [status, "open"]
    assert give(parts, "hall", FORM) == second


def test_money_for_the_page_before_still_counts(parts: Parts, fund: FundRow) -> None:
    first = give(parts, "hall", FORM)
    [old] = donations(parts)
    expired = Payment(old.token).session(
        id=first.session_id, status="expired", payment_status="unpaid", payment_intent=None
    )
    tell_and_settle(parts, event(expired, "expired"))
    second = give(parts, "hall", FORM)

    pay(parts, old, first)
    pay(parts, donations(parts)[1], second)

    assert whole(parts, fund.id) == Totals(received=11_500, donations=2)


@pytest.mark.parametrize(("seconds", "gifts"), [(3539, 1), (3540, 2)])
def test_a_page_that_runs_out_before_anyone_could_pay_is_not_offered(
    parts: Parts, fund: FundRow, clock: Clock, seconds: int, gifts: int
) -> None:
    give(parts, "hall", FORM)
    clock.advance(seconds)

    assert give(parts, "hall", FORM).url is not None
    assert len(donations(parts)) == gifts


@pytest.mark.parametrize(("seconds", "gifts"), [(1739, 1), (1740, 2)])
def test_a_row_that_can_get_no_page_any_more_is_left_behind(
    parts: Parts, fund: FundRow, gateway: MemoryGateway, clock: Clock, seconds: int, gifts: int
) -> None:
    """Stripe makes no page that ends in less than half an hour."""
    gateway.down = True
    with pytest.raises(GatewayUnavailable):
        give(parts, "hall", FORM)
    gateway.down = False
    clock.advance(seconds)

    assert give(parts, "hall", FORM).url is not None
    assert len(donations(parts)) == gifts


def test_a_fund_that_is_paused_offers_no_page_that_it_made_before(
    parts: Parts, fund: FundRow
) -> None:
    give(parts, "hall", FORM)
    change(parts, fund, status="paused")

    with pytest.raises(FundPaused):
        give(parts, "hall", FORM)


REFUSED: dict[str, tuple[dict[str, object], dict[str, Any], type[FundtrackerError]]] = {
    "draft": ({"status": "draft"}, {}, UnknownFund),
    "paused": ({"status": "paused"}, {}, FundPaused),
    "closed": ({"status": "closed"}, {}, FundClosed),
    "archived": ({"status": "archived"}, {}, FundClosed),
    "unknown section": ({}, {"section": "XX"}, UnknownSection),
    "no rate": ({}, {"amount": Money(5000, "SEK")}, NoRate),
    "above the ceiling": ({"ceiling": 5749}, {}, InvalidAmount),
    "below the minimum": ({}, {"amount": Money(29, "GBP")}, InvalidAmount),
    "a name that deceives": ({}, {"public_name": "\u202eRosa"}, InvalidText),
    "a name too long": ({}, {"public_name": "R" * 81}, InvalidText),
    "a message too long": ({}, {"message": "R" * 501}, InvalidText),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_refused_writes_nothing_and_asks_nobody(
    parts: Parts, fund: FundRow, gateway: MemoryGateway, why: str
) -> None:
    fields, form, error = REFUSED[why]
    change(parts, fund, **fields)

    with pytest.raises(error):
        give(parts, "hall", replace(FORM, **form))

    assert donations(parts) == []
    assert gateway.calls == []


def test_a_fund_takes_gifts_from_its_opening_until_its_closing(
    parts: Parts, fund: FundRow, clock: Clock
) -> None:
    clock.now = fund.opens_at
    clock.advance(-1)
    with pytest.raises(FundNotYetOpen):
        give(parts, "hall", FORM)
    assert fund.closes_at is not None
    clock.now = fund.closes_at
    with pytest.raises(FundClosed):
        give(parts, "hall", FORM)
    assert donations(parts) == []

    clock.advance(-1)
    assert give(parts, "hall", FORM).url


def test_there_is_no_fund_at_any_other_address(parts: Parts) -> None:
    with pytest.raises(UnknownFund):
        give(parts, "nowhere", FORM)
