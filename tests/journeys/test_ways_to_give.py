"""Giving in another currency, and with the keyboard alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.support.donors import THANKS, Donor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.stripe_desk import StripeDesk
    from tests.support.visitors import Visitor

# More stops than any of the pages has.
MOST_STOPS = 60


def section_line(onlooker: Visitor, code: str) -> dict[str, Any]:
    """Return what is known of a section."""
    lines: list[dict[str, Any]] = onlooker.total()["sections"]
    (line,) = [line for line in lines if line["code"] == code]
    return line


@dataclass(frozen=True)
class Gift:
    """A gift as it is typed in a section's own currency, and as it is asked for and thanked for."""

    section: str
    code: str
    currency: str
    typed: str
    minor: int
    asked: str
    said: str


YEN = Gift("日本", "JP", "JPY", "3000", 3000, "JPY 3,000", "¥3,000")
POUNDS = Gift("Britain", "GB", "GBP", "12.34", 1234, "GBP 12.34", "£12.34")


@pytest.mark.parametrize("gift", [YEN, POUNDS], ids=lambda gift: gift.currency)
def test_a_section_gives_in_its_own_currency(
    donor: Donor, desk: StripeDesk, onlooker: Visitor, picture: Callable[..., Path], gift: Gift
) -> None:
    before = section_line(onlooker, gift.code)
    donor.opens_fund()
    donor.is_of_section(gift.section)
    expect(donor.currency).to_have_value(gift.currency)
    donor.types_amount(gift.typed)
    expect(donor.give_button).to_have_text(f"Give {gift.said}")
    picture(f"form-{gift.currency.lower()}-phone")
    donor.gives()
    donor.is_asked_to_pay(gift.asked)
    donor.pays()
    donor.is_told(THANKS)
    expect(donor.page.get_by_text("has arrived")).to_contain_text(gift.said)

    after = section_line(onlooker, gift.code)
    assert desk.charged()[0] == gift.minor
    assert after["headline"] > before["headline"]
    # What is counted in the fund's currency may be off by one when it is turned back.
    assert abs(after["local"]["headline"] - before["local"]["headline"] - gift.minor) <= 1


def test_the_amounts_that_are_offered_follow_the_currency(donor: Donor) -> None:
    donor.opens_fund()
    donor.currency.select_option("JPY")
    expect(donor.page.locator("label.choice").first).to_contain_text("¥")
    expect(donor.give_button).to_contain_text("¥")
    donor.currency.select_option("EUR")
    donor.chooses("€25")
    expect(donor.give_button).to_have_text("Give €25.00")


def tab_to(donor: Donor, wanted: str) -> None:
    """Press the tabulator until what matches has the focus, which has to be seen."""
    focused = donor.page.locator(":focus")
    for _ in range(MOST_STOPS):
        donor.page.keyboard.press("Tab")
        if focused.count() and focused.evaluate("(stop, wanted) => stop.matches(wanted)", wanted):
            return
    pytest.fail(f"the keyboard does not reach {wanted}")


def test_a_keyboard_is_enough(donor: Donor, picture: Callable[..., Path]) -> None:
    keys = donor.page.keyboard
    donor.opens_fund()
    tab_to(donor, "[name=amount]")
    keys.press("ArrowRight")
    picture("keyboard-amount-phone")
    tab_to(donor, "#section")
    tab_to(donor, "[data-give-button]")
    picture("keyboard-button-phone")
    keys.press("Enter")
    expect(donor.pay_button).to_be_visible()
    tab_to(donor, "#card")
    keys.press("ControlOrMeta+a")
    keys.type("4242424242424242")
    keys.press("Enter")
    donor.is_told(THANKS)
    tab_to(donor, "a[href$='/give']")
    keys.press("Enter")
    expect(donor.give_button).to_be_visible()
