"""The second person in a browser: what is confirmed is what was shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.support.desk_page import Teller
    from tests.web.desk.room import Room


@pytest.fixture
def checker(room: Room, anna: Teller) -> Teller:
    anna.sends("GB 5", "£5.00")
    anna.sends("CH 6 x 2", "CHF 12.00")
    return room.seats("clara", "/check")


def test_the_oldest_comes_first_and_enter_confirms_it(anna: Teller, checker: Teller) -> None:
    card = checker.page.locator("[data-card]")
    expect(card).to_contain_text("£5.00")
    expect(card).to_contain_text("GB 5")

    checker.presses("Enter")

    expect(card).to_contain_text("CHF 12.00")
    expect(anna.line(1)).to_contain_text("✓")


def test_a_batch_is_confirmed_with_its_sum(anna: Teller, checker: Teller) -> None:
    expect(checker.page.locator("[data-field=batch]")).to_have_text("All 2 together: €18.35")
    checker.presses("Shift+Enter")
    expect(checker.page.get_by_text("Nothing to check.")).to_be_visible()
    expect(anna.line(0)).to_contain_text("✓")
    expect(anna.line(1)).to_contain_text("✓")


def test_a_line_that_was_changed_is_not_confirmed_but_shown(anna: Teller, checker: Teller) -> None:
    card = checker.page.locator("[data-card]")
    expect(card).to_contain_text("£5.00")
    checker.page.route(
        "**/check",
        lambda route: route.abort() if route.request.method == "GET" else route.fallback(),
    )
    checker.page.route("**/stream", lambda route: route.abort())
    anna.sends("/undo #1", "")
    expect(anna.line(1)).to_contain_text("taken back")

    checker.presses("Enter")

    expect(checker.page.get_by_role("alert")).to_contain_text("It is now taken back")
    expect(anna.line(1)).not_to_contain_text("✓")


def test_own_lines_are_not_there(room: Room, checker: Teller, anna: Teller) -> None:
    anna.page.goto(f"{room.desk}/check")
    expect(anna.page.get_by_text("Nothing to check.")).to_be_visible()


def test_x_doubts(anna: Teller, checker: Teller) -> None:
    checker.presses("x")
    expect(anna.line(1)).to_contain_text("? doubted")
