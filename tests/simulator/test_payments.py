from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from fundtracker.simulator.cards import CARDS
from tests.simulator.world import item, plain

if TYPE_CHECKING:
    import stripe

    from fundtracker.simulator.cards import Card
    from fundtracker.simulator.switches import Switches
    from tests.simulator.world import Clock, Json, NewSession, Payer, Receiver

DECLINED = [card for card in CARDS if card.decline]
SECURE = [card for card in CARDS if card.challenge]
EXPAND = ["payment_intent.latest_charge.balance_transaction"]


def read(client: stripe.StripeClient, id: str) -> Json:
    return plain(client.v1.checkout.sessions.retrieve(id, {"expand": EXPAND}))


def types(receiver: Receiver, number: int) -> list[str]:
    return [json.loads(each.body)["type"] for each in receiver.wait_for(number)]


def test_a_payment_completes_session_intent_and_charge(
    client: stripe.StripeClient,
    new_session: NewSession,
    payer: Payer,
) -> None:
    id = new_session().id
    payer.pays(id, email="ada@example.org", name="Ada")

    session = read(client, id)
    intent = session["payment_intent"]
    charge = intent["latest_charge"]

    assert (session["status"], session["payment_status"]) == ("complete", "paid")
    assert session["url"] is None
    assert session["customer_details"]["email"] == "ada@example.org"
    assert (intent["status"], intent["amount_received"]) == ("succeeded", 2500)
    assert (charge["status"], charge["paid"], charge["amount"]) == ("succeeded", True, 2500)
    assert charge["billing_details"]["name"] == "Ada"
    assert charge["payment_intent"] == intent["id"]


def test_a_payment_is_told_in_five_events_in_order(
    new_session: NewSession,
    payer: Payer,
    receiver: Receiver,
) -> None:
    payer.pays(new_session().id)

    assert types(receiver, 5) == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
        "charge.updated",
    ]
    first, *_, last = [json.loads(each.body) for each in receiver.parcels]
    assert first["api_version"] == "2026-10-28.endive"
    assert first["request"] == {"id": None, "idempotency_key": None}
    assert last["data"]["previous_attributes"] == {"balance_transaction": None}
    assert last["data"]["object"]["balance_transaction"].startswith("txn_")


def test_metadata_goes_where_it_was_put_and_nowhere_else(
    client: stripe.StripeClient,
    new_session: NewSession,
    payer: Payer,
) -> None:
    asked = {"metadata": {"of": "intent"}, "statement_descriptor_suffix": "FUND"}
    with_both = new_session(metadata={"of": "session"}, payment_intent_data=asked).id
    with_one = new_session(metadata={"of": "session"}, payment_intent_data=None).id
    payer.pays(with_both)
    payer.pays(with_one)

    both, one = read(client, with_both), read(client, with_one)

    assert both["metadata"] == one["metadata"] == {"of": "session"}
    assert both["payment_intent"]["metadata"] == {"of": "intent"}
    assert both["payment_intent"]["latest_charge"]["metadata"] == {"of": "intent"}
    assert both["payment_intent"]["latest_charge"]["statement_descriptor_suffix"] == "FUND"
    assert one["payment_intent"]["metadata"] == {}
    assert one["payment_intent"]["latest_charge"]["metadata"] == {}


@pytest.mark.parametrize(
    ("charged", "settled"),
    [
        (("eur", 2500), (2500, 63, None)),
        (("gbp", 5000), (5750, 111, 1.15)),
        (("clp", 50_000), (4900, 99, 0.00098)),
        (("kwd", 1230), (369, 31, 3)),
        (("isk", 100_000), (670, 35, 0.0067)),
    ],
)
def test_a_charge_settles_in_euros_less_a_fee(
    charged: tuple[str, int],
    settled: tuple[int, int, float | None],
    client: stripe.StripeClient,
    new_session: NewSession,
    payer: Payer,
) -> None:
    amount, fee, rate = settled
    id = new_session(line_items=[item(*charged)]).id
    payer.pays(id)

    transaction = read(client, id)["payment_intent"]["latest_charge"]["balance_transaction"]

    assert (transaction["amount"], transaction["currency"]) == (amount, "eur")
    assert transaction["exchange_rate"] == rate
    assert (transaction["fee"], transaction["net"]) == (fee, amount - fee)
    assert transaction["type"] == "charge"


