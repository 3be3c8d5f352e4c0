"""The payment provider, which stays when our processes end: the simulator on a port of its own."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from fundtracker.simulator.app import SimulatorSettings, create_simulator, simulator_of
from fundtracker.simulator.listener import Listener

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fundtracker.simulator.engine import Simulator
    from fundtracker.simulator.storage import Json

KEY, SECRET = "sk_test_chaos", "whsec_chaos"
CARD = "4242424242424242"


@dataclass
class Clock:
    """The time of everybody in this world; it goes on when it is told to."""

    now: datetime = datetime(2026, 6, 12, 18, tzinfo=UTC)

    def second(self) -> float:
        """Return the time as the provider counts it."""
        return self.now.timestamp()

    def advance(self, time: timedelta) -> None:
        self.now += time


@dataclass(frozen=True)
class Provider:
    """Where it answers, and what it knows."""

    address: str
    simulator: Simulator

    def charged(self) -> list[int]:
        """The amount of each successful charge, in the order in which they were made."""
        return [charge["amount"] for charge in self._all("charge") if charge["paid"]]

    def pages(self) -> int:
        """How many payment pages it was asked for."""
        return len(self._all("checkout.session"))

    def paid_out(self) -> int:
        """What it owes us after its fees."""
        return sum(line["net"] for line in self._all("balance_transaction"))

    def _all(self, kind: str) -> list[Json]:
        with self.simulator.looking() as work:
            ids = work.connection.execute(
                "SELECT id FROM object WHERE kind = ? ORDER BY seq", (kind,)
            ).fetchall()
            return [work.get(kind, id) for (id,) in ids]


@contextmanager
def open_provider(folder: Path, clock: Clock) -> Iterator[Provider]:
    """Let it answer. It lists its events and sends none: who tells of them, sends them."""
    settings = SimulatorSettings(
        storage=folder / "simulator.db",
        api_key=KEY,
        webhook_secret=SECRET,
        webhook_url="http://127.0.0.1/nobody",
        public_url="http://give.example/simulator",
    )
    app = create_simulator(settings, clock=clock.second)
    simulator = simulator_of(app)
    simulator.switches.set(rate_limit=0, drop=1)
    listener = Listener(app)
    listener.start()
    try:
        yield Provider(listener.address, simulator)
    finally:
        listener.stop()
