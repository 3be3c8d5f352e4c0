from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stripe

from tests.simulator.world import Json, plain

if TYPE_CHECKING:
    from tests.simulator.world import NewSession, Payer


@pytest.fixture
def charge(client: stripe.StripeClient, new_session: NewSession, payer: Payer) -> stripe.Charge:
    payer.pays(new_session().id)
    return client.v1.charges.list().data[0]


def read(client: stripe.StripeClient, id: str, *expand: str) -> Json:
    return plain(client.v1.charges.retrieve(id, {"expand": list(expand)}))


def test_an_object_stands_by_its_id_unless_asked_for(
    client: stripe.StripeClient,
    charge: stripe.Charge,
) -> None:
    short = read(client, charge.id)
    full = read(client, charge.id, "balance_transaction", "payment_intent")

    assert full["balance_transaction"]["id"] == short["balance_transaction"]
    assert full["payment_intent"]["id"] == short["payment_intent"]


def test_objects_stand_in_each_other_as_deep_as_was_asked(
    client: stripe.StripeClient,
    charge: stripe.Charge,
) -> None:
    deep = "payment_intent.latest_charge.balance_transaction.source"

    answer = read(client, charge.id, deep)

    inner = answer["payment_intent"]["latest_charge"]["balance_transaction"]["source"]
    assert inner["id"] == charge.id


def test_the_refunds_of_a_charge_can_be_asked_for(
    client: stripe.StripeClient,
    charge: stripe.Charge,
) -> None:
    refund = client.v1.refunds.create({"charge": charge.id, "amount": 100})

    assert [each["id"] for each in read(client, charge.id, "refunds")["refunds"]["data"]] == [
        refund.id,
    ]


def test_what_a_list_holds_can_be_expanded(
    client: stripe.StripeClient,
    charge: stripe.Charge,
) -> None:
    asked = ["data.source.payment_intent"]

    lines = plain(client.v1.balance_transactions.list({"expand": asked}))["data"]

    assert lines[0]["source"]["payment_intent"]["id"] == charge.payment_intent


def test_what_is_not_there_stays_null(client: stripe.StripeClient, charge: stripe.Charge) -> None:
    answer = read(client, charge.id, "customer", "failure_balance_transaction")

    assert answer["customer"] is answer["failure_balance_transaction"] is None


@pytest.mark.parametrize("path", ["amount", "nothing", "payment_intent.amount"])
def test_what_holds_no_object_cannot_be_expanded(
    path: str,
    client: stripe.StripeClient,
    charge: stripe.Charge,
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        read(client, charge.id, path)


@pytest.mark.parametrize("path", ["source", "data"])
def test_a_list_is_expanded_below_data_only(path: str, client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.balance_transactions.list({"expand": [path]})
