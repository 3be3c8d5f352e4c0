"""The server goes away and comes back: pages say how old their number is, and are right again."""

from __future__ import annotations

import re
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.page_clock import PageClock
from tests.support.surfaces import have_stayed, shows, stay
from tests.support.visitors import Visitor
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page, Response

    from tests.support.servers import LiveServer

# In seconds: longer than a page takes a number for fresh that it hears nothing about.
SILENCE = 20
# In seconds: a screen that was refused a stream asks for one again by then.
LONGEST_WAIT = 75
AS_OF = re.compile(r"^as of \d\d:\d\d$")


def give(visitor: Visitor, amount: str) -> int:
    """Give, and return what the fund stands at then."""
    before = visitor.total()["donations"]
    page = visitor.give(visitor.open_form(amount=amount)).headers["Location"]
    visitor.look(visitor.pay(page).headers["Location"]).raise_for_status()
    until(lambda: visitor.total()["donations"] > before)
    return int(visitor.total()["headline"])


def test_pages_survive_that_the_server_ends_and_is_started_again(
    page: Page, hall: Page, live_server: LiveServer, picture: Callable[..., Path]
) -> None:
    visitor = Visitor(live_server.url, "founding-conference")
    for surface, path in ((page, "f"), (hall, "screen")):
        surface.clock.install()
        surface.goto(f"{live_server.url}/{path}/founding-conference")
        stay(surface)
    for end in (live_server.kill, live_server.stop):
        before = visitor.total()["headline"]
        shows(before, page, hall)

        end()
        for surface in (page, hall):
            surface.clock.fast_forward(SILENCE * 1000)
            expect(surface.locator("header [data-field=time]")).to_have_text(AS_OF)
        shows(before, page, hall)
        picture("server-away-phone")
        picture("server-away-hall", hall)

        live_server.start()
        after = give(visitor, "37")
        assert after == before + 3700
        for surface in (page, hall):
            surface.clock.fast_forward(SILENCE * 1000)
        shows(after, page, hall)
        for surface in (page, hall):
            expect(surface.locator("header [data-field=time]")).not_to_have_text(AS_OF)
    have_stayed(page, hall)


def test_a_screen_that_finds_no_place_among_the_streams_polls_and_still_moves(
    hall: Page, live_server: LiveServer, picture: Callable[..., Path]
) -> None:
    visitor = Visitor(live_server.url, "founding-conference")
    hall.clock.install()
    clock = PageClock(hall)
    with streams_taking_every_place(live_server, visitor.slug) as stream:
        with hall.expect_response(f"**{stream}") as answer:
            hall.goto(f"{live_server.url}/screen/{visitor.slug}")
        assert answer.value.status == HTTPStatus.SERVICE_UNAVAILABLE
        shows(give(visitor, "41"), hall)
        expect(hall.locator("header [data-field=time]")).not_to_have_text(AS_OF)
        picture("screen-polling-hall", hall)

    followed: list[Response] = []
    hall.on("response", lambda answer: followed.append(answer) if stream in answer.url else None)

    clock.runs_ahead(LONGEST_WAIT * 1000, lambda: any(answer.ok for answer in followed))


@contextmanager
def streams_taking_every_place(server: LiveServer, slug: str) -> Iterator[str]:
    """Follow a fund until the server refuses one more; give the address of its stream."""
    address = f"/api/v1/funds/{slug}/stream"
    with ExitStack() as open_streams:
        status = HTTPStatus.OK
        while status == HTTPStatus.OK:
            connection = HTTPConnection("127.0.0.1", server.port)
            open_streams.callback(connection.close)
            connection.request("GET", address)
            answer = connection.getresponse()
            open_streams.callback(answer.close)
            status = HTTPStatus(answer.status)
        assert status == HTTPStatus.SERVICE_UNAVAILABLE
        yield address
