from __future__ import annotations

import pytest

from fundtracker.domain.facts import (
    ChargeFact,
    ChargeState,
    DisputeFact,
    IntentFact,
    RefundFact,
    RefundStatus,
    SessionFact,
    SessionState,
    TransactionFact,
)
from fundtracker.payments.events import Malformed, read
from tests.payments import bodies

PAID_SESSION = SessionFact(
    id="cs_1",
    token="donation-1",
    state=SessionState.COMPLETE,
    paid=True,
    async_failed=False,
    amount=5000,
    currency="GBP",
    intent="pi_1",
    livemode=False,
)
SUCCEEDED_CHARGE = ChargeFact(
    id="ch_1",
    intent="pi_1",
    token="donation-1",
    state=ChargeState.SUCCEEDED,
    amount=5000,
    currency="GBP",
    transaction="txn_1",
    failure_transaction=None,
    livemode=False,
)
INTENT = IntentFact(
    id="pi_1", token="donation-1", cancelled=False, amount=5000, currency="GBP", livemode=False
)
REFUND = RefundFact(
    id="re_1",
    charge="ch_1",
    intent="pi_1",
    amount=2000,
    currency="GBP",
    status=RefundStatus.SUCCEEDED,
    transaction="txn_2",
    failure_transaction=None,
)
TRANSACTION = TransactionFact(
    id="txn_1", kind="charge", amount=5700, fee=137, net=5563, currency="EUR", source="ch_1"
)


class TestSession:
    def test_says_whose_it_is_and_that_it_was_paid(self) -> None:
        assert read("checkout.session.completed", bodies.session()) == (PAID_SESSION,)

    @pytest.mark.parametrize(
        ("word", "state"),
        [
            ("open", SessionState.OPEN),
            ("expired", SessionState.EXPIRED),
            ("complete", SessionState.COMPLETE),
        ],
    )
    def test_has_come_so_far(self, word: str, state: SessionState) -> None:
        (fact,) = read("checkout.session", bodies.session(status=word))
        assert isinstance(fact, SessionFact)
        assert fact.state == state

    @pytest.mark.parametrize("status", ["unpaid", "no_payment_required"])
    def test_that_took_no_money_is_not_paid(self, status: str) -> None:
        (fact,) = read("checkout.session.completed", bodies.session(payment_status=status))
        assert isinstance(fact, SessionFact)
        assert not fact.paid

    def test_whose_delayed_payment_failed_says_so(self) -> None:
        (fact,) = read(
            "checkout.session.async_payment_failed", bodies.session(payment_status="unpaid")
        )
        assert isinstance(fact, SessionFact)
        assert fact.async_failed
        assert not fact.paid

    @pytest.mark.parametrize("mode", ["subscription", "setup"])
    def test_of_another_mode_makes_no_money_whatever_stands_in_it(self, mode: str) -> None:
        assert read("checkout.session.completed", bodies.session(mode=mode)) == ()
        assert read("x", bodies.session(mode=mode, payment_intent=bodies.intent())) == ()

    def test_before_it_is_paid_has_no_intent(self) -> None:
        (fact,) = read("checkout.session", bodies.session(status="open", payment_intent=None))
        assert isinstance(fact, SessionFact)
        assert fact.intent is None

    @pytest.mark.parametrize(
        ("fields", "token"),
        [
            ({"client_reference_id": "a", "metadata": {"donation": "b"}}, "a"),
            ({"client_reference_id": None, "metadata": {"donation": "b"}}, "b"),
            ({"client_reference_id": "", "metadata": {"donation": "b"}}, "b"),
            ({"client_reference_id": None, "metadata": {}}, None),
            ({"client_reference_id": None, "metadata": None}, None),
            ({"client_reference_id": 7, "metadata": {"donation": ["b"]}}, None),
            ({"client_reference_id": "nul\0", "metadata": []}, None),
        ],
    )
    def test_names_our_donation_in_either_place(
        self, fields: dict[str, object], token: str | None
    ) -> None:
        (fact,) = read("checkout.session", bodies.session(**fields))
        assert isinstance(fact, SessionFact)
        assert fact.token == token

    def test_shown_in_full_tells_everything_that_stands_in_it_once(self) -> None:
        charge = bodies.charge(balance_transaction=bodies.transaction())
        body = bodies.session(payment_intent=bodies.intent(latest_charge=charge))
        assert read("checkout.session", body) == (
            PAID_SESSION,
            INTENT,
            SUCCEEDED_CHARGE,
            TRANSACTION,
        )


