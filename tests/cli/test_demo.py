from __future__ import annotations

import os
import shutil
import socketserver
import subprocess
import sys
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete

from fundtracker.cli import demo
from fundtracker.domain.funds import FundStatus
from fundtracker.services.sample import play as evening
from fundtracker.services.sample.staff import STAFF
from fundtracker.store import funds, snapshots
from fundtracker.store.staff import GrantRow, StaffRow
from tests.cli.console import Console
from tests.services.sample.small import EMPTY, SMALL
from tests.support import databases
from tests.support.servers import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Answering(socketserver.StreamRequestHandler):
    """A server that answers anything with a word."""

    def handle(self) -> None:
        self.rfile.readline()
        self.wfile.write(b"HTTP/1.0 200 OK\r\n\r\nok")


ALREADY = "The sample is there already; nothing was changed.\n"
SEED_SMALL = """
from flask.cli import main
from fundtracker.cli import demo
from tests.services.sample.small import SMALL
demo.SAMPLES = SMALL
main()
"""


@pytest.fixture
def seeded(seeded_instance: Path, tmp_path: Path) -> Iterator[Console]:
    """Return a console over the whole sample, as ./run makes it."""
    instance = shutil.copytree(seeded_instance, tmp_path / "instance")
    console = Console.over(databases.sqlite_url(instance / "fundtracker.db"), instance)
    yield console
    console.close()


def test_the_sample_is_made_once(
    database_url: str, instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "SAMPLES", SMALL)
    first, second = (Console.over(database_url, instance) for _ in range(2))

    assert first.says("demo", "seed").splitlines() == [
        "autumn, open: 24 gifts, EUR 2,000.00",
        "next-conference, draft: 0 gifts, EUR 0.00",
        "rehearsal, paused: 0 gifts, EUR 0.00",
        "spring, closed: 9 gifts, EUR 1,500.00",
    ]
    before = second.says("fund", "show", "autumn")
    assert len(second.says("user", "list").splitlines()) == len(STAFF)
    assert second.says("demo", "seed") == ALREADY
    assert second.says("fund", "show", "autumn") == before
    assert second.says("fund", "verify") == "Everything agrees.\n"
    for console in (first, second):
        console.close()


def test_a_sample_of_an_older_version_gets_the_staff_that_it_lacks(
    database_url: str, instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "SAMPLES", EMPTY)
    console = Console.over(database_url, instance)
    console.says("demo", "seed")
    with console.parts.database.unit_of_work() as session:
        session.execute(delete(GrantRow))
        session.execute(delete(StaffRow))

    said = console.says("demo", "seed")

    assert said == "The sample is there already; only its staff was missing.\n"
    assert len(console.says("user", "list").splitlines()) == len(STAFF)
    console.close()


def test_two_at_once_make_it_once(sqlite_url: str, instance: Path) -> None:
    environ = {
        "PATH": os.environ["PATH"],
        "FLASK_APP": "wsgi.py",
        "DATABASE_URL": sqlite_url,
        "INSTANCE_DIR": str(instance),
        "PORT": "9",
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SEED_SMALL, "demo", "seed"],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]

    ends = [(*process.communicate(), process.returncode) for process in processes]

    assert [(errors, code) for _, errors, code in ends] == [("", 0), ("", 0)]
    late, early = sorted((said for said, _, _ in ends), key=len)
    assert late == ALREADY
    assert "autumn, open: 24 gifts, EUR 2,000.00" in early


def test_with_a_key_of_stripe_there_is_no_sample(database_url: str, instance: Path) -> None:
    console = Console.over(
        database_url,
        instance,
        STRIPE_SECRET_KEY="sk_test_of_nobody",
        STRIPE_WEBHOOK_SECRET="whsec_of_nobody",
    )

    refusal = console.refuses("demo", "seed")

    assert (
        refusal == "Error: The sample is for the simulator alone, and STRIPE_SECRET_KEY is set.\n"
    )
    console.close()


def test_an_evening_is_not_played_where_nobody_sees_it(sqlite_url: str, instance: Path) -> None:
    console = Console.over(sqlite_url, instance)

    refusal = console.refuses("demo", "play")

    assert "no server answers at http://127.0.0.1:9. Start ./run in another terminal" in refusal
    console.close()


