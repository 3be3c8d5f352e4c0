from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import stripe

from fundtracker.simulator.delivery import BACKOFF, LEASE, deliver_next
from fundtracker.simulator.signing import signature_header
from tests.simulator.world import API_KEY, NOON, SECRET

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from fundtracker.simulator.engine import Simulator
    from fundtracker.simulator.switches import Switches
    from tests.simulator.world import Clock, Parcel, Payer, Receiver

FORM = {
    "mode": "payment",
    "success_url": "https://give.example/thanks",
    "line_items[0][price_data][currency]": "eur",
    "line_items[0][price_data][unit_amount]": "2500",
    "line_items[0][price_data][product_data][name]": "Der Fonds für Zürich",
    "line_items[0][quantity]": "1",
    "metadata[name]": "Zoë",
}
IN_ORDER = [
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
    "charge.updated",
]


@pytest.fixture
def pay(visitor: FlaskClient, payer: Payer) -> Payer:
    """Pay once; nothing is delivered but by the test itself."""
    headers = {"Authorization": f"Bearer {API_KEY}"}
    session = visitor.post("/v1/checkout/sessions", data=FORM, headers=headers).get_json()
    payer.pays(session["id"])
    return payer


def deliver_all(simulator: Simulator) -> int:
    """Make every attempt that is due now, and return how many there were."""
    attempts = 0
    while deliver_next(simulator):
        attempts += 1
    return attempts


def types(parcels: list[Parcel]) -> list[str]:
    return [json.loads(parcel.body)["type"] for parcel in parcels]


def ids(parcels: list[Parcel]) -> list[str]:
    return [json.loads(parcel.body)["id"] for parcel in parcels]


@pytest.mark.usefixtures("pay")
def test_every_event_is_signed_and_delivered_once(
    simulator: Simulator,
    receiver: Receiver,
) -> None:
    assert deliver_all(simulator) == 5

    assert types(receiver.parcels) == IN_ORDER
    for parcel in receiver.parcels:
        assert stripe.WebhookSignature.verify_header(parcel.body.decode(), parcel.signature, SECRET)
        assert parcel.content_type == "application/json; charset=utf-8"
    assert deliver_all(simulator) == 0


def test_the_signature_is_the_one_that_the_sdk_makes() -> None:
    ours = signature_header("{ü}".encode(), SECRET, NOON)
    theirs = stripe.WebhookSignature.generate_signature_header("{ü}", SECRET, NOON)

    assert ours.startswith(f"{theirs},v0=")


@pytest.mark.usefixtures("pay")
def test_a_failed_attempt_is_made_again_with_a_new_signature(
    simulator: Simulator,
    receiver: Receiver,
    clock: Clock,
) -> None:
    receiver.answers += [500]
    deliver_all(simulator)
    clock.advance(BACKOFF[0])
    deliver_all(simulator)

    assert types(receiver.parcels) == [*IN_ORDER, IN_ORDER[0]]
    first, again = receiver.parcels[0], receiver.parcels[-1]
    assert again.body == first.body
    assert first.signature.startswith(f"t={NOON},")
    assert again.signature.startswith(f"t={NOON + BACKOFF[0]},")


@pytest.mark.parametrize("status", [301, 404, 503])
@pytest.mark.usefixtures("pay")
def test_an_event_that_nobody_takes_is_given_up_in_the_end(
    status: int,
    simulator: Simulator,
    receiver: Receiver,
    clock: Clock,
) -> None:
    receiver.answers += [status] * 100
    for _ in range(len(BACKOFF) + 5):
        deliver_all(simulator)
        clock.advance(BACKOFF[-1])

    assert len(receiver.parcels) == 5 * (len(BACKOFF) + 1)


@pytest.mark.usefixtures("pay")
def test_an_endpoint_that_is_not_there_is_tried_again(
    simulator: Simulator,
    receiver: Receiver,
    clock: Clock,
) -> None:
    receiver.stop()
    assert deliver_all(simulator) == 5
    with simulator.storage.reading() as connection:
        rows = connection.execute("SELECT state, answer FROM delivery").fetchall()
    assert set(rows) == {("pending", "ConnectionRefusedError")}

    clock.advance(BACKOFF[0])
    assert deliver_all(simulator) == 5


@pytest.mark.usefixtures("pay")
def test_an_attempt_that_was_cut_off_is_made_again(
    simulator: Simulator,
    receiver: Receiver,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def die(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("fundtracker.simulator.delivery._post", die)
    with pytest.raises(KeyboardInterrupt):
        deliver_next(simulator)
    monkeypatch.undo()

    assert deliver_all(simulator) == 4
    clock.advance(LEASE)
    assert deliver_all(simulator) == 1
    assert sorted(types(receiver.parcels)) == sorted(IN_ORDER)


def test_events_can_come_twice(simulator: Simulator, request: pytest.FixtureRequest) -> None:
    simulator.switches.set(duplicate=1)
    request.getfixturevalue("pay")
    receiver: Receiver = request.getfixturevalue("receiver")

    assert deliver_all(simulator) == 10
    assert len(set(ids(receiver.parcels))) == 5


def test_events_can_have_twins(
    simulator: Simulator,
    request: pytest.FixtureRequest,
) -> None:
    simulator.switches.set(twin=1)
    request.getfixturevalue("pay")
    receiver: Receiver = request.getfixturevalue("receiver")

    assert deliver_all(simulator) == 10
    assert len(set(ids(receiver.parcels))) == 10


def test_events_can_be_dropped(
    simulator: Simulator,
    switches: Switches,
    request: pytest.FixtureRequest,
) -> None:
    switches.set(drop=1)
    request.getfixturevalue("pay")

    assert deliver_all(simulator) == 0
    switches.hurry()
    assert deliver_all(simulator) == 0


def test_events_can_come_late_and_out_of_order(
    simulator: Simulator,
    switches: Switches,
    receiver: Receiver,
    clock: Clock,
    request: pytest.FixtureRequest,
) -> None:
    switches.set(delay=1000, twin=1, duplicate=1)
    request.getfixturevalue("pay")

    assert deliver_all(simulator) < 20
    clock.advance(1000)
    deliver_all(simulator)
    assert len(receiver.parcels) == 20
    # Twenty in the order in which they were queued would be one chance in 20!.
    with simulator.storage.reading() as connection:
        queued = [each for (each,) in connection.execute("SELECT event FROM delivery ORDER BY seq")]
    assert ids(receiver.parcels) != queued
    assert sorted(ids(receiver.parcels)) == sorted(queued)


def test_a_delay_can_be_cut_short(
    simulator: Simulator,
    switches: Switches,
    request: pytest.FixtureRequest,
) -> None:
    switches.set(delay=1000)
    request.getfixturevalue("pay")

    switches.hurry()

    assert deliver_all(simulator) == 5
