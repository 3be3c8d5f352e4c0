from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import pytest
import stripe

from tests.simulator.world import item, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stripe.params import RefundCreateParams

    from fundtracker.simulator.switches import Switches
    from tests.simulator.world import Clock, Json, NewSession, Payer, Receiver


@pytest.fixture
def paid(client: stripe.StripeClient, new_session: NewSession, payer: Payer) -> Callable[..., Json]:
    """Return a function that pays with a card, and gives the charge."""

    def paid(card: str = "4242424242424242", currency: str = "eur", amount: int = 2500) -> Json:
        id = new_session(line_items=[item(currency, amount)]).id
        payer.pays(id, card)
        expand = ["payment_intent.latest_charge"]
        session = plain(client.v1.checkout.sessions.retrieve(id, {"expand": expand}))
        charge: Json = session["payment_intent"]["latest_charge"]
        return charge

    return paid


def refund(client: stripe.StripeClient, **asked: object) -> Json:
    return plain(client.v1.refunds.create(cast("RefundCreateParams", asked)))


def refusal(client: stripe.StripeClient, asked: Mapping[str, object]) -> stripe.ErrorObject:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        refund(client, **asked)
    assert caught.value.error is not None
    return caught.value.error


def test_all_of_a_charge_goes_back_unless_said_otherwise(
    client: stripe.StripeClient,
    paid: Callable[..., Json],
) -> None:
    charge = paid()

    back = refund(client, charge=charge["id"], reason="duplicate", metadata={"why": "twice"})

    assert (back["status"], back["amount"], back["currency"]) == ("succeeded", 2500, "eur")
    assert (back["reason"], back["metadata"]) == ("duplicate", {"why": "twice"})
    assert (back["charge"], back["payment_intent"]) == (charge["id"], charge["payment_intent"])
    after = client.v1.charges.retrieve(charge["id"])
    assert (after.amount_refunded, after.refunded) == (2500, True)
    assert plain(client.v1.refunds.retrieve(back["id"])) == back


def test_parts_go_back_until_nothing_is_left(
    client: stripe.StripeClient,
    paid: Callable[..., Json],
) -> None:
    charge = paid()
    intent = charge["payment_intent"]

    first = refund(client, payment_intent=intent, amount=1000)
    assert not client.v1.charges.retrieve(charge["id"]).refunded
    too_much = refusal(client, {"payment_intent": intent, "amount": 1501})
    second = refund(client, payment_intent=intent)
    nothing_left = refusal(client, {"payment_intent": intent})

    assert (first["amount"], second["amount"]) == (1000, 1500)
    assert too_much.param == "amount"
    assert "greater than unrefunded amount" in (too_much.message or "")
    assert nothing_left.code == "charge_already_refunded"
    listed = client.v1.refunds.list({"payment_intent": intent}).data
    assert [each.id for each in listed] == [second["id"], first["id"]]
    assert client.v1.refunds.list({"charge": "ch_other"}).data == []


def test_a_refund_takes_from_the_balance_and_leaves_the_fee(
    client: stripe.StripeClient,
    paid: Callable[..., Json],
) -> None:
    charge = paid(currency="gbp", amount=5000)

    refund(client, charge=charge["id"], amount=2000)

    lines = client.v1.balance_transactions.list({"expand": ["data.source"]})
    taken, brought = plain(lines)["data"]
    assert (taken["amount"], taken["fee"], taken["net"]) == (-2300, 0, -2300)
    assert (taken["type"], taken["exchange_rate"]) == ("refund", 1.15)
    assert (brought["amount"], brought["fee"]) == (5750, 111)
    assert (taken["source"]["object"], brought["source"]["object"]) == ("refund", "charge")


def test_a_refund_is_told_in_two_events(
    client: stripe.StripeClient,
    paid: Callable[..., Json],
    receiver: Receiver,
) -> None:
    charge = paid()
    refund(client, charge=charge["id"], amount=1000)

    created, refunded = [json.loads(each.body) for each in receiver.wait_for(7)[5:]]

    assert (created["type"], refunded["type"]) == ("refund.created", "charge.refunded")
    assert created["request"]["id"].startswith("req_")
    assert refunded["data"]["object"]["amount_refunded"] == 1000
    assert refunded["data"]["previous_attributes"] == {"amount_refunded": 0}