def test_with_a_key_of_stripe_no_evening_is_played(sqlite_url: str, instance: Path) -> None:
    console = Console.over(
        sqlite_url,
        instance,
        STRIPE_SECRET_KEY="sk_test_of_nobody",
        STRIPE_WEBHOOK_SECRET="whsec_of_nobody",
    )

    assert "for the simulator alone" in console.refuses("demo", "play")
    console.close()


@pytest.fixture
def watched(sqlite_url: str, instance: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    """Return a console over a small sample, as if a server were running."""
    monkeypatch.setattr(demo, "SAMPLES", SMALL)
    monkeypatch.setattr(evening, "MODEL", "autumn")
    monkeypatch.setattr(demo, "is_answered", lambda _: True)
    console = Console.over(sqlite_url, instance)
    console.says("demo", "seed")
    yield console
    console.close()


def test_an_evening_is_played_and_said(watched: Console) -> None:
    # Once stopped, a simulator does not start again: the same command is another process.
    again = Console.over(str(watched.parts.database.writer.url), watched.tools.settings.instance)

    said = again.says("demo", "play", "--speed", "1000").splitlines()

    assert said[0] == "Watch http://127.0.0.1:9/screen/evening-1"
    assert sum("given by phone" in line for line in said) == 12
    with again.parts.database.reading() as session:
        fund = funds.by_slug(session, "evening-1")
    assert (fund.rehearsal, fund.status) == (True, FundStatus.CLOSED)
    again.close()


def test_an_evening_that_is_stopped_is_closed(
    watched: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    again = Console.over(str(watched.parts.database.writer.url), watched.tools.settings.instance)
    monkeypatch.setattr(evening, "play", stop)

    assert again.says("demo", "play", "--speed", "1000").endswith(
        "Stopped. The next time begins afresh.\n"
    )
    with again.parts.database.reading() as session:
        assert funds.by_slug(session, "evening-1").status is FundStatus.CLOSED
    again.close()


def test_whether_a_server_answers() -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), Answering) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        assert demo.is_answered(f"http://127.0.0.1:{server.server_address[1]}")
        thread.join()


def test_the_whole_sample_is_as_it_is_described(seeded: Console) -> None:
    with seeded.parts.database.reading() as session:
        assert [fund.slug for fund in funds.open_funds(session, seeded.parts.clock())] == [
            "founding-conference"
        ]
        fund = funds.by_slug(session, "founding-conference")
        rehearsal = funds.by_slug(session, "rehearsal")
        founding = snapshots.load_true(session, "founding-conference")
        previous = snapshots.load_true(session, "previous-conference")
    assert (fund.ceiling, fund.timezone) == (2_500_000, "Europe/Brussels")
    assert (rehearsal.rehearsal, rehearsal.status) == (True, FundStatus.PAUSED)
    assert (founding.target, founding.donations) == (40_000_000, 412)
    assert (founding.received, founding.pledged, founding.unconfirmed) == (
        *(17_120_000, 13_130_000),
        890_000,
    )
    assert founding.headline == 31_140_000
    # Of 118 three were withdrawn and one was written off.
    assert founding.pledges == 114
    assert [mark.amount for mark in founding.milestones] == [
        10_000_000,
        25_000_000,
        40_000_000,
        50_000_000,
    ]
    assert (previous.received, previous.donations) == (45_504_000, 60)
    assert (previous.headline, previous.received * 100 // previous.headline) == (47_400_000, 96)


def test_the_whole_sample_verifies_clean_and_is_not_made_again(seeded: Console) -> None:
    assert seeded.says("fund", "verify") == "Everything agrees.\n"
    assert seeded.says("demo", "seed") == ALREADY


def test_the_hidden_section_of_the_sample_shows_nowhere(seeded: Console) -> None:
    with seeded.parts.database.reading() as session:
        published = snapshots.load(session, "founding-conference").decode()

    assert "Schweiz" in published
    assert "Беларусь" not in published
    assert "BYN" not in published
    assert "Luxembourg" not in published
