from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import expect

from tests.support.axe import findings

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from fundtracker.simulator.listener import Listener
    from tests.simulator.world import NewSession, Receiver


@pytest.fixture
def hosted(listener: Listener, new_session: NewSession, receiver: Receiver) -> Callable[[], str]:
    """Return a function that makes a page to pay, and gives its address."""

    def hosted() -> str:
        thanks = f"{receiver.url}?session_id={{CHECKOUT_SESSION_ID}}"
        session = new_session(success_url=thanks, cancel_url=f"{receiver.url}?cancelled")
        return f"{listener.address}/simulator/checkout/{session.id}"

    return hosted


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """Return what the browser complains about, its policy on content above all."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def test_a_donor_pays_with_the_keyboard_and_comes_back(
    page: Page,
    hosted: Callable[[], str],
    complaints: list[str],
) -> None:
    page.goto(hosted())
    page.keyboard.press("Tab")
    expect(page.get_by_label("Card number")).to_be_focused()

    page.keyboard.press("Enter")

    expect(page).to_have_title("Thanks")
    assert "?session_id=cs_test_" in page.url
    assert complaints == []


def test_a_donor_cancels_and_comes_back(
    page: Page,
    hosted: Callable[[], str],
    complaints: list[str],
) -> None:
    page.goto(hosted())

    page.get_by_role("button", name="Cancel").click()

    expect(page).to_have_title("Thanks")
    assert page.url.endswith("?cancelled")
    assert complaints == []


def test_a_declined_card_is_explained_and_the_next_one_pays(
    page: Page,
    hosted: Callable[[], str],
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(hosted())
    page.get_by_role("button", name="4000 0000 0000 9995").click()

    expect(page.get_by_role("alert")).to_contain_text("Your card has insufficient funds.")
    expect(page.get_by_label("Card number")).to_be_focused()

    page.get_by_role("button", name="4000 0025 0000 3155").click()
    page.get_by_role("button", name="Yes, confirm").click()
    expect(page).to_have_title("Thanks")


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (390, "dark"), (1280, "light")])
def test_every_page_can_be_read_and_used_by_everybody(
    scheme: Literal["light", "dark"],
    width: int,
    page: Page,
    hosted: Callable[[], str],
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})

    def check(what: str) -> None:
        assert findings(page) == [], what
        assert page.evaluate("document.documentElement.scrollWidth") <= width, what
        for target in page.locator("button, input:not([type=hidden]), .button").all():
            box = target.bounding_box()
            assert box is not None
            assert box["height"] >= 48, what

    address = hosted()
    page.goto(address)
    check("form")
    page.get_by_role("button", name="4000 0000 0000 0002").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check("declined")
    page.get_by_role("button", name="4000 0025 0000 3155").click()
    expect(page.get_by_role("button", name="Yes, confirm")).to_be_visible()
    check("3-D Secure")
    page.get_by_role("button", name="Yes, confirm").click()
    expect(page).to_have_title("Thanks")
    page.goto(address)
    check("paid")
    page.goto(f"{address.rpartition('/checkout/')[0]}/control")
    check("switches")
