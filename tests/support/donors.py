"""A donor at a browser: verbs for what people do, so that journeys read as sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

GOOD_CARD = "4242 4242 4242 4242"
DECLINED_CARD = "4000 0000 0000 0002"

PROCESSING = "Your gift is being processed."
THANKS = "Thank you."
ALREADY_PAID = "Already paid"
NOTHING_CHARGED = "Nothing was charged."


@dataclass(frozen=True)
class Donor:
    """Somebody at a page of a fund of this server."""

    page: Page
    server: str
    slug: str = "founding-conference"

    @property
    def give_button(self) -> Locator:
        """The button of the form, whatever amount it says."""
        return self.page.get_by_role("button", name=re.compile(r"^Give\b"))

    @property
    def pay_button(self) -> Locator:
        """The button of the payment page."""
        return self.page.get_by_role("button", name=re.compile(r"^Pay\b"))

    @property
    def problem(self) -> Locator:
        """The summary of what is wrong with the form."""
        return self.page.locator("[data-problem]")

    @property
    def own_amount(self) -> Locator:
        """The field for an amount that is not offered."""
        return self.page.get_by_label("Other amount in")

    @property
    def section(self) -> Locator:
        """The choice of a section."""
        return self.page.get_by_role("combobox", name="Section")

    @property
    def currency(self) -> Locator:
        """The choice of a currency."""
        return self.page.get_by_role("combobox", name="Currency")

    def opens_fund(self) -> None:
        """Open the fund's page, which has the form."""
        self.page.goto(f"{self.server}/f/{self.slug}")

    def opens_form(self, query: str = "") -> None:
        """Open the form alone."""
        self.page.goto(f"{self.server}/f/{self.slug}/give{query}")

    def chooses(self, amount: str) -> None:
        """Choose one of the offered amounts by what it says, such as €25."""
        self.page.locator("label.choice", has_text=re.compile(f"^{re.escape(amount)}$")).click()

    def is_of_section(self, name: str) -> None:
        """Choose the section that one belongs to."""
        self.section.select_option(label=name)

    def types_amount(self, text: str) -> None:
        """Type an amount of one's own."""
        self.page.locator("label[for=amount-other]").click()
        self.own_amount.fill(text)

    def tells(self, name: str = "", message: str = "") -> None:
        """Leave a name to be shown, and a message."""
        self.page.get_by_text("Show my name, leave a message").click()
        self.page.get_by_label("Name to be shown").fill(name)
        self.page.get_by_label("Message").fill(message)

    def gives(self) -> None:
        """Press the form's button."""
        self.give_button.click()

    def pays(self, card: str = GOOD_CARD) -> None:
        """Pay on the payment page."""
        self.page.get_by_label("Card number").fill(card)
        self.pay_button.click()

    def cancels(self) -> None:
        """Leave the payment page without paying."""
        self.page.get_by_role("button", name="Cancel").click()

    def is_told(self, title: str) -> None:
        """See a page with this title; it may become so by itself."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title, timeout=30_000)

    def is_asked_to_pay(self, amount: str) -> None:
        """See the payment page ask for an amount."""
        expect(self.pay_button).to_have_text(f"Pay {amount}")
