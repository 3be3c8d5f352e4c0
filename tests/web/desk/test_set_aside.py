"""A line on which the server breaks waits aside: the others go on, and it is never lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.axe import findings
from tests.web.desk.room import LINES, queued

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Route

    from tests.support.desk_page import Teller
    from tests.web.desk.room import Room

# So often the server is asked, each time after a longer pause.
TRIES = 5


@pytest.fixture
def breaks(anna: Teller) -> list[str]:
    """Let the server break on one line, after it has booked it; return the ids it came under."""
    ids: list[str] = []

    def answer(route: Route) -> None:
        body = json.loads(route.request.post_data or "")
        if body["line"] != "GB 13":
            route.continue_()
            return
        ids.append(body["client_id"])
        route.fetch()
        route.fulfill(status=500)

    anna.page.route(LINES, answer)
    return ids


def aside(teller: Teller) -> Locator:
    return teller.page.locator("[data-set-aside]")


def test_the_others_go_on_and_it_counts_once(room: Room, anna: Teller, breaks: list[str]) -> None:
    anna.calls("GB 13")
    anna.calls("GB 5")

    anna.does_not_wait(lambda: len(breaks) == TRIES)
    expect(aside(anna)).to_contain_text("GB 13")
    expect(anna.line()).to_contain_text("£5.00")
    expect(anna.waiting).to_contain_text("! not taken")
    # The operator knows that a line is not there yet.
    expect(anna.state).to_have_text("connected, 1 waiting")
    assert len(breaks) == TRIES
    assert findings(anna.page) == []
    anna.page.unroute(LINES)
    anna.page.reload()

    expect(aside(anna)).to_contain_text("Waiting aside: 1.")
    aside(anna).get_by_role("button", name="try again").press("1")

    anna.has_sent_everything()
    expect(aside(anna)).to_be_hidden()
    expect(anna.field).to_be_focused()
    expect(anna.lines).to_have_count(2)
    assert len(set(breaks)) == 1
    assert queued(anna) == []


def test_parked_it_meets_what_was_booked_after_all(anna: Teller, breaks: list[str]) -> None:
    anna.calls("GB 13")
    anna.does_not_wait(lambda: len(breaks) == TRIES)
    expect(aside(anna)).to_be_visible()
    expect(aside(anna).get_by_role("button", name="try again")).to_be_focused()
    anna.page.unroute(LINES)

    anna.presses("2")

    choice = anna.page.get_by_role("alertdialog")
    expect(choice).to_contain_text("Another line was sent under this id")
    expect(choice).to_contain_text("£13.00")
    choice.get_by_role("button", name="leave it").press("2")
    expect(anna.lines).to_have_count(1)
    assert queued(anna) == []


def test_an_undo_that_meant_it_takes_back_no_other_one(anna: Teller, breaks: list[str]) -> None:
    anna.sends("GB 5", "£5.00")
    anna.calls("GB 13")
    anna.calls("/undo")

    anna.does_not_wait(lambda: len(breaks) == TRIES)
    expect(aside(anna)).to_contain_text("GB 13")
    expect(anna.waiting.filter(has_text="/undo")).to_contain_text("was not taken")
    expect(anna.lines.filter(has_text="£5.00")).to_contain_text("to check")
    # Looked at, it is sent as what it says by then.
    expect(anna.field).to_have_value("/undo")
    anna.field.press("Enter")
    expect(anna.lines.filter(has_text="taken back")).to_have_count(1)


def test_nor_does_one_that_meant_a_line_which_came_back(anna: Teller) -> None:
    anna.sends("GB 5", "£5.00")
    held: list[Route] = []
    # Playwright marks what it is given, and a list's own method takes no mark.
    anna.page.route(LINES, lambda route: held.append(route))  # noqa: PLW0108
    anna.calls("GB 13")
    anna.calls("/undo")
    anna.waits(2, "connected")
    held[0].fulfill(status=422, json={"message": "Which one?"})

    expect(anna.waiting).to_have_count(2)
    expect(anna.waiting.filter(has_text="/undo")).to_contain_text("was not taken")
    expect(anna.line()).to_contain_text("to check")


def test_it_is_thrown_away_by_two_presses(anna: Teller, breaks: list[str]) -> None:
    anna.calls("GB 13")
    anna.does_not_wait(lambda: len(breaks) == TRIES)
    expect(aside(anna)).to_be_visible()

    anna.presses("3")
    expect(aside(anna)).to_contain_text("Press 3 once more")
    anna.presses("3")

    expect(aside(anna)).to_be_hidden()
    assert queued(anna) == []


def test_a_server_that_answers_nothing_else_keeps_it_waiting(anna: Teller) -> None:
    asked: list[str] = []

    def breaks(route: Route) -> None:
        asked.append(route.request.method)
        route.fulfill(status=500)

    for pattern in (LINES, "**/state*"):
        anna.page.route(pattern, breaks)
    anna.calls("GB 13")
    anna.does_not_wait(lambda: asked.count("POST") > TRIES)
    anna.waits(1, "no connection")
    expect(aside(anna)).to_be_hidden()

    anna.page.unroute_all()
    anna.does_not_wait(lambda: queued(anna) == [])
    anna.has_sent_everything()
    expect(anna.line()).to_contain_text("£13.00")


def test_who_checks_is_told_and_goes_on_to_another_line(room: Room, anna: Teller) -> None:
    anna.sends("GB 5", "£5.00")
    anna.sends("GB 6", "£6.00")
    berta = room.seats("berta", "/check")
    card = berta.page.locator("[data-card]")
    expect(card).to_contain_text("£5.00")

    def answer(route: Route) -> None:
        if route.request.method == "POST":
            route.fulfill(status=500)
        else:
            route.continue_()

    berta.page.route("**/check", answer)
    berta.presses("Enter")
    berta.does_not_wait(berta.page.get_by_text("could not do it").is_visible)
    expect(berta.page.get_by_role("alert")).to_contain_text("could not do it")
    berta.page.unroute("**/check")
    berta.presses("ArrowDown")
    expect(card).to_contain_text("£6.00")
    berta.presses("Enter")
    expect(anna.line()).to_contain_text("✓")
    expect(anna.line(1)).to_contain_text("○ to check")
