"""The form on a phone, and by keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.web.pages import SLUG, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.web.pages import Pages


@pytest.fixture
def address(pages: Pages) -> Iterator[str]:
    pages.fund(rehearsal=True, milestones=[25_000_000])
    with serving(pages.app) as address:
        yield address


def test_the_way_to_give_is_on_a_phones_first_screen(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/f/{SLUG}")

    box = page.get_by_role("button", name="Give").bounding_box()

    assert box is not None
    assert box["y"] + box["height"] < 844
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


TOO_SMALL = """() => [...document.querySelectorAll(
    "main a, main button, main select, main summary, main input.entry",
)].map((element) => [element.getBoundingClientRect().height, element.textContent.trim()])
  .filter(([height]) => height && height < 44)"""


@pytest.mark.parametrize("path", ["give", "pledge", "pledge/asked", "pledge/claim"])
def test_all_that_is_pressed_is_as_high_as_a_thumb(page: Page, address: str, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/f/{SLUG}/{path}")

    assert page.evaluate(TOO_SMALL) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_is_asked_side_by_side_stands_side_by_side(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{address}/f/{SLUG}/pledge")

    labels = [page.get_by_text(text).bounding_box() for text in ("By which day", "In how many")]

    first, second = (label["y"] for label in labels if label is not None)
    assert first == second


def test_the_form_is_given_with_the_keyboard_alone(page: Page, address: str) -> None:
    page.goto(f"{address}/f/{SLUG}/give")

    page.locator("input[name=amount]:checked").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Give €50.00")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("The")
    expect(page.get_by_label("Section")).not_to_have_value("")
    expect(page.get_by_label("Currency")).not_to_have_value("EUR")


def test_a_button_that_was_tapped_cannot_be_tapped_again(page: Page, address: str) -> None:
    page.goto(f"{address}/f/{SLUG}")
    # The payment page takes its time.
    page.evaluate("addEventListener('submit', (event) => event.preventDefault())")
    button = page.get_by_role("button", name="Give")

    button.click()

    expect(button).to_be_disabled()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(button).to_be_enabled()
