"""From a promise on a phone to a promise that is paid, and the number that does not move for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.axe import findings
from tests.support.donors import THANKS, Donor
from tests.support.post import letter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

    from tests.support.servers import LiveServer
    from tests.support.visitors import Visitor

ADDRESS = "anna.canary@example.org"


class Pledger(Donor):
    """Somebody who promises, and comes back to the page of the promise."""

    def promises(self, amount: str, *, email: str, parts: str = "1") -> None:
        """Fill in the form and send it."""
        page = self.page
        page.goto(f"{self.server}/f/{self.slug}/pledge")
        page.get_by_label("Amount").fill(amount)
        page.get_by_label("In how many parts").select_option(parts)
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Your name").fill("Anna Canary")
        page.get_by_role("button", name="Promise").click()
        self.is_told("Please look into your mailbox.")

    def says_yes(self, house: LiveServer, email: str) -> None:
        """Press the link in the mail, and the button behind it."""
        self.page.goto(letter(house, email, "answer"))
        self.page.get_by_role("button", name="Yes, I promise").click()
        self.is_told("Your promise")

    def sees(self, what: str, amount: str) -> None:
        """See what is paid, or still open."""
        row = self.page.locator("dl.pledge-facts dt", has_text=re.compile(f"^{what}$"))
        expect(row.locator("xpath=following-sibling::dd[1]")).to_have_text(amount)


@pytest.fixture
def pledger(page: Page, house: LiveServer) -> Pledger:
    return Pledger(page, house.url)


def test_a_promise_is_confirmed_paid_by_card_in_parts_and_counted_once(
    pledger: Pledger, house: LiveServer, onlooker: Visitor, picture: Callable[..., Path]
) -> None:
    before = onlooker.total()
    pledger.promises("60", email=ADDRESS, parts="3")
    assert onlooker.total()["headline"] == before["headline"]
    pledger.says_yes(house, ADDRESS)
    promised = onlooker.total()
    assert promised["headline"] - before["headline"] == 6000
    assert promised["pledged"] - before["pledged"] == 6000
    picture("promise-phone")

    pledger.page.get_by_text("The next part").click()
    pledger.page.get_by_role("button", name="Pay by card").click()
    pledger.pays()
    pledger.is_told(THANKS)
    expect(pledger.page.get_by_text("Of your promise €40.00 are still open.")).to_be_visible()
    picture("promise-thanks-phone")
    pledger.page.get_by_role("link", name="To the page of your promise").click()
    pledger.sees("Paid", "€20.00")
    pledger.sees("Still open", "€40.00")
    picture("promise-part-paid-phone")

    pledger.page.get_by_role("button", name="Pay by card").click()
    pledger.pays()
    pledger.is_told(THANKS)
    pledger.page.get_by_role("link", name="To the page of your promise").click()
    pledger.is_told("Your promise is paid. Thank you.")

    after = onlooker.total()
    assert after["headline"] == promised["headline"]
    assert after["received"] - before["received"] == 6000
    assert after["pledged"] == before["pledged"]


def test_a_promise_is_withdrawn_without_a_question(
    pledger: Pledger, house: LiveServer, onlooker: Visitor
) -> None:
    email = "berta.canary@example.org"
    before = onlooker.total()["headline"]
    pledger.promises("40", email=email)
    pledger.says_yes(house, email)
    assert onlooker.total()["headline"] == before + 4000

    pledger.page.get_by_text("Change or withdraw, no questions").click()
    pledger.page.get_by_role("button", name="Withdraw the promise").click()

    pledger.is_told("This promise is withdrawn or closed.")
    assert onlooker.total()["headline"] == before


def test_who_leaves_the_payment_page_finds_the_promise_as_it_was(
    pledger: Pledger, house: LiveServer
) -> None:
    email = "clara.canary@example.org"
    pledger.promises("30", email=email)
    pledger.says_yes(house, email)

    pledger.page.get_by_role("button", name="Pay by card").click()
    pledger.cancels()
    pledger.page.get_by_role("link", name="Back to your promise").click()

    pledger.sees("Still open", "€30.00")


def test_the_page_can_be_read_in_the_dark_and_hinders_nobody(
    new_context: Callable[..., BrowserContext],
    house: LiveServer,
    picture: Callable[..., Path],
) -> None:
    page = new_context(color_scheme="dark").new_page()
    pledger, email = Pledger(page, house.url), "dora.canary@example.org"
    pledger.promises("50", email=email)
    pledger.says_yes(house, email)

    for part in page.locator("details > summary").all():
        part.click()
    expect(page.locator(".pledge-code .qr")).to_be_visible()
    picture("promise-dark-phone", of=page)
    assert findings(page) == []


def test_no_log_names_anybody_or_a_page(pledger: Pledger, house: LiveServer) -> None:
    email = "erna.canary@example.org"
    pledger.promises("20", email=email)
    pledger.says_yes(house, email)
    token = pledger.page.url.rpartition("/")[2]
    pledger.page.goto(f"{house.url}/p/{token}/nothing")

    told = house.log.read_text(encoding="utf-8").lower()
    assert token.lower() not in told
    assert "canary" not in told
