"""An evening at the office: the target is raised before the hall, rates come from the bank."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.factories.ecb import as_xml
from tests.journeys.test_people import come_in_as
from tests.support.axe import findings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.support.servers import LiveServer

FUND = "/office/funds/founding-conference"


def test_the_target_is_raised_and_the_hall_sees_it(
    office: LiveServer, page: Page, hall: Page, picture: Callable[..., Path]
) -> None:
    hall.goto(f"{office.url}/screen/founding-conference")
    come_in_as(page, office, "Administrator")
    page.get_by_role("navigation").get_by_role("link", name="Funds").click()
    page.get_by_role("main").get_by_role("link", name="Founding conference").click()

    page.get_by_role("textbox", name="Target").fill("500,000")
    page.get_by_label("of the first target").check()
    page.get_by_role("button", name="Change the target").click()
    expect(page.get_by_text("The target goes from €400,000.00 to €500,000.00.")).to_be_visible()
    assert findings(page) == []
    picture("office-target")
    page.get_by_role("button", name="Yes, save it").click()

    expect(page.get_by_text("The target is saved.")).to_be_visible()
    expect(hall.get_by_text("Target now €500,000")).to_be_visible()
    assert findings(page) == []


def test_a_file_of_the_banks_becomes_the_rates_of_the_evening(
    office: LiveServer, page: Page, picture: Callable[..., Path]
) -> None:
    come_in_as(page, office, "Central treasurer")
    page.goto(f"{office.url}{FUND}/rates")
    page.get_by_role("link", name="Import the ECB").click()

    page.get_by_label("eurofxref").set_input_files(
        {
            "name": "eurofxref-daily.xml",
            "mimeType": "text/xml",
            "buffer": as_xml(datetime.now(UTC).date().isoformat()),
        }
    )
    page.get_by_role("button", name="Look what it would do").click()
    expect(page.get_by_text("Donations that were made keep the rate")).to_be_visible()
    assert findings(page) == []
    picture("office-rates")
    page.get_by_role("button", name="Set these rates").click()
    page.get_by_role("link", name="Lock …").click()
    page.get_by_role("button", name="Lock them").click()

    expect(page.get_by_text("The exchange rates are locked.")).to_be_visible()
    expect(page.get_by_text("1.18217283367").first).to_be_visible()
    assert findings(page) == []


def test_a_section_is_hidden_from_the_hall(
    office: LiveServer, page: Page, other_phone: Page
) -> None:
    come_in_as(page, office, "Administrator")
    page.goto(f"{office.url}/office/sections/CL")
    part = page.locator("form#part-founding-conference")

    part.get_by_label("The public sees it").select_option("hidden")
    part.get_by_role("button", name="Save its part").click()
    expect(page.get_by_text("its name appears nowhere outside")).to_be_visible()
    page.get_by_role("button", name="Yes, save it").click()
    expect(page.get_by_text("part in this fund is saved")).to_be_visible()

    other_phone.goto(f"{office.url}/f/founding-conference")
    expect(other_phone.get_by_label("Section (optional)")).to_be_visible()
    assert "Chile" not in other_phone.content()
    assert findings(page) == []


def test_a_fund_is_made_and_opened_without_a_mouse(office: LiveServer, page: Page) -> None:
    come_in_as(page, office, "Administrator")
    page.goto(f"{office.url}/office/new-fund")

    for label, text in (
        ("Address", "spring"),
        ("Name", "Spring appeal"),
        ("Target", "20000"),
        ("Amounts to offer", "5 10 20"),
    ):
        page.get_by_label(label, exact=True).focus()
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is a draft")).to_be_visible()
    page.get_by_role("button", name="Open").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text("The fund is open now.")).to_be_visible()
    page.goto(f"{office.url}/f/spring")
    expect(page.get_by_text("The target is €20,000.")).to_be_visible()
