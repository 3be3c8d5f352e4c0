"""How staff come in: invited, by a password and an app, by a passkey, and after forgetting."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.axe import findings
from tests.support.doors import code_at
from tests.support.operator import invite

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, CDPSession, Page

    from tests.support.servers import LiveServer

CHOSEN, NEWER = "nine owls under a bridge", "two moons over the mill"
NEXT_CODE = timedelta(seconds=30)


class Colleague:
    """Somebody who was invited, at a browser."""

    def __init__(self, page: Page, office: LiveServer, email: str) -> None:
        self.page = page
        self.office = office
        self.email = email
        self.secret = ""
        self.codes: list[str] = []

    def is_invited(self, role: str) -> None:
        """Be added by the operator, and open the link that the command prints."""
        self.page.goto(invite(self.office, self.email, "Anna Berg", role))

    def chooses(self, password: str) -> None:
        """Choose a password on the page of a link."""
        self.page.get_by_label("New password").fill(password)
        self.page.locator("main .act").click()

    def types(self, password: str) -> None:
        """Sign in with the password."""
        self.page.goto(f"{self.office.url}/account/sign-in")
        self.page.get_by_label("E-mail").fill(self.email)
        self.page.get_by_label("Your password").fill(password)
        self.page.locator("main .act").click()

    def sets_up_app(self) -> None:
        """Put the key into an app, and type its first code."""
        self.page.get_by_role("link", name="Set up an app").click()
        self.page.get_by_text("I cannot read the picture").click()
        self.secret = self.page.locator(".secret").inner_text().replace(" ", "")
        self.shows(code_at(datetime.now(UTC), self.secret))

    def shows(self, code: str) -> None:
        """Type six digits."""
        self.page.get_by_label("Six digits from your app").fill(code)
        self.page.locator("main .act").click()

    def keeps_recovery_codes(self) -> None:
        """Write the codes down."""
        self.page.get_by_role("button", name="Make ten codes").click()
        self.codes = self.page.locator(".codes code").all_inner_texts()
        self.page.get_by_role("link", name="I have kept them").click()

    def signs_out(self) -> None:
        """Go."""
        self.page.get_by_role("button", name="Sign out").click()
        self.sees("Sign in")

    def sees(self, heading: str) -> None:
        """Be on a page, which nothing serious hinders anybody to use."""
        expect(self.page.get_by_role("heading", name=heading, level=1)).to_be_visible()
        assert findings(self.page) == []


def test_somebody_who_was_invited_comes_in_by_password_and_app(
    page: Page, office: LiveServer
) -> None:
    anna = Colleague(page, office, "anna@example.org")
    anna.is_invited("central_treasurer")
    anna.sees("Welcome, Anna Berg")
    anna.chooses("password1234")
    expect(page.get_by_role("alert")).to_contain_text("first passwords")
    anna.chooses(CHOSEN)
    anna.sees("Set up a second factor")
    anna.sets_up_app()
    anna.sees("Recovery codes")
    anna.keeps_recovery_codes()
    assert len(anna.codes) == 10
    anna.sees("Anna Berg")
    expect(page.get_by_role("link", name="Donations").first).to_be_visible()
    anna.signs_out()
    anna.types(CHOSEN)
    anna.sees("Show that it is you")
    anna.shows(code_at(datetime.now(UTC) + NEXT_CODE, anna.secret))
    anna.sees("Anna Berg")


def test_a_forgotten_password_is_chosen_anew_and_the_second_factor_stays(
    page: Page, office: LiveServer, new_context: Callable[..., BrowserContext]
) -> None:
    bela = Colleague(page, office, "bela@example.org")
    bela.is_invited("administrator")
    bela.chooses(CHOSEN)
    bela.sets_up_app()
    bela.keeps_recovery_codes()
    phone = new_context().new_page()
    phone.goto(f"{office.url}/account/forgotten")
    phone.get_by_label("E-mail").fill(bela.email)
    phone.get_by_role("button", name="Send the link").click()
    expect(phone.get_by_role("status")).to_contain_text("If somebody here has this address")
    phone.goto(mailed(office, bela.email))
    elsewhere = Colleague(phone, office, bela.email)
    elsewhere.chooses(NEWER)
    elsewhere.sees("Sign in")
    page.goto(f"{office.url}/account/")
    bela.sees("Sign in")
    elsewhere.types(NEWER)
    elsewhere.sees("Show that it is you")
    phone.get_by_text("I do not have my device").click()
    phone.get_by_label("One of your recovery codes").fill(bela.codes[0].lower())
    phone.get_by_role("button", name="Use this code up").click()
    elsewhere.sees("Anna Berg")


def mailed(office: LiveServer, email: str) -> str:
    """Wait for the mail to somebody that asks for a new password, and return its link."""
    found: list[str] = []

    def came() -> bool:
        for file in office.instance.rglob("*.eml"):
            text = file.read_text("utf-8")
            if f"To: {email}" in text:
                found.extend(re.findall(r"http://\S+/account/reset/[\w.-]+", text))
        return bool(found)

    office.waits_for(came)
    return found[0]


def with_device(page: Page) -> tuple[CDPSession, str]:
    """Give a browser a device that keeps passkeys and knows its owner."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return device, added["authenticatorId"]


def test_a_passkey_comes_in_without_a_password(page: Page, office: LiveServer) -> None:
    with_device(page)
    cleo = Colleague(page, office, "cleo@example.org")
    cleo.is_invited("central_treasurer")
    cleo.chooses(CHOSEN)
    page.get_by_role("link", name="Add a passkey").click()
    cleo.sees("Add a passkey")
    page.get_by_label("What do you call this device?").fill("My phone")
    page.get_by_role("button", name="Add a passkey").click()
    cleo.sees("Recovery codes")
    cleo.signs_out()
    page.get_by_role("button", name="Sign in with a passkey").click()
    cleo.sees("Anna Berg")
    page.goto(f"{office.url}/account/own")
    expect(page.get_by_text("Passkey “My phone”")).to_be_visible()
    cleo.signs_out()
    cleo.types(CHOSEN)
    cleo.sees("Show that it is you")
    page.get_by_role("button", name="Use a passkey").click()
    cleo.sees("Anna Berg")


def test_a_device_that_gives_nothing_is_told_in_a_sentence(page: Page, office: LiveServer) -> None:
    device, number = with_device(page)
    device.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": False})
    page.goto(f"{office.url}/account/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("gave no passkey")
