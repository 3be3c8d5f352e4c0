"""Where money is taken: a gateway, with its donors, its bank and its clock in our hands."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import pytest
import stripe

from fundtracker.payments.budget import CallBudget
from fundtracker.payments.stripe import StripeGateway
from fundtracker.simulator.app import create_simulator, simulator_of
from fundtracker.simulator.listener import Listener
from fundtracker.simulator.settings import SimulatorSettings
from tests.payments import provider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from fundtracker.payments.gateway import Gateway

PAYS, IS_DECLINED = "4242424242424242", "4000000000000002"
REFUNDS_STAY_PENDING, REFUNDS_FAIL_LATER = "4000000000007726", "4000000000005126"
KEY, SECRET = "sk_test_contract", "whsec_contract"
PATIENCE = 60.0  # seconds; nothing takes them unless it is broken


class Clock:
    """The provider's clock, which stands still until it is advanced."""

    def __init__(self) -> None:
        self.now = datetime(2026, 6, 12, 12, tzinfo=UTC)

    def __call__(self) -> float:
        return self.now.timestamp()

    def advance(self, **time: int) -> None:
        self.now += timedelta(**time)


@dataclass(frozen=True)
class Counter:
    """What an adapter brings to be put through the contract.

    `pay(session_id, card)` is a donor on the hosted page. `let_the_bank_work` brings what banks do
    later to its end. `next_webhook` is the body and the signature of an event as it arrives.
    `lose_answers(times)` does the work of the next calls and cuts the line before the answer.
    `shut` makes the provider unreachable.
    """

    gateway: Gateway
    clock: Clock
    pay: Callable[[str, str], None]
    let_the_bank_work: Callable[[], None]
    next_webhook: Callable[[], tuple[bytes, str]]
    lose_answers: Callable[[int], object]
    shut: Callable[[], None]


@contextmanager
def simulated_stripe(folder: Path) -> Iterator[Counter]:
    """Open a counter with Stripe's SDK before the simulator, over HTTP, at any rate of calls."""
    clock = Clock()
    with provider.running() as webhooks, pytest.MonkeyPatch.context() as patch:
        patch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0)  # it tries again without a pause
        webhooks.will(200, b"")
        settings = SimulatorSettings(
            storage=folder / "simulator.db",
            api_key=KEY,
            webhook_secret=SECRET,
            webhook_url=f"{webhooks.address}/webhooks/stripe",
            public_url="http://give.example/simulator",
        )
        app = create_simulator(settings, clock=clock)
        simulator = simulator_of(app)
        simulator.switches.set(rate_limit=0)
        listener = Listener(app)
        listener.start()

        def next_webhook() -> tuple[bytes, str]:
            request = webhooks.arrived.get(timeout=PATIENCE)
            return request.body, request.headers["Stripe-Signature"]

        def let_the_bank_work() -> None:
            simulator.switches.hurry()
            simulator.catch_up()

        try:
            yield Counter(
                gateway=StripeGateway(
                    account="main",
                    key=KEY,
                    webhook_secrets=[SECRET],
                    base_address=listener.address,
                    budget=CallBudget(10_000, 10_000),
                ),
                clock=clock,
                pay=lambda session, card: _pay(listener.address, session, card),
                let_the_bank_work=let_the_bank_work,
                next_webhook=next_webhook,
                lose_answers=lambda times: simulator.switches.set(fail_next="lost", times=times),
                shut=listener.stop,
            )
        finally:
            listener.stop()


def _pay(address: str, session: str, card: str) -> None:
    connection = HTTPConnection(urlsplit(address).netloc)
    try:
        connection.request(
            "POST",
            f"/simulator/checkout/{session}",
            urlencode({"card": card, "outcome": "pay"}),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        connection.getresponse().read()
    finally:
        connection.close()
