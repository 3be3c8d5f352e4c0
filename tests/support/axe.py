"""What axe finds wrong with a page, as people with and without eyes, hands and hearing meet it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from axe_playwright_python.base import AXE_FILE_PATH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
EVERYTHING = (*WCAG, "best-practice")

_RUN = """async (rules) => {
  const { violations } = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}"""


def findings(page: Page, rules: Sequence[str] = EVERYTHING) -> list[str]:
    """Return what is wrong with what a page shows now, each with the elements at fault."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(_script())
    found: list[str] = page.evaluate(_RUN, list(rules))
    return found


@cache
def _script() -> str:
    return Path(AXE_FILE_PATH).read_text(encoding="utf-8")
