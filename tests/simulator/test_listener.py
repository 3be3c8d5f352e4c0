from __future__ import annotations

import threading
from http.client import HTTPConnection
from typing import TYPE_CHECKING

from fundtracker.simulator.listener import Listener

if TYPE_CHECKING:
    from flask import Flask

    from fundtracker.simulator.engine import Simulator
    from tests.simulator.world import NewSession, Payer, Receiver


def test_no_thread_runs_before_the_start(app: Flask) -> None:
    before = threading.active_count()

    listener = Listener(app)

    assert listener.address.startswith("http://127.0.0.1:")
    assert threading.active_count() == before
    listener.stop()


def test_it_answers_until_it_is_stopped(app: Flask) -> None:
    listener = Listener(app)
    listener.start()
    address = listener.address.removeprefix("http://")
    connection = HTTPConnection(address)
    connection.request("GET", "/simulator/control")
    assert connection.getresponse().status == 200
    connection.close()
    before = {thread.name for thread in threading.enumerate()}

    listener.stop()

    assert {"simulator", "simulator-webhooks"} <= before
    after = {thread.name for thread in threading.enumerate()}
    assert not {"simulator", "simulator-webhooks"} & after


def test_events_queued_by_another_process_are_delivered_too(
    simulator: Simulator,
    new_session: NewSession,
    payer: Payer,
    receiver: Receiver,
) -> None:
    simulator.switches.set(drop=1)
    payer.pays(new_session().id)

    with simulator.storage.writing() as connection:
        connection.execute("UPDATE delivery SET state = 'pending'")

    assert len(receiver.wait_for(5)) == 5
