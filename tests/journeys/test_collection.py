"""The hour of the collection: two tellers, somebody who checks, the hall, and what goes wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.desk_page import Teller
from tests.support.operator import invite
from tests.support.surfaces import have_stayed, shows, stay
from tests.support.visitors import Visitor
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page, ViewportSize

    from tests.support.servers import LiveServer

LAPTOP: ViewportSize = {"width": 1366, "height": 768}
SLUG = "founding-conference"
PASSWORD = "four hens on a blue roof"
# What ten of each section's currency are in cents of the fund's, at the sample's frozen rates.
CENTS = {"GB": 1_150, "DE": 1_000, "SE": 91, "?": 1_000}
IN_TURN = 5


class Caller:
    """A teller who types what is called, no two lines alike, and what each of them is worth."""

    number = 0

    def __init__(self, teller: Teller) -> None:
        self.teller = teller
        self.worth: list[int] = []

    def hears(self, calls: int) -> None:
        """Type so many calls as fast as it goes; every tenth is of three people."""
        self.teller.page.bring_to_front()
        for _ in range(calls):
            Caller.number += 1
            number = Caller.number
            section = list(CENTS)[number % len(CENTS)]
            people = 3 if number % 10 == 0 else 1
            self.teller.calls(f"{section} {people}@{number * 10}")
            self.worth.append(CENTS[section] * number * people)

    def takes_back(self, lines: int) -> None:
        """Take back the last lines."""
        self.teller.page.bring_to_front()
        self.teller.calls(f"/undo {lines}")
        del self.worth[-lines:]


class Evening:
    """Four browsers in one hall, and what the hall has to show."""

    def __init__(self, server: LiveServer, hall: Page, seat: Callable[[str], Page]) -> None:
        self.server = server
        self.hall = hall
        self.onlooker = Visitor(server.url, SLUG)
        self.before = int(self.onlooker.total()["headline"])
        self.anna, self.berta = (Caller(Teller(seat(name))) for name in ("Anna", "Berta"))
        self.clara = Teller(seat("Clara"))
        # Numbers that run cost a frame each; here it is about where they arrive.
        hall.emulate_media(reduced_motion="reduce")
        hall.goto(f"{server.url}/screen/{SLUG}")
        for caller in (self.anna, self.berta):
            caller.teller.opens(f"{server.url}/desk/{SLUG}")
        self.clara.page.goto(f"{server.url}/desk/{SLUG}/check")
        stay(hall, self.berta.teller.page)

    @property
    def expected(self) -> int:
        return self.before + sum(self.anna.worth) + sum(self.berta.worth)

    def hears(self, calls: int) -> None:
        """Let the tellers hear so many calls, a few at a time."""
        for turn in range(calls // IN_TURN):
            (self.anna, self.berta)[turn % 2].hears(IN_TURN)

    def has_counted_everything(self) -> None:
        """See that nothing waits, and that the hall shows the sum to the cent."""
        for caller in (self.anna, self.berta):
            caller.teller.has_sent_everything()
        until(lambda: self.onlooker.total()["headline"] == self.expected)
        shows(self.expected, self.hall)


@pytest.fixture
def evening(
    live_server: LiveServer, hall: Page, new_context: Callable[..., BrowserContext]
) -> Evening:
    """Seat everybody, each signed in with the link that an operator gave them."""

    def seat(name: str) -> Page:
        email = f"{name.lower()}@example.org"
        page = new_context().new_page()
        page.set_viewport_size(LAPTOP)
        page.goto(invite(live_server, email, f"{name} Berg", "teller"))
        page.get_by_label("New password").fill(PASSWORD)
        page.get_by_role("button", name="Come in").click()
        expect(page).to_have_url(f"{live_server.url}/account/")
        return page

    return Evening(live_server, hall, seat)


def test_two_hundred_calls_end_to_the_cent(evening: Evening, picture: Callable[..., Path]) -> None:
    corrects_what_was_typed(evening)
    hears_somebody_twice(evening, picture)
    loses_the_network(evening, picture)
    checks(evening, picture)
    loses_the_server(evening)
    loads_a_page_anew(evening)

    assert Caller.number >= 200
    truth = evening.anna.teller.page.locator("[data-field=true]")
    expect(truth).to_have_text(f"€{evening.expected // 100:,}")
    have_stayed(evening.hall, evening.berta.teller.page)
    picture("desk-end", evening.anna.teller.page)
    evening.server.flask("fund", "verify")


def corrects_what_was_typed(evening: Evening) -> None:
    evening.hears(50)
    evening.anna.takes_back(2)
    evening.berta.takes_back(1)
    evening.has_counted_everything()


def hears_somebody_twice(evening: Evening, picture: Callable[..., Path]) -> None:
    """Both hear the same person: it counts and is flagged, and Berta takes hers back."""
    anna, berta = evening.anna, evening.berta
    for caller in (anna, berta):
        caller.teller.sends("GB 777", "£777.00")
        caller.worth.append(89_355)
        evening.has_counted_everything()
    expect(anna.teller.line()).to_contain_text("! double?")
    picture("desk-double", anna.teller.page)
    berta.takes_back(1)
    evening.has_counted_everything()
    expect(anna.teller.line()).to_contain_text("taken back")


def loses_the_network(evening: Evening, picture: Callable[..., Path]) -> None:
    """Anna's laptop is cut off, and types on; Berta notices nothing."""
    anna = evening.anna.teller
    anna.page.context.set_offline(True)
    evening.hears(40)
    anna.waits(20, "no connection")
    evening.berta.teller.has_sent_everything()
    picture("desk-cut", anna.page)
    anna.page.context.set_offline(False)
    evening.has_counted_everything()


def checks(evening: Evening, picture: Callable[..., Path]) -> None:
    """Clara confirms the oldest line, then all that she sees together."""
    clara = evening.clara
    clara.page.bring_to_front()
    # 88 of this evening, and 6 that the sample's tellers have left.
    expect(clara.page.locator("[data-field=left]")).to_have_text(re.compile("^94 to check"))
    picture("desk-check", clara.page)
    clara.presses("Enter")
    expect(clara.told).to_have_text(re.compile(r"^Confirmed: \d+\.$"))
    clara.presses("Shift+Enter")
    expect(clara.told).to_have_text(re.compile("^Confirmed: .*, "))
    evening.has_counted_everything()


def loses_the_server(evening: Evening) -> None:
    """It is killed in the middle of what they type, and comes back."""
    evening.hears(10)
    evening.server.kill()
    evening.hears(60)
    evening.anna.teller.waits(30, "no connection")
    evening.server.start()
    evening.has_counted_everything()


def loads_a_page_anew(evening: Evening) -> None:
    """Anna's page is loaded again while her lines are on their way."""
    evening.hears(40)
    evening.anna.teller.page.reload()
    evening.has_counted_everything()
