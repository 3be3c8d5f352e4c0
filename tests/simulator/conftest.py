"""A simulator of each test's own, and whoever calls it: Stripe's SDK, a browser, a webhook.

Whatever the simulator answers or sends in these tests is held against the SDK's declarations.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import stripe

from fundtracker.simulator.app import SimulatorSettings, create_simulator, simulator_of
from fundtracker.simulator.listener import Listener
from tests.simulator.sdk_types import violations
from tests.simulator.world import API_KEY, SECRET, Clock, Payer, Receiver, order

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask, Response
    from flask.testing import FlaskClient

    from fundtracker.simulator.engine import Simulator
    from fundtracker.simulator.switches import Switches
    from tests.simulator.world import Json, NewSession


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Answer webhooks on a port of its own."""
    receiver = Receiver()
    receiver.start()
    yield receiver
    receiver.stop()


@pytest.fixture
def settings(tmp_path: Path, receiver: Receiver) -> SimulatorSettings:
    return SimulatorSettings(
        storage=tmp_path / "simulator.db",
        api_key=API_KEY,
        webhook_secret=SECRET,
        webhook_url=receiver.url,
        public_url="https://give.example/simulator",
    )


@pytest.fixture
def app(settings: SimulatorSettings, receiver: Receiver, clock: Clock) -> Iterator[Flask]:
    """Make the simulator, without a rate limit, and check all that leaves it."""
    app = create_simulator(settings, clock=clock)
    wrong: list[str] = []

    @app.after_request
    def check(response: Response) -> Response:
        if response.mimetype == "application/json" and "Request-Id" in response.headers:
            wrong.extend(_wrong(response.get_json()))
        return response

    simulator_of(app).switches.set(rate_limit=0)
    yield app
    simulator_of(app).storage.close()
    for parcel in receiver.parcels:
        wrong.extend(violations(json.loads(parcel.body)))
    assert wrong == []


def _wrong(answer: Json) -> list[str]:
    if "error" in answer:
        declared = stripe.ErrorObject.__annotations__
        return [f"error.{name} is not declared" for name in answer["error"].keys() - declared]
    return violations(answer)


@pytest.fixture
def simulator(app: Flask) -> Simulator:
    return simulator_of(app)


@pytest.fixture
def switches(simulator: Simulator) -> Switches:
    return simulator.switches


@pytest.fixture
def listener(app: Flask) -> Iterator[Listener]:
    """Serve the simulator on a port of its own, with delivery."""
    listener = Listener(app)
    listener.start()
    yield listener
    listener.stop()


@pytest.fixture
def client(listener: Listener) -> stripe.StripeClient:
    """Make Stripe's own client call the simulator."""
    return stripe.StripeClient(
        API_KEY,
        base_addresses={"api": f"{listener.address}/simulator"},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=20),
    )


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def payer(visitor: FlaskClient) -> Payer:
    """Make somebody who opens a hosted page and pays there."""
    return Payer(visitor)


@pytest.fixture
def new_session(client: stripe.StripeClient) -> NewSession:
    """Return a function that orders a payment page; what it is given replaces the defaults."""

    def new_session(**changes: object) -> stripe.checkout.Session:
        return client.v1.checkout.sessions.create(order(**changes))

    return new_session
