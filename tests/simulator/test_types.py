from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from fundtracker.simulator.cards import CARDS
from tests.simulator.sdk_types import MODULES, violations
from tests.simulator.world import item, plain

if TYPE_CHECKING:
    import stripe

    from fundtracker.simulator.cards import Card
    from tests.simulator.world import Json, NewSession, Payer, Receiver

DEEP = ["payment_intent.latest_charge.balance_transaction", "line_items"]


@pytest.fixture
def paid(client: stripe.StripeClient, new_session: NewSession, payer: Payer) -> Json:
    """Return a paid session with all that hangs on it."""
    id = new_session(line_items=[item("gbp", 2500)]).id
    payer.pays(id)
    return plain(client.v1.checkout.sessions.retrieve(id, {"expand": DEEP}))


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.last4)
def test_everything_that_a_card_brings_about_is_as_the_sdk_declares_it(
    card: Card,
    client: stripe.StripeClient,
    new_session: NewSession,
    payer: Payer,
    receiver: Receiver,
) -> None:
    id = new_session(line_items=[item("gbp", 2500)]).id
    payer.pays(id, card.number)
    payer.pays(id, card.number, outcome="confirm")

    session = plain(client.v1.checkout.sessions.retrieve(id, {"expand": DEEP}))
    if session["status"] == "complete":
        expand = ["charge.refunds", "balance_transaction.source"]
        intent = session["payment_intent"]["id"]
        client.v1.refunds.create({"payment_intent": intent, "amount": 100, "expand": expand})
    else:
        client.v1.checkout.sessions.expire(id)
    client.v1.events.list()

    # The fixture checks each answer and each webhook.
    assert len(receiver.wait_for(4)) >= 4


def test_every_kind_of_object_is_checked(paid: Json, receiver: Receiver) -> None:
    charge = paid["payment_intent"]["latest_charge"]
    event = json.loads(receiver.wait_for(1)[0].body)
    kinds = [paid, paid["payment_intent"], charge, charge["balance_transaction"], event]

    assert [violations(each) for each in kinds] == [[]] * 5
    assert {each["object"] for each in kinds} == MODULES.keys() - {"refund", "item"}


def _set(thing: Json, path: str, value: object) -> Json:
    changed = deepcopy(thing)
    node: Any = changed
    *way, last = path.split(".")
    for name in way:
        node = node[int(name)] if isinstance(node, list) else node[name]
    node[last] = value
    return changed


INTENT = "payment_intent"
CHARGE = f"{INTENT}.latest_charge"
TRANSACTION = f"{CHARGE}.balance_transaction"


@pytest.mark.parametrize(
    ("path", "value", "wrong"),
    [
        ("amount", 1, "amount is not declared"),
        ("created", None, "created is missing"),
        ("created", "1", "created is no int: '1'"),
        ("livemode", 0, "livemode is no bool: 0"),
        ("expires_at", True, "expires_at is no int: True"),
        ("status", "paid", "status has an unknown word: 'paid'"),
        ("total_details", "none", "total_details is not an object: 'none'"),
        ("total_details.amount_tax", None, "total_details.amount_tax is missing"),
        ("custom_fields", {}, "custom_fields is no array: {}"),
        ("metadata.fund", 1, "metadata.fund is no str: 1"),
        ("metadata", "fund", "metadata is no hash: 'fund'"),
        ("line_items.has_more", None, "line_items has no has_more or url"),
        (f"{INTENT}.status", "paid", f"{INTENT}.status has an unknown word: 'paid'"),
        (f"{CHARGE}.outcome.type", "good", f"{CHARGE}.outcome.type has an unknown word: 'good'"),
        (f"{TRANSACTION}.status", "here", f"{TRANSACTION}.status has an unknown word: 'here'"),
        (
            f"{TRANSACTION}.source",
            {"object": "review"},
            f"{TRANSACTION}.source cannot be {{'object': 'review'}}",
        ),
    ],
)
def test_the_check_finds_a_field_that_is_not_as_declared(
    path: str,
    value: object,
    wrong: str,
    paid: Json,
) -> None:
    assert violations(_set(paid, path, value)) == [f"checkout.session.{wrong}"]


def test_the_check_finds_a_decimal_that_is_none(paid: Json) -> None:
    changed = _set(paid, "line_items.data.0.price.unit_amount_decimal", "many")

    assert violations(changed) == ["item.price.unit_amount_decimal is no Decimal: 'many'"]


def test_the_check_knows_every_object_that_it_is_shown(paid: Json) -> None:
    with pytest.raises(KeyError):
        violations(paid | {"object": "session"})


def test_the_check_finds_an_event_that_says_something_else(
    paid: Json,
    receiver: Receiver,
) -> None:
    event = json.loads(receiver.wait_for(5)[4].body)
    assert event["data"]["previous_attributes"] == {"balance_transaction": None}

    stale = _set(event, "data.object.balance_transaction", None)
    odd = _set(event, "data.previous_attributes.fee", 1)
    bare = _set(event, "data.object.amount", None)
    unknown = _set(event, "type", "charge.settled")

    assert paid["status"] == "complete"
    assert violations(stale) == ["event.previous_attributes.balance_transaction has not changed"]
    assert violations(odd) == ["event.previous_attributes.fee is not declared"]
    assert violations(bare) == ["event: charge.amount is missing"]
    assert violations(unknown) == ["event.type has an unknown word: 'charge.settled'"]


def test_the_check_finds_a_list_that_is_none() -> None:
    assert violations({"object": "list", "data": []}) == [
        "list is no list: {'object': 'list', 'data': []}",
    ]
