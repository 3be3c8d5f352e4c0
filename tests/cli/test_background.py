from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Self

import pytest
from sqlalchemy import select

from fundtracker.domain.funds import FundStatus
from fundtracker.domain.money import Money
from fundtracker.services.create_fund import NewFund, create_fund
from fundtracker.services.give import GiftRequest, give
from fundtracker.services.sample.provider import Provider
from fundtracker.store import inbox, snapshots
from fundtracker.store.inbox import Arrival, InboxRow
from tests.cli.console import Console
from tests.support.processes import dying_with_us, wait_until
from tests.support.servers import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def gift(database_url: str, instance: Path) -> Money:
    """Return a gift that was paid at the simulator while nobody was there to hear of it."""
    console = Console.over(database_url, instance)
    create_fund(console.parts, NewFund("autumn", "Autumn", "EUR", 10_000, status=FundStatus.OPEN))
    amount = Money(2_500, "EUR")
    with console.tools.connected():
        started = give(console.parts, "autumn", GiftRequest("form", amount, ""))
        assert console.tools.simulator is not None
        Provider(console.tools.simulator.address).pay(started.session_id)
    console.close()
    return amount


def received(console: Console) -> int:
    with console.parts.database.reading() as session:
        return snapshots.load_true(session, "autumn").received


def states(console: Console) -> list[str]:
    with console.parts.database.reading() as session:
        return list(session.scalars(select(InboxRow.state)))


class Worker:
    """`flask worker` in a process of its own."""

    def __init__(self, database_url: str, instance: Path) -> None:
        environ = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": database_url,
            "INSTANCE_DIR": str(instance),
            "PORT": "9",
        }
        self.process = subprocess.Popen(
            dying_with_us([sys.executable, "-m", "flask", "worker"]),
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def ends(self) -> tuple[int, str]:
        """Wait for the end; return the exit code and the errors."""
        _, errors = self.process.communicate()
        return self.process.returncode, errors


def test_what_webhooks_did_not_bring_is_read_and_settled(
    gift: Money, database_url: str, instance: Path
) -> None:
    console = Console.over(database_url, instance)

    said = console.says("stripe", "resync")

    assert said == ("New: 5 events, 1 ledger lines, 0 answers about open gifts. Settled: 6 rows.\n")
    assert received(console) == gift.minor
    console.close()


def test_it_can_be_told_how_far_back_to_read(
    gift: Money, database_url: str, instance: Path
) -> None:
    console = Console.over(database_url, instance)

    assert console.says("stripe", "resync", "--days", "30").startswith("New: 5 events")
    assert received(console) == gift.minor
    console.close()


@pytest.mark.parametrize("days", ["0", "31", "-1", "many"])
def test_it_reads_back_for_one_to_thirty_days(console: Console, days: str) -> None:
    assert "Invalid value for '--days'" in console.refuses(
        "stripe", "resync", "--days", days, code=2
    )


def test_a_provider_that_cannot_be_reached_is_said(database_url: str, instance: Path) -> None:
    console = Console.over(
        database_url,
        instance,
        STRIPE_SECRET_KEY="sk_test_of_nobody",
        STRIPE_WEBHOOK_SECRET="whsec_of_nobody",
    )
    assert console.tools.simulator is None

    refusal = console.refuses("stripe", "resync")

    assert refusal.startswith("Error: The payment provider")
    console.close()


def test_the_worker_runs_until_it_is_told_to_end(console: Console) -> None:
    # Held back by the mask, the signal waits for whoever asks for it: the command does.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGTERM)

    assert console.says("worker") == "The worker runs; Ctrl-C ends it.\n"

    assert signal.SIGTERM not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert not {"settle", "jobs", "exports"} & {thread.name for thread in threading.enumerate()}


def test_the_worker_settles_and_ends_in_order(
    console: Console, database_url: str, instance: Path
) -> None:
    # Which of the two it is has nothing to do with the database.
    how = signal.SIGTERM if console.parts.database.is_sqlite else signal.SIGINT
    with console.parts.database.unit_of_work() as session:
        parked = Arrival(console.parts.gateway.account, "evt_1", "{}")
        inbox.put(session, [parked], console.parts.clock())

    with Worker(database_url, instance) as worker:
        wait_until(lambda: states(console) == ["quarantined"], worker.process)
        worker.process.send_signal(how)
        code, errors = worker.ends()

    assert code == 0
    assert "Traceback" not in errors


def test_on_sqlite_one_process_serves_and_a_second_is_refused(
    sqlite_url: str, instance: Path
) -> None:
    with Worker(sqlite_url, instance) as first:
        assert first.process.stdout is not None
        assert first.process.stdout.readline() == "The worker runs; Ctrl-C ends it.\n"

        with Worker(sqlite_url, instance) as second:
            code, errors = second.ends()

    assert code == 1
    assert errors.startswith("Another process serves")
    assert errors.count("\n") == 1