def test_the_refund_of_a_pending_card_arrives_later(
    client: stripe.StripeClient,
    paid: Callable[..., Json],
    receiver: Receiver,
    clock: Clock,
) -> None:
    charge = paid("4000000000007726")
    back = refund(client, charge=charge["id"])
    assert (back["status"], back["pending_reason"]) == ("pending", "processing")

    clock.advance(2)

    after = plain(client.v1.refunds.retrieve(back["id"]))
    assert (after["status"], after["pending_reason"]) == ("succeeded", None)
    last = [json.loads(each.body)["type"] for each in receiver.wait_for(9)[7:]]
    assert last == ["refund.updated", "charge.refund.updated"]


def test_the_refund_of_a_failing_card_comes_back(
    client: stripe.StripeClient,
    paid: Callable[..., Json],
    receiver: Receiver,
    switches: Switches,
) -> None:
    charge = paid("4000000000005126")
    back = refund(client, charge=charge["id"], amount=1000)
    assert back["status"] == "succeeded"

    switches.hurry()

    after = plain(client.v1.refunds.retrieve(back["id"]))
    assert (after["status"], after["failure_reason"]) == ("failed", "expired_or_canceled_card")
    lines = client.v1.balance_transactions.list({"source": back["id"]}).data
    assert [(line.type, line.amount) for line in lines] == [
        ("refund_failure", 1000),
        ("refund", -1000),
    ]
    assert lines[0].id == after["failure_balance_transaction"]
    assert client.v1.charges.retrieve(charge["id"]).amount_refunded == 0
    last = [json.loads(each.body)["type"] for each in receiver.wait_for(10)[7:]]
    assert last == ["refund.updated", "refund.failed", "charge.refund.updated"]


def test_a_charge_that_has_not_settled_settles_before_its_refund(
    client: stripe.StripeClient,
    paid: Callable[..., Json],
    switches: Switches,
) -> None:
    switches.set(null_balance_transaction=60)
    charge = paid()

    refund(client, charge=charge["id"])
    switches.hurry()

    kinds = [line.type for line in client.v1.balance_transactions.list().data]
    assert kinds == ["refund", "charge"]


@pytest.mark.parametrize(
    ("asked", "status", "param"),
    [
        ({"charge": "ch_nobody"}, 404, "charge"),
        ({"payment_intent": "pi_nobody"}, 404, "payment_intent"),
        ({}, 400, None),
        ({"charge": "ch_nobody", "reason": "regret"}, 400, "reason"),
        ({"charge": "ch_nobody", "amount": 0}, 400, "amount"),
        ({"charge": "ch_nobody", "source": "card"}, 400, "source"),
    ],
)
def test_a_refund_of_nothing_is_refused(
    asked: dict[str, object],
    status: int,
    param: str | None,
    client: stripe.StripeClient,
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        refund(client, **asked)

    assert (caught.value.http_status, caught.value.param) == (status, param)


def test_what_never_succeeded_cannot_go_back(
    client: stripe.StripeClient,
    paid: Callable[..., Json],
) -> None:
    charge = paid("4000000000000002")

    by_intent = refusal(client, {"payment_intent": charge["payment_intent"]})
    by_charge = refusal(client, {"charge": charge["id"]})

    assert by_intent.code == "payment_intent_unexpected_state"
    assert by_charge.code == "charge_not_refundable"


def test_a_part_that_the_currency_does_not_have_cannot_go_back(
    client: stripe.StripeClient,
    paid: Callable[..., Json],
) -> None:
    charge = paid(currency="isk", amount=100_000)

    assert refusal(client, {"charge": charge["id"], "amount": 1050}).param == "amount"
    assert refund(client, charge=charge["id"], amount=1100)["amount"] == 1100
