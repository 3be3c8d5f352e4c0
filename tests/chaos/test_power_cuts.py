"""The server is killed again and again while people give: everybody is charged and counted once."""

from __future__ import annotations

import random
import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from http import HTTPStatus
from threading import Condition
from typing import TYPE_CHECKING

import pytest
import requests

from tests.cli.console import Console
from tests.support.servers import LiveServer
from tests.support.stripe_desk import StripeDesk
from tests.support.visitors import Visitor
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SLUG = "founding-conference"
DONORS = 16
# Opening the form, sending it, paying, coming back.
STEPS = 4
CUTS = 3
# Before the answer, and in the middle of it.
CUT_OFF = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
PATIENCE = 120  # seconds; only what never comes takes so long


@dataclass
class Evening:
    """What donors and the one who pulls the plug know of each other."""

    steps: int = 0
    open: bool = True
    changed: Condition = field(default_factory=Condition)

    def step(self) -> None:
        """Note that a donor has come one step further."""
        with self.changed:
            self.steps += 1
            self.changed.notify_all()

    def wait_for_step(self, number: int) -> None:
        """Return when the donors have made so many steps together."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.steps >= number, PATIENCE)

    def set_open(self, *, is_open: bool) -> None:
        """Note whether the server is there."""
        with self.changed:
            self.open = is_open
            self.changed.notify_all()

    def wait_until_open(self) -> None:
        """Return when the server is there."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.open, PATIENCE)


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[LiveServer]:
    """Serve one empty fund over a database of either kind."""
    server = LiveServer(tmp_path / "instance", DATABASE_URL=database_url)
    server.instance.mkdir()
    flask(
        *(database_url, server.instance),
        *("fund", "create", SLUG, "--name", "Founding conference"),
        *("--currency", "EUR", "--target", "400000", "--status", "open"),
    )
    server.start()
    yield server
    server.stop()


def test_power_cuts_while_people_give_lose_no_gift_and_charge_nobody_twice(
    server: LiveServer, database_url: str
) -> None:
    amounts = [1000 + number for number in range(DONORS)]
    evening = Evening()
    with ThreadPoolExecutor(DONORS) as people:
        gifts = [people.submit(give_patiently, server.url, cents, evening) for cents in amounts]
        for moment in sorted(random.sample(range(1, DONORS * STEPS), CUTS)):
            evening.wait_for_step(moment)
            evening.set_open(is_open=False)
            server.kill()
            forget_half_made_requests(server)
            server.start()
            evening.set_open(is_open=True)
        for gift in gifts:
            gift.result()

    desk, visitor = StripeDesk(server.url), Visitor(server.url, SLUG)

    def everybody_is_counted() -> bool:
        desk.hurry()
        return bool(visitor.total()["donations"] == DONORS)

    until(everybody_is_counted)
    assert sorted(desk.charged()) == amounts
    assert visitor.total()["donations"] == DONORS
    assert visitor.total()["headline"] == sum(amounts)
    assert "Everything agrees." in flask(database_url, server.instance, "fund", "verify")


def flask(database_url: str, instance: Path, *arguments: str) -> str:
    """Run a command beside the server; a process of its own would add nothing but time."""
    console = Console.over(database_url, instance)
    try:
        return console.says(*arguments)
    finally:
        console.close()


def forget_half_made_requests(server: LiveServer) -> None:
    """Let the simulator, which fell with the server, be as Stripe, which did not."""
    storage = sqlite3.connect(server.instance / "simulator.db")
    storage.execute("DELETE FROM idempotency WHERE status IS NULL")
    storage.commit()
    storage.close()


def give_patiently(server: str, cents: int, evening: Evening) -> None:
    """Give, and go on where the server left off whenever it is gone."""
    visitor = Visitor(server, SLUG)
    form: dict[str, str] = {}
    for _ in range(CUTS + 1):
        evening.wait_until_open()
        # With the power whatever was being asked is cut off.
        with suppress(*CUT_OFF):
            form = form or visitor.open_form(amount=f"{cents // 100}.{cents % 100:02}")
            evening.step()
            pay_and_come_back(visitor, form, evening)
            return
    pytest.fail("cut off more often than the power was")


def pay_and_come_back(visitor: Visitor, form: dict[str, str], evening: Evening) -> None:
    """Send the form, pay unless that is done, and be thanked."""
    onward = leads_to(visitor.give(form))
    evening.step()
    if "/checkout/" in onward:
        onward = leads_to(visitor.pay(onward))
        evening.step()
    visitor.look(onward).raise_for_status()
    evening.step()


def leads_to(answer: requests.Response) -> str:
    """Return where a visitor goes on to: the page that was paid before the cut has a link."""
    if answer.status_code == HTTPStatus.CONFLICT:
        link = re.search('href="([^"]*/thanks[^"]*)"', answer.text)
        assert link is not None
        return unescape(link[1])
    assert answer.status_code == HTTPStatus.SEE_OTHER, answer.text
    return answer.headers["Location"]
