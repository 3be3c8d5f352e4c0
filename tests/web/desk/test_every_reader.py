"""The desk for everybody: in light and dark, on a phone, without a keyboard, held to WCAG 2.2."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.axe import findings

if TYPE_CHECKING:
    from tests.support.desk_page import Teller
    from tests.web.desk.room import Room


@pytest.mark.parametrize(("size", "scheme"), [((1366, 768), "light"), ((390, 844), "dark")])
def test_the_desk_hinders_nobody(room: Room, scheme: str, size: tuple[int, int]) -> None:
    width, height = size
    anna = room.seats(color_scheme=scheme, viewport={"width": width, "height": height})
    anna.sends("GB 5", "£5.00")
    anna.types("GB 20 500")
    anna.reads("20 × 500")
    assert findings(anna.page) == []
    assert anna.page.evaluate("document.documentElement.scrollWidth") <= width
    anna.presses("Enter", "F1")
    assert findings(anna.page) == []

    anna.page.goto(f"{room.desk}/check")
    assert findings(anna.page) == []
    assert anna.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_pages_beside_the_desk_hinder_nobody(room: Room) -> None:
    anna = room.seats(path="/tally", viewport={"width": 390, "height": 844})
    for page in ("/tally", "/prepared", "/difference"):
        anna.page.goto(room.desk + page)
        assert findings(anna.page) == [], page
        assert anna.page.evaluate("document.documentElement.scrollWidth") <= 390, page


def test_paper_is_compared_with_the_desk(room: Room, anna: Teller) -> None:
    anna.sends("GB 12@20", "£240.00")
    anna.page.goto(f"{room.desk}/difference")

    anna.page.get_by_label("GB The section GB GBP").fill("260")
    anna.page.get_by_role("button", name="Compare").click()

    expect(anna.page.get_by_text("1 sum differs.")).to_be_visible()
    expect(anna.page.get_by_text("£20.00 more")).to_be_visible()
    assert findings(anna.page) == []


def test_without_a_keyboard_the_keys_at_the_foot_are_pressed(room: Room) -> None:
    anna = room.seats(viewport={"width": 390, "height": 844}, has_touch=True)
    anna.types("GB 5")
    anna.page.get_by_role("button", name="send, keep section").tap()
    expect(anna.line()).to_contain_text("£5.00")
    expect(anna.field).to_have_value("GB ")
