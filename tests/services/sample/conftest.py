"""A simulator to be filled, with Stripe's SDK in between, over databases of both kinds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from fundtracker.payments.budget import CallBudget
from fundtracker.payments.stripe import StripeGateway
from fundtracker.services.sample.provider import Provider
from fundtracker.simulator.app import SimulatorSettings, create_simulator, simulator_of
from fundtracker.simulator.listener import Listener
from tests.support.clocks import Clock
from tests.support.tools import parts_on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

    from fundtracker.services.parts import Parts
    from fundtracker.simulator.switches import Switches
    from fundtracker.store.database import Database

KEY = "sk_test_simulated"


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands at now, for the simulator's does too."""
    return Clock(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def simulator(tmp_path: Path, clock: Clock) -> Flask:
    return create_simulator(
        SimulatorSettings(
            storage=tmp_path / "simulator.db",
            api_key=KEY,
            webhook_secret="whsec_simulated",
            webhook_url="http://127.0.0.1:9/webhooks/stripe",
            public_url="https://give.example/simulator",
        ),
        clock=lambda: int(clock().timestamp()),
    )


@pytest.fixture
def switches(simulator: Flask) -> Switches:
    return simulator_of(simulator).switches


@pytest.fixture
def listener(simulator: Flask) -> Iterator[Listener]:
    listener = Listener(simulator)
    listener.start()
    yield listener
    listener.stop()


@pytest.fixture
def provider(listener: Listener) -> Provider:
    return Provider(listener.address)


@pytest.fixture
def parts(database: Database, clock: Clock, listener: Listener) -> Parts:
    gateway = StripeGateway(
        account="main",
        key=KEY,
        webhook_secrets=["whsec_simulated"],
        base_address=listener.address,
        budget=CallBudget(10_000, 10_000),
    )
    return parts_on(database, clock, gateway)
