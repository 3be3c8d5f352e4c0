"""The desk in a browser: keys alone, and what is not clear is asked, never guessed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.web.desk.room import queued

if TYPE_CHECKING:
    from tests.support.desk_page import Teller
    from tests.web.desk.room import Room

# As on a computer that has much else to do: the lead among the tabs comes a second late.
_SLOW_LEAD = """
  const request = navigator.locks.request.bind(navigator.locks);
  navigator.locks.request = (...asked) => setTimeout(() => request(...asked), 1000);
"""


def test_a_line_is_read_while_it_is_typed_and_sent_by_enter(anna: Teller) -> None:
    expect(anna.field).to_be_focused()
    expect(anna.page.get_by_placeholder("Type a call, like GB 500")).to_be_empty()
    expect(anna.page.get_by_text("No line yet.")).to_be_visible()
    anna.types("gb 20 x 20")

    anna.reads("The section GB", "20 people × £20.00", "£400.00", "≈ €460.00", "promise")
    assert anna.lines.count() == 0
    anna.presses("Enter")

    expect(anna.line()).to_contain_text("£400.00")
    expect(anna.told).to_have_text(re.compile("The section GB, £400.00"))
    expect(anna.field).to_have_value("")
    assert queued(anna) == []


def test_a_question_is_answered_by_a_digit_and_by_nothing_else(anna: Teller) -> None:
    anna.types("GB 20 500")
    anna.reads("20 × 500")

    anna.presses("Enter", "Enter", "x", "9")

    expect(anna.echo).to_have_attribute("data-asks", "")
    expect(anna.field).to_have_value("GB 20 500")
    anna.presses("2")
    expect(anna.field).to_have_value("GB 20@500")
    anna.reads("20 people × £500.00")
    anna.presses("Enter")
    expect(anna.line()).to_contain_text("£10,000.00")
    expect(anna.lines).to_have_count(1)


def test_digits_that_belong_to_the_amount_answer_nothing(anna: Teller) -> None:
    anna.types("GB 20 1")
    anna.reads("20 × 1")

    anna.types("00")

    expect(anna.field).to_have_value("GB 20 100")


def test_esc_goes_back_to_the_line_and_then_clears_it(anna: Teller) -> None:
    anna.types("GB 20 500")
    anna.reads("20 × 500")
    anna.presses("Enter", "Escape")
    expect(anna.field).to_have_value("GB 20 500")
    anna.presses("Backspace")
    expect(anna.field).to_have_value("GB 20 50")
    anna.presses("Escape")
    expect(anna.field).to_have_value("")


def test_a_refused_line_stays_in_the_field(anna: Teller) -> None:
    anna.types("GB")
    anna.reads("How much? Type an amount.")

    anna.presses("Enter")

    expect(anna.field).to_have_value("GB")
    expect(anna.told).to_have_text("How much? Type an amount.")
    assert queued(anna) == []


def test_who_types_faster_than_the_echo_gets_the_question_back(anna: Teller) -> None:
    anna.calls("GB 20 500")

    expect(anna.echo).to_have_attribute("data-asks", "")
    anna.presses("2", "Enter")
    expect(anna.line()).to_contain_text("£10,000.00")
    anna.has_sent_everything()
    assert queued(anna) == []


def test_who_types_before_the_page_has_the_lead_gets_the_question_back_too(anna: Teller) -> None:
    anna.page.add_init_script(_SLOW_LEAD)
    anna.page.reload()
    anna.calls("GB 20 500")

    expect(anna.echo).to_have_attribute("data-asks", "")
    assert anna.lines.count() == 0


def test_shift_enter_keeps_the_section_in_the_field(anna: Teller) -> None:
    anna.types("gb 5")
    anna.reads("£5.00")
    anna.presses("Shift+Enter")
    expect(anna.field).to_have_value("GB ")
    anna.sends("6", "£6.00")


def test_tab_parks_and_shift_up_takes_it_up_again(anna: Teller) -> None:
    anna.types("GB five or six")
    anna.presses("Tab")
    expect(anna.line()).to_contain_text("~ parked")
    expect(anna.line()).to_contain_text("GB five or six")

    anna.presses("Shift+ArrowUp")
    expect(anna.page.get_by_text("mends line 1")).to_be_visible()
    anna.page.keyboard.press("Control+a")
    anna.sends("GB 5", "£5.00")

    expect(anna.line(1)).to_contain_text("now line 2")


def test_the_last_line_is_taken_back(anna: Teller) -> None:
    anna.sends("GB 5", "£5.00")
    anna.types("/undo")
    anna.presses("Enter")
    expect(anna.line()).to_contain_text("taken back")


def test_arrows_go_through_earlier_lines(anna: Teller) -> None:
    anna.sends("GB 5", "£5.00")
    anna.sends('CH 6 "Zürich"', "CHF 6.00")
    anna.types("half")
    anna.presses("ArrowUp", "ArrowUp")
    expect(anna.field).to_have_value("GB 5")
    anna.presses("ArrowDown", "ArrowDown")
    expect(anna.field).to_have_value("half")


def test_the_help_opens_and_gives_the_field_back(anna: Teller) -> None:
    anna.presses("F1")
    expect(anna.page.get_by_role("dialog")).to_contain_text("twelve people")
    anna.presses("Escape")
    expect(anna.field).to_be_focused()


def test_many_lines_are_shown_before_one_enter_sends_the_good_ones(anna: Teller) -> None:
    anna.pastes("GB 5", "GB 20 500", "QQQ 7", "CH 8 x 3")
    expect(anna.page.get_by_text("Enter sends 2, and parks 2.")).to_be_visible()
    assert anna.lines.count() == 0
    anna.presses("x")

    anna.presses("Enter")

    expect(anna.lines).to_have_count(4)
    expect(anna.line(3)).to_contain_text("£5.00")
    expect(anna.line(2)).to_contain_text("~ parked")
    expect(anna.line(1)).to_contain_text("QQQ 7")
    expect(anna.line(0)).to_contain_text("CHF 24.00")
    expect(anna.field).to_have_value("")


def test_others_see_a_line_at_once(room: Room, anna: Teller) -> None:
    berta = room.seats("berta")
    expect(berta.field).to_be_focused()
    anna.sends("GB 5", "£5.00")
    expect(berta.line()).to_contain_text("£5.00")
    expect(berta.page.locator("[data-tellers] li")).to_have_count(2)
