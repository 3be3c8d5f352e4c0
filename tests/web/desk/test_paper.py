"""Two who type one sum on paper, in browsers and by keys alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.axe import findings

if TYPE_CHECKING:
    from tests.support.desk_page import Teller
    from tests.web.desk.room import Room


def test_the_second_one_sees_the_first_and_chooses_by_keys(room: Room, anna: Teller) -> None:
    anna.sends("GB 500", "£500.00")
    berta = room.seats("berta", "/difference")
    anna.page.goto(f"{room.desk}/difference")
    anna.page.get_by_label("The section GB").fill("450")
    anna.presses("Enter")
    expect(anna.page.get_by_text("£50.00 less")).to_be_visible()

    berta.page.get_by_label("The section GB").fill("600")
    berta.presses("Enter")

    theirs = berta.page.get_by_role("radio", name="£450.00, typed by")
    expect(theirs).not_to_be_checked()
    assert findings(berta.page) == []
    theirs.focus()
    berta.presses("Space", "Enter")
    expect(berta.page.get_by_text("The sums on paper are saved.")).to_be_visible()
    expect(berta.page.get_by_label("The section GB")).to_have_value("450.00")