class TestIntent:
    def test_alone_makes_no_charge(self) -> None:
        assert read("payment_intent.succeeded", bodies.intent()) == (INTENT,)

    @pytest.mark.parametrize(
        ("event", "status"),
        [
            ("payment_intent.canceled", "requires_payment_method"),
            ("payment_intent", "canceled"),
        ],
    )
    def test_is_cancelled_by_its_event_or_by_its_status(self, event: str, status: str) -> None:
        (fact,) = read(event, bodies.intent(status=status))
        assert isinstance(fact, IntentFact)
        assert fact.cancelled

    def test_with_its_latest_charge_tells_that_charge(self) -> None:
        body = bodies.intent(latest_charge=bodies.charge())
        assert read("payment_intent.succeeded", body) == (INTENT, SUCCEEDED_CHARGE)


class TestCharge:
    @pytest.mark.parametrize(
        ("word", "state"),
        [
            ("pending", ChargeState.PENDING),
            ("failed", ChargeState.FAILED),
            ("succeeded", ChargeState.SUCCEEDED),
        ],
    )
    def test_has_come_so_far(self, word: str, state: ChargeState) -> None:
        (fact,) = read("charge.updated", bodies.charge(status=word))
        assert isinstance(fact, ChargeFact)
        assert fact.state == state

    def test_without_a_transaction_leaves_the_fee_unknown(self) -> None:
        (fact,) = read("charge.succeeded", bodies.charge(balance_transaction=None))
        assert isinstance(fact, ChargeFact)
        assert fact.transaction is None

    def test_that_failed_late_names_the_transaction_that_took_the_money_back(self) -> None:
        taken_back = bodies.transaction(id="txn_9", type="payment_failure_refund")
        fact, back = read(
            "charge.failed", bodies.charge(status="failed", failure_balance_transaction=taken_back)
        )
        assert isinstance(fact, ChargeFact)
        assert isinstance(back, TransactionFact)
        assert fact.failure_transaction == back.id == "txn_9"

    def test_with_refunds_shown_in_full_tells_each(self) -> None:
        refunds = bodies.listed(bodies.refund(), bodies.refund(id="re_2", status="pending"))
        charge, *given_back = read("charge.refunded", bodies.charge(refunds=refunds))
        assert charge == SUCCEEDED_CHARGE
        assert given_back[0] == REFUND
        assert [type(each) for each in given_back] == [RefundFact, RefundFact]

    def test_without_its_refunds_makes_none_up(self) -> None:
        body = bodies.charge(refunded=True, amount_refunded=5000, refunds=None)
        assert read("charge.refunded", body) == (SUCCEEDED_CHARGE,)


class TestRefund:
    @pytest.mark.parametrize(
        ("word", "status"),
        [
            ("pending", RefundStatus.PENDING),
            ("requires_action", RefundStatus.REQUIRES_ACTION),
            ("succeeded", RefundStatus.SUCCEEDED),
            ("failed", RefundStatus.FAILED),
            ("canceled", RefundStatus.CANCELLED),
        ],
    )
    def test_stands_so(self, word: str, status: RefundStatus) -> None:
        (fact,) = read("refund.updated", bodies.refund(status=word))
        assert isinstance(fact, RefundFact)
        assert fact.status is status

    def test_names_the_transaction_of_its_failure(self) -> None:
        (fact,) = read("refund.failed", bodies.refund(failure_balance_transaction="txn_3"))
        assert isinstance(fact, RefundFact)
        assert (fact.transaction, fact.failure_transaction) == ("txn_2", "txn_3")


