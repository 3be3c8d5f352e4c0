"""People come and go: invited, let in with a second factor, and put out in the middle of a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyotp
from playwright.sync_api import expect

from tests.support.axe import findings
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

    from tests.support.servers import LiveServer

PASSWORD = "four hens on a blue roof"


def come_in_as(page: Page, house: LiveServer, role: str) -> None:
    """Sign in as one of the sample's staff, by one click."""
    page.goto(f"{house.url}/account/sign-in")
    page.get_by_role("button", name=f"Sign in as {role}").click()
    expect(page).to_have_url(f"{house.url}/account/")


def invite(page: Page, house: LiveServer, name: str, email: str, role: str) -> str:
    """Invite somebody and return the link that is to be handed over."""
    page.goto(f"{house.url}/office/people")
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_label("Role", exact=True).select_option(label=role)
    page.get_by_role("button", name="Invite").click()
    return page.get_by_label("Address").input_value()


def mails(house: LiveServer) -> list[Path]:
    """What a mail server would have been handed."""
    return list((house.instance / "mail").glob("*.eml"))


def choose_password(page: Page, link: str) -> None:
    """Accept an invitation."""
    page.goto(link)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Come in").click()


def test_somebody_is_invited_chooses_a_password_and_sets_up_an_app(
    page: Page, other_phone: Page, house: LiveServer, picture: Callable[..., Path]
) -> None:
    come_in_as(page, house, "Administrator")
    link = invite(page, house, "Anna Berg", "anna@example.org", "Central treasurer")
    picture("people-link")

    choose_password(other_phone, link)
    expect(other_phone.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    other_phone.goto(f"{house.url}/treasury/")
    expect(other_phone).to_have_url(re.compile("/account/second-factor"))
    other_phone.get_by_role("link", name="Set up an app").click()
    other_phone.get_by_text("I cannot read the picture").click()
    secret = other_phone.locator(".secret").inner_text()
    other_phone.get_by_label("Six digits").fill(pyotp.TOTP(secret.replace(" ", "")).now())
    other_phone.get_by_role("button", name="Use this app").click()
    other_phone.goto(f"{house.url}/treasury/")
    expect(other_phone.get_by_role("link", name="Anna Berg")).to_be_visible()

    page.goto(f"{house.url}/office/people")
    row = page.get_by_role("row", name="Anna Berg")
    expect(row).to_contain_text("active")
    expect(row).to_contain_text("yes")
    picture("people")
    until(lambda: any(link in mail.read_text("utf-8") for mail in mails(house)))
    other_phone.goto(link)
    expect(other_phone.get_by_text("This link does not work any more")).to_be_visible()


def test_whose_role_is_taken_away_is_asked_to_sign_in_at_the_next_click(
    page: Page, other_phone: Page, house: LiveServer
) -> None:
    come_in_as(page, house, "Administrator")
    choose_password(other_phone, invite(page, house, "Bo", "bo@example.org", "Auditor"))
    other_phone.goto(f"{house.url}/office/people")
    expect(other_phone.get_by_role("heading", name="People")).to_be_visible()

    page.get_by_role("link", name="To the page of Bo").click()
    page.get_by_role("link", name="Change").click()
    page.get_by_role("button", name="Take away", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("The role was taken away")
    other_phone.get_by_role("link", name="Audit log").click()

    expect(other_phone).to_have_url(re.compile("/account/sign-in"))


def test_two_administrators_do_not_overwrite_each_other(
    page: Page, new_context: Callable[..., BrowserContext], house: LiveServer
) -> None:
    come_in_as(page, house, "Administrator")
    link = invite(page, house, "Cleo", "cleo@example.org", "Administrator")
    second = new_context().new_page()
    come_in_as(second, house, "Administrator")
    assert "/account/welcome/" in link
    for who in (page, second):
        who.goto(f"{house.url}/office/people")
        who.get_by_role("link", name="Cleo").click()
        who.get_by_role("link", name="Change").click()
    second.get_by_label("Role", exact=True).select_option(label="Teller")
    second.get_by_role("button", name="Give this role").click()
    expect(second.get_by_role("status")).to_contain_text("The role was given")

    page.get_by_role("button", name="Let this person in no more").click()

    expect(page.get_by_role("alert")).to_contain_text("Given meanwhile: Teller")
    page.get_by_role("button", name="Let this person in no more").click()
    expect(page.get_by_role("status")).to_contain_text("cannot sign in any more")


def test_nothing_on_these_pages_hinders_anybody(page: Page, house: LiveServer) -> None:
    come_in_as(page, house, "Administrator")
    for address in (
        "people",
        "people/new",
        "people/sample-teller",
        "people/sample-teller/change",
    ):
        page.goto(f"{house.url}/office/{address}")
        assert findings(page) == []
    page.get_by_label("Role", exact=True).select_option(label="Section treasurer")
    page.get_by_role("button", name="Give this role").click()
    expect(page.get_by_role("alert")).to_contain_text("A section treasurer needs a section.")
    assert findings(page) == []


def test_the_swedish_treasurer_finds_no_britain(page: Page, house: LiveServer) -> None:
    come_in_as(page, house, "Section treasurer (SE)")

    page.goto(f"{house.url}/treasury/donations")

    expect(page.get_by_role("main")).to_contain_text("SE")
    expect(page.get_by_role("main")).not_to_contain_text("Britain")
    expect(page.get_by_role("main")).not_to_contain_text("GB")
