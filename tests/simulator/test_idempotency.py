from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

import pytest
import stripe
from stripe._encode import _api_encode

from fundtracker.simulator import idempotency
from tests.simulator.world import NOON, item, order, plain

if TYPE_CHECKING:
    from fundtracker.simulator.engine import Simulator
    from tests.simulator.world import Clock, NewSession, Payer


def create(client: stripe.StripeClient, key: str, **changes: object) -> stripe.checkout.Session:
    return client.v1.checkout.sessions.create(order(**changes), {"idempotency_key": key})


def replayed(session: stripe.checkout.Session) -> bool:
    assert session.last_response is not None
    return session.last_response.headers.get("Idempotent-Replayed") == "true"


def test_the_same_request_is_answered_as_before(
    client: stripe.StripeClient,
    payer: Payer,
) -> None:
    first = create(client, "key")
    payer.pays(first.id)

    again = create(client, "key")

    assert plain(again) == plain(first)
    assert (replayed(first), replayed(again)) == (False, True)
    assert len(client.v1.checkout.sessions.list().data) == 1


def test_another_key_is_another_request(client: stripe.StripeClient) -> None:
    assert create(client, "one").id != create(client, "two").id


def test_other_parameters_under_a_key_are_refused(client: stripe.StripeClient) -> None:
    create(client, "key")

    with pytest.raises(stripe.IdempotencyError, match="same parameters") as caught:
        create(client, "key", line_items=[item("eur", 9900)])

    assert caught.value.http_status == 400


def test_a_key_is_free_again_after_a_mistake(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        create(client, "key", mode=None)

    assert not replayed(create(client, "key"))


def test_a_refusal_after_the_work_has_begun_is_kept(
    client: stripe.StripeClient,
    new_session: NewSession,
    payer: Payer,
) -> None:
    payer.pays(new_session().id)
    charge = client.v1.charges.list().data[0].id
    refunds = client.v1.refunds

    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError, match="greater than") as caught:
            refunds.create({"charge": charge, "amount": 2501}, {"idempotency_key": "key"})

    assert caught.value.headers is not None
    assert caught.value.headers["Idempotent-Replayed"] == "true"


def test_a_key_is_forgotten_after_a_day(client: stripe.StripeClient, clock: Clock) -> None:
    first = create(client, "key")
    clock.advance(idempotency.KEPT + 1)

    assert create(client, "key").id != first.id


def test_a_key_can_have_255_characters(client: stripe.StripeClient) -> None:
    create(client, "k" * 255)

    with pytest.raises(stripe.InvalidRequestError, match="255 characters"):
        create(client, "k" * 256)


def test_while_the_first_request_runs_a_second_one_has_to_wait(
    client: stripe.StripeClient,
    simulator: Simulator,
) -> None:
    form = parse_qsl(urlencode(list(_api_encode(order()))))
    running = idempotency.fingerprint("POST", "/v1/checkout/sessions", form)
    assert idempotency.claim(simulator.storage, "key", running, NOON) is None

    with pytest.raises(stripe.APIError, match="in-progress") as caught:
        create(client, "key")

    assert caught.value.http_status == 409
    idempotency.release(simulator.storage, "key")
    assert not replayed(create(client, "key"))


def test_a_request_that_died_does_not_hold_its_key(simulator: Simulator) -> None:
    storage = simulator.storage
    assert idempotency.claim(storage, "key", "print", NOON) is None

    later = NOON + idempotency.LONGEST_REQUEST
    assert idempotency.claim(storage, "key", "print", later) is None
