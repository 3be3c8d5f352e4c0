"""Everything that a donor needs, in a browser that runs no script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.donors import NOTHING_CHARGED, PROCESSING, THANKS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.donors import Donor
    from tests.support.stripe_desk import StripeDesk

pytestmark = pytest.mark.browser_context_args(java_script_enabled=False)


def test_a_gift_is_made_and_thanked_for(donor: Donor, picture: Callable[..., Path]) -> None:
    donor.opens_fund()
    picture("fund-plain-phone")
    donor.chooses("€50")
    donor.gives()
    donor.is_asked_to_pay("EUR 50.00")
    donor.pays()
    # Without a script the page asks again by loading itself again.
    donor.is_told(THANKS)
    picture("thanks-plain-phone")


def test_waiting_for_the_bank_ends_by_itself(donor: Donor, desk: StripeDesk) -> None:
    desk.switch(drop=1)
    donor.opens_fund()
    donor.gives()
    donor.pays()
    donor.is_told(PROCESSING)
    donor.is_told(THANKS)


def test_another_currency_is_shown_and_chosen(donor: Donor) -> None:
    donor.opens_fund()
    donor.is_of_section("Britain")
    donor.currency.select_option("GBP")
    donor.page.get_by_role("button", name="Show the amounts in this currency").click()
    expect(donor.section).to_have_value("GB")
    expect(donor.page.locator("label.choice").first).to_contain_text("£")
    donor.types_amount("12")
    donor.gives()
    donor.is_asked_to_pay("GBP 12.00")


def test_a_mistake_is_explained_and_put_right(donor: Donor) -> None:
    donor.opens_fund()
    donor.types_amount("1.000")
    donor.gives()
    expect(donor.problem).to_contain_text("Is that €1.00 or €1,000.00?")
    expect(donor.own_amount).to_have_value("1.000")
    donor.own_amount.fill("1")
    donor.gives()
    donor.is_asked_to_pay("EUR 1.00")


def test_cancelling_leads_back_to_what_was_chosen(donor: Donor) -> None:
    donor.opens_fund()
    donor.types_amount("17.50")
    donor.gives()
    donor.cancels()
    donor.is_told(NOTHING_CHARGED)
    donor.page.get_by_role("link", name="Back to the form").click()
    expect(donor.own_amount).to_have_value("17.50")
