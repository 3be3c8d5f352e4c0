"""A treasurer's day: find a gift, give it back, enter one that came by bank, and correct it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.axe import findings
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page, ViewportSize

    from tests.support.donors import Donor
    from tests.support.servers import LiveServer
    from tests.support.visitors import Visitor

COMPUTER: ViewportSize = {"width": 1280, "height": 900}
# Its arrow belongs to its name; the other button goes on: "Enter it, and the next".
ENTER = re.compile("^Enter it(?!,)")


def come_in_as(page: Page, house: LiveServer, role: str) -> None:
    """Sign in as one of the sample's staff, by one click."""
    page.goto(f"{house.url}/account/sign-in")
    page.get_by_role("button", name=f"Sign in as {role}").click()
    expect(page).to_have_url(f"{house.url}/account/")


def test_a_gift_is_found_by_keyboard_and_given_back(
    donor: Donor,
    other_phone: Page,
    house: LiveServer,
    onlooker: Visitor,
    picture: Callable[..., Path],
) -> None:
    donor.opens_fund()
    donor.types_amount("77")
    donor.gives()
    donor.pays()
    page = other_phone
    page.set_viewport_size(COMPUTER)
    come_in_as(page, house, "Central treasurer")
    before = onlooker.total()["headline"]

    page.goto(f"{house.url}/treasury/donations")
    page.keyboard.press("/")
    expect(page.get_by_label("Token, Stripe id or reference")).to_be_focused()
    page.get_by_label("Fund").select_option("founding-conference")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(re.compile("fund=founding-conference"))
    assert findings(page) == []
    picture("treasury-donations", page)
    page.locator("h1").click()
    for key in ("j", "j", "k"):
        page.keyboard.press(key)
    expect(page.locator("[data-row]").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="€77.00")).to_be_visible()
    expect(page.get_by_text("Received: €77.00.")).to_be_visible()
    assert findings(page) == []
    picture("treasury-donation", page)
    page.get_by_role("link", name="Refund up to €77.00").click()
    page.get_by_label("Amount in EUR").fill("20")
    page.get_by_label("Reason").fill("The donor asked for it")
    page.get_by_role("button", name="Look at what it does").click()
    expect(page.get_by_text("The fund's number falls by €20.00")).to_be_visible()
    assert findings(page) == []
    picture("treasury-refund", page)
    page.get_by_role("button", name="Refund €20.00").click()

    expect(page.get_by_text("A refund of €20.00 was asked for.")).to_be_visible()
    until(lambda: onlooker.total()["headline"] == before - 2000)
    page.reload()
    expect(page.get_by_text("Refunded: €20.00.")).to_be_visible()
    expect(page.get_by_role("link", name="Refund up to €57.00")).to_be_visible()
    page.goto(f"{house.url}/treasury/refunds")
    expect(page.locator("[data-row]").first).to_contain_text("€20.00")
    assert findings(page) == []


def test_money_by_bank_is_entered_on_a_phone_and_corrected(
    page: Page, house: LiveServer, onlooker: Visitor, picture: Callable[..., Path]
) -> None:
    come_in_as(page, house, "Central treasurer")
    before = onlooker.total()["headline"]

    page.goto(f"{house.url}/treasury/enter")
    page.get_by_label("Fund").select_option("founding-conference")
    page.get_by_label("Amount").fill("1,000.50")
    page.get_by_label("Where the money is").fill("Cooperative Bank")
    page.get_by_label("Reference").fill("Gift 12")
    page.get_by_role("button", name=ENTER).click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the day on which the money came.")
    expect(page.get_by_label("Amount")).to_have_value("1,000.50")
    assert findings(page) == []
    picture("treasury-enter-mistake-phone")
    today = page.evaluate("new Date().toISOString().slice(0, 10)")
    page.get_by_label("Day on which it came").fill(today)
    page.get_by_role("button", name=ENTER).click()

    expect(page.get_by_text("Entered: €1,000.50.")).to_be_visible()
    until(lambda: onlooker.total()["headline"] == before + 100_050)
    page.get_by_role("link", name="Reverse it").click()
    page.get_by_label("Reason").fill("It was 100.50")
    assert findings(page) == []
    page.get_by_role("button", name="Reverse it").click()
    expect(page.get_by_text("was taken out of the books again")).to_be_visible()
    picture("treasury-reversed-phone")
    until(lambda: onlooker.total()["headline"] == before)
    page.get_by_role("link", name="Enter it again, corrected").click()
    expect(page.get_by_label("Where the money is")).to_have_value("Cooperative Bank")
    page.get_by_label("Amount").fill("100.50")
    page.get_by_role("button", name=ENTER).click()
    until(lambda: onlooker.total()["headline"] == before + 10_050)


def test_journals_are_read_on_a_phone_without_leaving_its_edges(
    page: Page, house: LiveServer, picture: Callable[..., Path]
) -> None:
    come_in_as(page, house, "Auditor")
    for name in ("donations", "refunds", "journals"):
        page.goto(f"{house.url}/treasury/{name}")
        expect(page.get_by_role("table")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert findings(page) == []
        picture(f"treasury-{name}-phone")
    page.get_by_role("link", name="Older").click()
    expect(page.get_by_role("link", name="Newest")).to_be_visible()


def test_figures_are_gone_through_and_taken_home_by_keyboard(
    other_phone: Page, house: LiveServer
) -> None:
    page = other_phone
    page.set_viewport_size(COMPUTER)
    come_in_as(page, house, "Central treasurer")
    page.goto(f"{house.url}/treasury/figures")
    plates = page.locator("[data-plate]")

    page.keyboard.press("/")
    expect(page.get_by_label("Fund", exact=True)).to_be_focused()
    page.locator("h1").click()
    for key in ("j", "j"):
        page.keyboard.press(key)
    expect(plates.nth(1)).to_have_attribute("aria-current", "true")
    assert findings(page) == []
    with page.expect_download() as download:
        page.keyboard.press("e")

    name = plates.nth(1).get_attribute("data-plate")
    assert f"figures/{name}.csv" in download.value.url
