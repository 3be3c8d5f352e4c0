"""A gift from a phone: it is made once, it is thanked for, and every screen moves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from fundtracker.web.proof import is_proved
from tests.support.donors import (
    ALREADY_PAID,
    DECLINED_CARD,
    GOOD_CARD,
    NOTHING_CHARGED,
    PROCESSING,
    THANKS,
    Donor,
)
from tests.support.surfaces import have_stayed, shows, stay
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.support.servers import LiveServer
    from tests.support.stripe_desk import StripeDesk
    from tests.support.visitors import Visitor


@pytest.mark.proves
def test_the_form_does_its_work_while_it_is_filled_in(donor: Donor) -> None:
    donor.opens_fund()

    proof = donor.page.locator('input[name="proof"]')
    expect(proof).to_have_value(re.compile(r"^[0-9]+$"), timeout=60_000)
    name = donor.page.locator('input[name="attempt"]').input_value()
    assert is_proved({"attempt": name, "proof": proof.input_value()})


@pytest.mark.proves
def test_a_gift_is_thanked_for_and_moves_every_screen_by_itself(
    donor: Donor,
    other_phone: Page,
    hall: Page,
    onlooker: Visitor,
    picture: Callable[..., Path],
) -> None:
    before = onlooker.total()["headline"]
    other_phone.goto(f"{donor.server}/f/founding-conference")
    hall.goto(f"{donor.server}/screen/founding-conference")
    shows(before, other_phone, hall)
    stay(other_phone, hall)

    donor.opens_fund()
    picture("fund-phone")
    donor.chooses("€25")
    expect(donor.give_button).to_have_text("Give €25.00")
    donor.gives()
    donor.is_asked_to_pay("EUR 25.00")
    picture("payment-page-phone")
    donor.pays()
    donor.is_told(THANKS)
    picture("thanks-phone")

    assert onlooker.total()["headline"] == before + 2500
    shows(before + 2500, other_phone, hall, donor.page)
    have_stayed(other_phone, hall)
    picture("fund-moved-phone", other_phone)
    picture("screen-moved-hall", hall)


def test_a_page_that_waits_for_the_bank_turns_into_thanks_by_itself(
    donor: Donor, desk: StripeDesk, picture: Callable[..., Path]
) -> None:
    desk.switch(drop=1)  # word of the payment never comes: it is asked for
    donor.opens_fund()
    donor.gives()
    donor.pays()
    donor.is_told(PROCESSING)
    picture("processing-phone")
    donor.is_told(THANKS)


def test_who_cancels_comes_back_to_what_was_chosen(
    donor: Donor, onlooker: Visitor, picture: Callable[..., Path]
) -> None:
    before = onlooker.total()
    donor.opens_fund()
    donor.is_of_section("Britain")
    donor.types_amount("17.50")
    donor.gives()
    donor.is_asked_to_pay("GBP 17.50")
    donor.cancels()
    donor.is_told(NOTHING_CHARGED)
    picture("cancelled-phone")

    donor.page.get_by_role("link", name="Back to the form").click()
    expect(donor.section).to_have_value("GB")
    expect(donor.currency).to_have_value("GBP")
    expect(donor.page.get_by_label("Other amount in")).to_have_value("17.50")
    expect(donor.give_button).to_have_text("Give £17.50")
    assert onlooker.total()["donations"] == before["donations"]


def test_a_declined_card_can_be_followed_by_another_one(
    donor: Donor, desk: StripeDesk, onlooker: Visitor, picture: Callable[..., Path]
) -> None:
    before, charged = onlooker.total(), len(desk.charged())
    donor.opens_fund()
    donor.gives()
    donor.pays(DECLINED_CARD)
    expect(donor.page.get_by_role("alert")).to_contain_text("Your card was declined.")
    picture("declined-phone")
    donor.pays(GOOD_CARD)
    donor.is_told(THANKS)

    assert len(desk.charged()) == charged + 1
    assert onlooker.total()["donations"] == before["donations"] + 1


def test_thanks_can_be_loaded_again_and_again(
    donor: Donor, desk: StripeDesk, onlooker: Visitor
) -> None:
    charged = len(desk.charged())
    donor.opens_fund()
    donor.gives()
    donor.pays()
    donor.is_told(THANKS)
    counted = onlooker.total()["donations"]

    donor.page.reload()
    donor.is_told(THANKS)
    donor.page.reload()
    donor.is_told(THANKS)
    assert len(desk.charged()) == charged + 1
    assert onlooker.total()["donations"] == counted


def test_who_clicks_everything_twice_gives_once(
    donor: Donor, desk: StripeDesk, onlooker: Visitor
) -> None:
    before, charged, pages = onlooker.total(), len(desk.charged()), len(desk.pages())
    donor.opens_fund()
    donor.give_button.dblclick()
    donor.page.get_by_label("Card number").fill(GOOD_CARD)
    donor.pay_button.dblclick()
    # The second click may lead on, or find the page paid: either way it is one gift.
    told = donor.page.get_by_role("heading", level=1)
    expect(told).to_have_text(re.compile(f"{re.escape(THANKS)}|{re.escape(ALREADY_PAID)}"))
    until(lambda: onlooker.total()["donations"] == before["donations"] + 1)

    assert len(desk.pages()) == pages + 1
    assert len(desk.charged()) == charged + 1


def test_going_back_and_pressing_give_again_charges_nothing(donor: Donor, desk: StripeDesk) -> None:
    charged = len(desk.charged())
    donor.opens_fund()
    donor.gives()
    donor.pays()
    donor.is_told(THANKS)

    donor.page.go_back()
    donor.is_told(ALREADY_PAID)
    donor.page.go_back()
    donor.gives()
    expect(donor.give_button).not_to_be_attached()
    assert len(desk.charged()) == charged + 1


def test_the_same_form_sent_again_after_paying_is_thanked_for_and_not_charged(
    donor: Donor, desk: StripeDesk, onlooker: Visitor, picture: Callable[..., Path]
) -> None:
    charged = len(desk.charged())
    form = onlooker.open_form(amount="25")
    donor.page.goto(onlooker.give(form).headers["Location"])
    donor.pays()
    donor.is_told(THANKS)

    onward = onlooker.give(form).headers["Location"]
    donor.page.goto(f"{donor.server}{onward}")
    donor.is_told(THANKS)
    expect(donor.page.get_by_text("you have been charged once")).to_be_visible()
    picture("charged-once-phone")
    assert len(desk.charged()) == charged + 1


def test_give_again_makes_another_gift(donor: Donor, desk: StripeDesk) -> None:
    charged = len(desk.charged())
    donor.opens_fund()
    donor.gives()
    donor.pays()
    donor.is_told(THANKS)

    donor.page.get_by_role("link", name="Give again").click()
    donor.gives()
    donor.pays()
    donor.is_told(THANKS)
    assert len(desk.charged()) == charged + 2


def test_the_first_page_leads_to_the_only_open_fund(donor: Donor, house: LiveServer) -> None:
    donor.page.goto(house.url)
    expect(donor.page).to_have_url(f"{house.url}/f/founding-conference")
