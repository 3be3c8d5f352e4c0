"""What every gateway promises, through its own SDK and wire, whoever takes the money.

Another adapter joins by a counter of its own in the list of COUNTERS.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from fundtracker.domain.errors import GatewayRefused, GatewayUnavailable
from fundtracker.domain.facts import (
    ChargeFact,
    ChargeState,
    Fact,
    IntentFact,
    RefundFact,
    RefundStatus,
    SessionFact,
    SessionState,
    TransactionFact,
)
from fundtracker.domain.money import Money
from fundtracker.payments.events import read_notice
from fundtracker.payments.gateway import BadSignature, Priority, RefundOrder, SessionOrder
from tests.payments.counters import (
    IS_DECLINED,
    PAYS,
    REFUNDS_FAIL_LATER,
    REFUNDS_STAY_PENDING,
    simulated_stripe,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fundtracker.payments.gateway import Gateway, Page, Seen
    from tests.payments.counters import Counter

F = TypeVar("F", bound=Fact)

COUNTERS = [simulated_stripe]


@pytest.fixture(scope="module", params=COUNTERS)
def crowded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Counter]:
    """A counter at which one gift was given back in a hundred and five parts."""
    with request.param(tmp_path_factory.mktemp("crowded")) as counter:
        intent = given(counter, order(counter, amount=Money(20_000, "EUR")))
        counter.clock.advance(hours=1)
        for number in range(105):
            counter.gateway.create_refund(
                RefundOrder(f"part-{number}", intent, Money(100, "EUR"), reason=None)
            )
        yield counter


@pytest.fixture(params=COUNTERS)
def counter(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Counter]:
    with request.param(tmp_path) as opened:
        yield opened


def order(counter: Counter, **fields: Any) -> SessionOrder:  # noqa: ANN401
    plain = SessionOrder(
        token="donation-1",
        amount=Money(5000, "GBP"),
        fund_slug="hall",
        fund_name="The Founding Conference",
        section_code="GB",
        success_url="https://give.example/f/hall/thanks?session_id={CHECKOUT_SESSION_ID}",
        cancel_url="https://give.example/f/hall/cancelled",
        expires_at=int(counter.clock()) + 3600,
    )
    return replace(plain, **fields)


def given(counter: Counter, what: SessionOrder, card: str = PAYS) -> str:
    """Give as a donor does, and return the payment intent."""
    session = counter.gateway.create_session(what)
    counter.pay(session.id, card)
    intent = only(SessionFact, counter.gateway.retrieve_session(session.id)).intent
    assert intent is not None
    return intent


def facts(kind: type[F], *seen: Seen) -> list[F]:
    """Return the facts of a kind in what was seen."""
    return [
        fact for each in seen for fact in read_notice(each.body).facts if isinstance(fact, kind)
    ]


def only(kind: type[F], *seen: Seen) -> F:
    (fact,) = facts(kind, *seen)
    return fact


def every(list_page: Callable[[str | None], Page]) -> list[Seen]:
    """Turn all pages of a list, more than one."""
    page = list_page(None)
    items = list(page.items)
    assert page.next is not None
    while page.next is not None:
        seen = page.next
        page = list_page(page.next)
        assert page.next != seen, "a list that goes round"
        items += page.items
    return items


class TestSession:
    def test_is_a_page_for_exactly_this_gift(self, counter: Counter) -> None:
        session = counter.gateway.create_session(order(counter))
        assert session.url is not None
        assert session.url.startswith("http")
        assert session.expires_at == order(counter).expires_at
        assert only(SessionFact, session.seen) == SessionFact(
            id=session.id,
            token="donation-1",
            state=SessionState.OPEN,
            paid=False,
            async_failed=False,
            amount=5000,
            currency="GBP",
            intent=None,
            livemode=counter.gateway.livemode,
        )

    def test_ordered_again_is_the_same_session(self, counter: Counter) -> None:
        first = counter.gateway.create_session(order(counter))
        assert counter.gateway.create_session(order(counter)) == first

    def test_ordered_by_another_donation_is_another_session(self, counter: Counter) -> None:
        first = counter.gateway.create_session(order(counter))
        assert counter.gateway.create_session(order(counter, token="donation-2")).id != first.id

    def test_is_refused_for_another_amount_under_the_same_token(self, counter: Counter) -> None:
        counter.gateway.create_session(order(counter))
        with pytest.raises(GatewayRefused):
            counter.gateway.create_session(order(counter, amount=Money(5001, "GBP")))

    def test_is_refused_for_less_than_can_be_charged(self, counter: Counter) -> None:
        with pytest.raises(GatewayRefused):
            counter.gateway.create_session(order(counter, amount=Money(1, "GBP")))

    def test_may_belong_to_no_section(self, counter: Counter) -> None:
        session = counter.gateway.create_session(order(counter, section_code=""))
        assert only(SessionFact, session.seen).token == "donation-1"

    @pytest.mark.parametrize("locale", ["auto", "pt-BR", "xx", ""])
    def test_opens_in_any_language(self, counter: Counter, locale: str) -> None:
        assert counter.gateway.create_session(order(counter, locale=locale)).url

    @pytest.mark.parametrize(
        "amount",
        [Money(5000, "JPY"), Money(50_00, "ISK"), Money(12_340, "KWD"), Money(300_000, "HUF")],
        ids=str,
    )
    def test_takes_the_minor_units_that_each_currency_has(
        self, counter: Counter, amount: Money
    ) -> None:
        intent = given(counter, order(counter, amount=amount))
        charge = only(ChargeFact, counter.gateway.retrieve_intent(intent))
        assert Money(charge.amount, charge.currency) == amount

    @pytest.mark.parametrize("priority", Priority)
    def test_once_paid_tells_everything_up_to_the_fee(
        self, counter: Counter, priority: Priority
    ) -> None:
        session = counter.gateway.create_session(order(counter))
        counter.pay(session.id, PAYS)
        seen = counter.gateway.retrieve_session(session.id, priority=priority)
        paid, charge = only(SessionFact, seen), only(ChargeFact, seen)
        assert (paid.state, paid.paid) == (SessionState.COMPLETE, True)
        assert (charge.state, charge.amount, charge.intent) == (
            ChargeState.SUCCEEDED,
            5000,
            paid.intent,
        )
        line = only(TransactionFact, seen)
        assert (line.id, line.source) == (charge.transaction, charge.id)
        assert line.net == line.amount - line.fee

    def test_stays_open_after_a_declined_card(self, counter: Counter) -> None:
        session = counter.gateway.create_session(order(counter))
        counter.pay(session.id, IS_DECLINED)
        seen = counter.gateway.retrieve_session(session.id)
        assert only(SessionFact, seen).state is SessionState.OPEN
        assert only(ChargeFact, seen).state is ChargeState.FAILED

    def test_can_be_closed_while_it_is_open_and_only_then(self, counter: Counter) -> None:
        session = counter.gateway.create_session(order(counter))
        closed = only(SessionFact, counter.gateway.expire_session(session.id))
        assert closed.state is SessionState.EXPIRED
        counter.pay(session.id, PAYS)
        assert not only(SessionFact, counter.gateway.retrieve_session(session.id)).paid
        with pytest.raises(GatewayRefused):
            counter.gateway.expire_session(session.id)

    def test_that_was_paid_cannot_be_closed(self, counter: Counter) -> None:
        session = counter.gateway.create_session(order(counter))
        counter.pay(session.id, PAYS)
        with pytest.raises(GatewayRefused):
            counter.gateway.expire_session(session.id)


class TestPayment:
    def test_carries_our_donation_down_to_the_charge(self, counter: Counter) -> None:
        intent = given(counter, order(counter))
        seen = counter.gateway.retrieve_intent(intent)
        assert only(IntentFact, seen) == IntentFact(
            id=intent,
            token="donation-1",
            cancelled=False,
            amount=5000,
            currency="GBP",
            livemode=counter.gateway.livemode,
        )
        assert only(ChargeFact, seen).token == "donation-1"

    def test_has_a_charge_that_can_be_read_alone(self, counter: Counter) -> None:
        charge = only(ChargeFact, counter.gateway.retrieve_intent(given(counter, order(counter))))
        assert only(ChargeFact, counter.gateway.retrieve_charge(charge.id)) == charge


class TestRefund:
    def test_goes_back_in_parts_until_nothing_is_left(self, counter: Counter) -> None:
        intent = given(counter, order(counter))
        parts = [
            RefundOrder("first", intent, Money(2000, "GBP"), reason=None),
            RefundOrder("second", intent, Money(3000, "GBP"), reason="requested_by_customer"),
        ]
        made = [only(RefundFact, counter.gateway.create_refund(each)) for each in parts]
        assert [(each.amount, each.currency, each.intent) for each in made] == [
            (2000, "GBP", intent),
            (3000, "GBP", intent),
        ]
        assert {each.status for each in made} == {RefundStatus.SUCCEEDED}
        with pytest.raises(GatewayRefused):
            counter.gateway.create_refund(RefundOrder("third", intent, Money(1, "GBP"), None))
        page = counter.gateway.list_refunds(intent)
        assert {each.id for each in facts(RefundFact, *page.items)} == {each.id for each in made}
        assert page.next is None

    def test_asked_for_again_is_the_same_refund(self, counter: Counter) -> None:
        wish = RefundOrder("once", given(counter, order(counter)), Money(2000, "GBP"), None)
        assert counter.gateway.create_refund(wish) == counter.gateway.create_refund(wish)
        assert len(counter.gateway.list_refunds(wish.intent).items) == 1

    def test_is_refused_for_another_amount_under_the_same_key(self, counter: Counter) -> None:
        wish = RefundOrder("once", given(counter, order(counter)), Money(2000, "GBP"), None)
        counter.gateway.create_refund(wish)
        with pytest.raises(GatewayRefused):
            counter.gateway.create_refund(replace(wish, amount=Money(2001, "GBP")))

    def test_is_refused_for_more_than_was_given(self, counter: Counter) -> None:
        intent = given(counter, order(counter))
        with pytest.raises(GatewayRefused):
            counter.gateway.create_refund(RefundOrder("r", intent, Money(5001, "GBP"), None))

    def test_is_refused_where_nothing_was_charged(self, counter: Counter) -> None:
        intent = given(counter, order(counter), card=IS_DECLINED)
        with pytest.raises(GatewayRefused):
            counter.gateway.create_refund(RefundOrder("r", intent, Money(5000, "GBP"), None))

    def test_may_stay_pending_before_it_succeeds(self, counter: Counter) -> None:
        intent = given(counter, order(counter), card=REFUNDS_STAY_PENDING)
        wish = RefundOrder("slow", intent, Money(5000, "GBP"), None)
        pending = only(RefundFact, counter.gateway.create_refund(wish))
        assert pending.status is RefundStatus.PENDING
        counter.let_the_bank_work()
        later = only(RefundFact, counter.gateway.retrieve_refund(pending.id))
        assert later == replace(pending, status=RefundStatus.SUCCEEDED)

    def test_that_succeeded_may_fail_later_and_says_what_brought_the_money_back(
        self, counter: Counter
    ) -> None:
        intent = given(counter, order(counter), card=REFUNDS_FAIL_LATER)
        wish = RefundOrder("back", intent, Money(5000, "GBP"), None)
        succeeded = only(RefundFact, counter.gateway.create_refund(wish))
        assert succeeded.status is RefundStatus.SUCCEEDED
        counter.let_the_bank_work()
        failed = only(RefundFact, counter.gateway.retrieve_refund(succeeded.id))
        assert failed.status is RefundStatus.FAILED
        assert failed.transaction == succeeded.transaction
        lines = facts(
            TransactionFact,
            *counter.gateway.list_transactions(created_from=0, after=None).items,
        )
        sums = {line.id: line.amount for line in lines}
        assert failed.transaction is not None
        assert failed.failure_transaction is not None
        assert sums[failed.transaction] + sums[failed.failure_transaction] == 0


class TestLists:
    """Two hundred events and more than a hundred ledger lines take more than one page."""

    def test_of_ledger_lines_miss_nothing_and_repeat_nothing(self, crowded: Counter) -> None:
        items = every(lambda after: crowded.gateway.list_transactions(created_from=0, after=after))
        assert len({each.id for each in items}) == len(items) == 106
        assert sum(fact.amount for fact in facts(TransactionFact, *items)) == 20_000 - 105 * 100

    def test_of_ledger_lines_tell_their_sources(self, crowded: Counter) -> None:
        items = every(lambda after: crowded.gateway.list_transactions(created_from=0, after=after))
        assert len(facts(RefundFact, *items)) == 105
        assert only(ChargeFact, *items).token == "donation-1"

    def test_of_events_miss_nothing_and_repeat_nothing(self, crowded: Counter) -> None:
        items = every(lambda after: crowded.gateway.list_events(created_from=0, after=after))
        assert len({each.id for each in items}) == len(items)
        assert all(each.id.startswith("evt_") for each in items)
        types = [each.type for each in items]
        assert types.count("refund.created") == 105
        assert types.count("checkout.session.completed") == 1

    def test_of_refunds_miss_nothing_and_repeat_nothing(self, crowded: Counter) -> None:
        newest = crowded.gateway.list_transactions(created_from=0, after=None)
        intent = facts(RefundFact, *newest.items)[0].intent
        assert intent is not None
        items = every(lambda after: crowded.gateway.list_refunds(intent, after=after))
        assert len({each.id for each in items}) == len(items) == 105

    def test_begin_at_the_time_that_was_asked_for(self, crowded: Counter) -> None:
        since = int(crowded.clock())
        lines = every(
            lambda after: crowded.gateway.list_transactions(created_from=since, after=after)
        )
        assert len(lines) == 105
        assert facts(ChargeFact, *lines) == []

    def test_of_a_time_to_come_are_empty(self, crowded: Counter) -> None:
        page = crowded.gateway.list_events(created_from=int(crowded.clock()) + 1, after=None)
        assert (page.items, page.next) == ((), None)


class TestLostAnswer:
    """The work was done, but nobody heard of it."""

    def test_does_not_make_a_second_session(self, counter: Counter) -> None:
        counter.lose_answers(3)
        with pytest.raises(GatewayUnavailable):
            counter.gateway.create_session(order(counter))
        first = counter.gateway.create_session(order(counter))
        assert counter.gateway.create_session(order(counter)) == first

    def test_does_not_give_the_money_back_twice(self, counter: Counter) -> None:
        wish = RefundOrder("once", given(counter, order(counter)), Money(2000, "GBP"), None)
        counter.lose_answers(3)
        with pytest.raises(GatewayUnavailable):
            counter.gateway.create_refund(wish)
        refund = counter.gateway.create_refund(wish)
        assert counter.gateway.list_refunds(wish.intent).items == (refund,)


class TestUnknown:
    """What the provider has never made is refused, so that nobody waits for it."""

    @pytest.mark.parametrize(
        "ask",
        [
            lambda gateway: gateway.retrieve_session("cs_test_nobody"),
            lambda gateway: gateway.expire_session("cs_test_nobody"),
            lambda gateway: gateway.retrieve_intent("pi_nobody"),
            lambda gateway: gateway.retrieve_charge("ch_nobody"),
            lambda gateway: gateway.retrieve_refund("re_nobody"),
            lambda gateway: gateway.create_refund(
                RefundOrder("r", "pi_nobody", Money(100, "EUR"), None)
            ),
            lambda gateway: gateway.list_events(created_from=0, after="evt_nobody"),
            lambda gateway: gateway.retrieve_session(""),
            lambda gateway: gateway.retrieve_charge("../refunds"),
        ],
    )
    def test_is_refused(self, counter: Counter, ask: Callable[[Gateway], object]) -> None:
        with pytest.raises(GatewayRefused):
            ask(counter.gateway)


class TestWebhook:
    def test_is_signed_and_tells_what_a_list_of_events_tells_too(self, counter: Counter) -> None:
        given(counter, order(counter))
        listed = {
            each.id: each for each in counter.gateway.list_events(created_from=0, after=None).items
        }
        for _ in listed:
            body, signature = counter.next_webhook()
            counter.gateway.verify(body, signature, counter.clock.now)
            notice = read_notice(body)
            assert notice == read_notice(listed[notice.id].body)

    def test_is_refused_when_it_was_changed_or_is_old_or_from_the_future(
        self, counter: Counter
    ) -> None:
        given(counter, order(counter))
        body, signature = counter.next_webhook()
        with pytest.raises(BadSignature):
            counter.gateway.verify(body + b" ", signature, counter.clock.now)
        with pytest.raises(BadSignature):
            counter.gateway.verify(body, "", counter.clock.now)
        for minutes in (-6, 6):
            now = counter.clock.now + timedelta(minutes=minutes)
            with pytest.raises(BadSignature):
                counter.gateway.verify(body, signature, now)


def test_a_provider_that_is_gone_is_unavailable(counter: Counter) -> None:
    counter.shut()
    with pytest.raises(GatewayUnavailable):
        counter.gateway.create_session(order(counter))
