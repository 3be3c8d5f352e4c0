"""The large number of a page, as people read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

# The digits are glyphs; scripts count them up.
_SPELLS = """wanted => [...document.querySelectorAll("[data-numeral] use")]
  .map((glyph) => glyph.getAttribute("href").replace("#n-", ""))
  .filter((name) => /^[0-9]$/.test(name)).join("") === wanted"""

_CENTS = 100


def shows(headline: int, *pages: Page) -> None:
    """Wait until pages show a number of cents, in whole units and rounded down."""
    for page in pages:
        page.wait_for_function(_SPELLS, arg=str(headline // _CENTS))
