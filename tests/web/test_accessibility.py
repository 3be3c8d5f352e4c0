"""Every page of a donor's way, in light and dark, held to WCAG 2.2 AA by axe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import expect

from tests.web.pages import SLUG, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.web.pages import Pages

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def address(pages: Pages) -> Iterator[str]:
    pages.fund(rehearsal=True, milestones=[25_000_000])
    pages.fund(slug="paused", status="paused")
    with serving(pages.app) as address:
        yield address


def complaints(page: Page) -> list[tuple[str, str]]:
    """Return what axe finds wrong, each with the first element at fault."""
    page.evaluate(Path(AXE_FILE_PATH).read_text())
    found: dict[str, Any] = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", RULES)
    return [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nobody_is_kept_from_giving(page: Page, address: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": 390, "height": 844})

    for path in (f"/f/{SLUG}", f"/f/{SLUG}/cancelled", "/f/paused", "/nothing", "/screen/paused"):
        page.goto(address + path)
        assert complaints(page) == [], path

    page.goto(f"{address}/f/{SLUG}/give")
    page.get_by_text("Other", exact=True).click()
    page.get_by_label("Other amount in EUR").fill("abc")
    page.get_by_role("button", name="Give").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert complaints(page) == [], "a mistake"


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
