from __future__ import annotations

import multiprocessing
import os
from typing import TYPE_CHECKING

import pytest

from fundtracker.simulator.app import SimulatorSettings, create_simulator, simulator_of
from tests.simulator.world import API_KEY

if TYPE_CHECKING:
    from pathlib import Path

    from fundtracker.simulator.engine import Simulator

CARD = "4242424242424242"
PROCESSES, PAYMENTS = 4, 10


def pay_often(path: Path) -> None:
    """Make the simulator on a file that others use too, and pay some sessions there."""
    settings = SimulatorSettings(path, API_KEY, "whsec", "http://127.0.0.1:1/", "http://x")
    app = create_simulator(settings)
    visitor = app.test_client()
    form = {
        "mode": "payment",
        "success_url": "http://x/",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": "100",
        "line_items[0][price_data][product_data][name]": "The fund",
        "line_items[0][quantity]": "1",
    }
    headers = {"Authorization": f"Bearer {API_KEY}"}
    simulator_of(app).switches.set(rate_limit=0)
    for number in range(PAYMENTS):
        key = {"Idempotency-Key": f"key-{number}"}
        asked = visitor.post("/v1/checkout/sessions", data=form, headers=headers | key)
        while asked.status_code == 409:  # another process is at it
            asked = visitor.post("/v1/checkout/sessions", data=form, headers=headers | key)
        paid = visitor.post(f"/checkout/{asked.get_json()['id']}", data={"card": CARD})
        assert paid.status_code in {303, 409}, paid.text


def test_processes_share_one_file(tmp_path: Path) -> None:
    path = tmp_path / "simulator.db"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=pay_often, args=(path,)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert [process.exitcode for process in processes] == [0] * PROCESSES
    settings = SimulatorSettings(path, API_KEY, "whsec", "http://127.0.0.1:1/", "http://x")
    storage = simulator_of(create_simulator(settings)).storage
    with storage.reading() as connection:
        counts = dict(connection.execute("SELECT kind, count(*) FROM object GROUP BY kind"))
    storage.close()
    assert counts["checkout.session"] == counts["charge"] == PAYMENTS
    assert counts["event"] == 5 * PAYMENTS


def test_what_went_wrong_is_not_kept(simulator: Simulator) -> None:
    def fail() -> None:
        with simulator.working() as work:
            work.add({"id": "ch_1", "object": "charge"})
            work.get("charge", "ch_2")

    with pytest.raises(LookupError):
        fail()
    with simulator.looking() as work:
        assert work.find("charge", "ch_1") is None


def test_a_connection_from_before_a_fork_is_not_used(
    simulator: Simulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with simulator.storage.reading() as before:
        pass
    monkeypatch.setattr(os, "getpid", lambda: -1)
    with simulator.storage.reading() as after:
        assert after is not before
