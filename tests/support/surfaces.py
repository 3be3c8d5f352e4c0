"""What live pages and the screen show, and whether they do so without being loaded again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

# The digits are glyphs; scripts count them up.
_SPELLS = """wanted => [...document.querySelectorAll("[data-numeral] use")]
  .map((glyph) => glyph.getAttribute("href").replace("#n-", ""))
  .filter((name) => /^[0-9]$/.test(name)).join("") === wanted"""

_CENTS = 100
# In milliseconds: to look at each frame makes a browser draw each.
_LOOK = 50


def shows(headline: int, *pages: Page) -> None:
    """Wait until pages show a number of cents, in whole units and rounded down."""
    for page in pages:
        page.wait_for_function(_SPELLS, arg=str(headline // _CENTS), polling=_LOOK)


def stay(*pages: Page) -> None:
    """Mark pages, so that one can tell later whether they were loaded again."""
    for page in pages:
        page.locator("html").evaluate("page => { page.dataset.stayed = 'yes'; }")


def have_stayed(*pages: Page) -> None:
    """See that pages are still those that were marked."""
    for page in pages:
        expect(page.locator("html")).to_have_attribute("data-stayed", "yes")