class TestDispute:
    def test_that_is_an_inquiry_moves_nothing(self) -> None:
        assert read("charge.dispute.created", bodies.dispute(status="warning_needs_response")) == (
            DisputeFact(
                id="du_1",
                charge="ch_1",
                intent="pi_1",
                amount=3000,
                currency="GBP",
                status="warning_needs_response",
                withdrawn=frozenset(),
                reinstated=frozenset(),
            ),
        )

    def test_tells_by_the_sign_which_way_the_money_went(self) -> None:
        moves = [
            bodies.transaction(id="txn_w", type="adjustment", amount=-3360, fee=1500, net=-4860),
            bodies.transaction(id="txn_r", type="adjustment", amount=3360, fee=-1500, net=4860),
            bodies.transaction(id="txn_0", type="adjustment", amount=0, fee=0, net=0),
        ]
        fact, *lines = read("charge.dispute.closed", bodies.dispute(balance_transactions=moves))
        assert isinstance(fact, DisputeFact)
        assert fact.withdrawn == {"txn_w"}
        assert fact.reinstated == {"txn_r"}
        assert [line.id for line in lines] == ["txn_w", "txn_r", "txn_0"]

    def test_keeps_a_word_that_nobody_knew_yet(self) -> None:
        (fact,) = read("charge.dispute.updated", bodies.dispute(status="prevented"))
        assert isinstance(fact, DisputeFact)
        assert fact.status == "prevented"


class TestTransaction:
    def test_is_a_line_in_the_settlement_currency(self) -> None:
        assert read("balance_transaction", bodies.transaction()) == (TRANSACTION,)

    def test_with_its_source_tells_that_too(self) -> None:
        body = bodies.transaction(source=bodies.charge())
        assert read("balance_transaction", body) == (TRANSACTION, SUCCEEDED_CHARGE)

    @pytest.mark.parametrize("source", [None, {"id": "po_1", "object": "payout", "amount": "?"}])
    def test_of_something_else_stands_alone(self, source: dict[str, str] | None) -> None:
        body = bodies.transaction(type="payout", amount=-900, fee=0, net=-900, source=source)
        (fact,) = read("balance_transaction", body)
        assert isinstance(fact, TransactionFact)
        assert fact.kind == "payout"
        assert fact.source == (source and source["id"])

    def test_whose_sums_disagree_is_malformed(self) -> None:
        with pytest.raises(Malformed, match="net"):
            read("balance_transaction", bodies.transaction(net=5564))


@pytest.mark.parametrize("kind", ["invoice", "customer", "payout", "subscription", "balance"])
def test_another_object_has_no_facts(kind: str) -> None:
    assert read(f"{kind}.updated", {"id": "x", "object": kind, "amount": None}) == ()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (bodies.session(amount_total=None), "amount_total"),
        (bodies.session(amount_total=True), "amount_total"),
        (bodies.session(amount_total=50.0), "amount_total"),
        (bodies.session(amount_total="5000"), "amount_total"),
        (bodies.session(amount_total=-1), "amount_total"),
        (bodies.session(amount_total=10**30), "amount_total"),
        (bodies.session(amount_total=float("nan")), "amount_total"),
        (bodies.session(currency=None), "currency"),
        (bodies.session(currency="xxx"), "currency"),
        (bodies.session(status=None), "status"),
        (bodies.session(status="finished"), "status"),
        (bodies.session(mode=None), "mode"),
        (bodies.session(livemode="false"), "livemode"),
        (bodies.session(livemode=None), "livemode"),
        (bodies.session(id=""), "id"),
        (bodies.session(id="cs_" + "1" * 300), "id"),
        (bodies.session(id="cs_\0"), "id"),
        (bodies.session(id="cs_é"), "id"),
        (bodies.session(id="cs_\ud800"), "id"),
        (bodies.session(payment_intent=["pi_1"]), "payment_intent"),
        (bodies.session(payment_intent={"object": "payment_intent"}), "id"),
        (bodies.charge(status="refunded"), "status"),
        (bodies.refund(status="cancelled"), "status"),
        (bodies.refund(charge=5), "charge"),
        (bodies.dispute(balance_transactions=[{"id": "txn_1"}]), "amount"),
        (bodies.transaction(fee=None), "fee"),
        (bodies.transaction(source=bodies.charge(amount=None)), "amount"),
        ({"id": "x"}, "object"),
        ({"id": "x", "object": ["charge"]}, "object"),
    ],
)
def test_what_is_not_as_documented_is_malformed_and_names_the_field(
    body: bodies.Body, field: str
) -> None:
    with pytest.raises(Malformed) as refusal:
        read("whatever", body)
    assert refusal.value.values == {"what": field}


def test_objects_nested_thousands_deep_are_read_all_the_same() -> None:
    body = bodies.charge()
    for _ in range(5000):
        body = bodies.charge(payment_intent=bodies.intent(latest_charge=body))
    assert len(read("charge.updated", body)) == 10_001