def test_a_balance_transaction_becomes_available(
    client: stripe.StripeClient,
    new_session: NewSession,
    payer: Payer,
    clock: Clock,
) -> None:
    payer.pays(new_session().id)
    transactions = client.v1.balance_transactions

    assert [each.status for each in transactions.list().data] == ["pending"]
    clock.advance(2 * 24 * 60 * 60)
    assert [each.status for each in transactions.list().data] == ["available"]


def test_a_charge_may_settle_later(
    client: stripe.StripeClient,
    new_session: NewSession,
    payer: Payer,
    receiver: Receiver,
    switches: Switches,
    clock: Clock,
) -> None:
    switches.set(null_balance_transaction=5)
    id = new_session().id
    payer.pays(id)

    assert read(client, id)["payment_intent"]["latest_charge"]["balance_transaction"] is None
    assert types(receiver, 4)[-1] == "checkout.session.completed"

    clock.advance(5)
    charge = read(client, id)["payment_intent"]["latest_charge"]
    assert charge["balance_transaction"]["net"] == 2500 - 38 - 25
    assert types(receiver, 5)[-1] == "charge.updated"


@pytest.mark.parametrize("card", DECLINED, ids=lambda card: card.last4)
def test_a_declined_card_leaves_the_session_open_for_another_one(
    card: Card,
    client: stripe.StripeClient,
    new_session: NewSession,
    payer: Payer,
    receiver: Receiver,
) -> None:
    id = new_session().id
    assert card.decline is not None

    answer = payer.pays(id, card.number)
    session = read(client, id)
    intent = session["payment_intent"]

    assert answer.status_code == 422
    assert card.decline.message.replace("'", "&#39;") in answer.text
    assert (session["status"], session["payment_status"]) == ("open", "unpaid")
    assert intent["status"] == "requires_payment_method"
    assert intent["last_payment_error"]["code"] == card.decline.code
    assert intent["last_payment_error"]["decline_code"] == card.decline.decline_code
    assert intent["latest_charge"]["failure_code"] == card.decline.code
    assert intent["latest_charge"]["balance_transaction"] is None
    assert types(receiver, 3) == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
    ]

    payer.pays(id)
    again = read(client, id)
    assert again["payment_status"] == "paid"
    assert again["payment_intent"]["id"] == intent["id"]
    assert again["payment_intent"]["last_payment_error"] is None
    charges = client.v1.charges.list({"payment_intent": intent["id"]}).data
    assert [charge.status for charge in charges] == ["succeeded", "failed"]


@pytest.mark.parametrize("card", SECURE, ids=lambda card: card.last4)
def test_a_secure_card_is_charged_once_its_owner_confirms(
    card: Card,
    client: stripe.StripeClient,
    new_session: NewSession,
    payer: Payer,
    receiver: Receiver,
) -> None:
    id = new_session().id

    asked = payer.pays(id, card.number)
    assert "3-D Secure" in asked.text
    assert read(client, id)["payment_intent"]["status"] == "requires_action"
    assert client.v1.charges.list().data == []

    paid = payer.pays(id, card.number, outcome="confirm")
    assert paid.status_code == 303
    assert read(client, id)["payment_status"] == "paid"
    assert types(receiver, 6)[:3] == [
        "payment_intent.created",
        "payment_intent.requires_action",
        "charge.succeeded",
    ]


def test_a_secure_card_that_is_not_confirmed_is_not_charged(
    client: stripe.StripeClient,
    new_session: NewSession,
    payer: Payer,
    receiver: Receiver,
) -> None:
    id = new_session().id
    payer.pays(id, SECURE[0].number)

    refused = payer.pays(id, SECURE[0].number, outcome="fail")

    assert refused.status_code == 422
    assert "unable to authenticate" in refused.text
    intent = read(client, id)["payment_intent"]
    assert intent["last_payment_error"]["code"] == "payment_intent_authentication_failure"
    assert client.v1.charges.list().data == []
    assert types(receiver, 3)[-1] == "payment_intent.payment_failed"
    assert payer.pays(id).status_code == 303
