"""The figures in a real browser: drawn, saved, read aloud and printed, in light and dark."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from fundtracker.domain.roles import Grant, Role
from fundtracker.store import days
from fundtracker.store.days import DayKey, Sum
from tests.factories.rows import a_fund, a_section
from tests.support.axe import WCAG, findings
from tests.support.complaints import Complaints
from tests.support.office import opened
from tests.web.pages import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

COLUMN = "[data-plate=day] .bars path"


@pytest.fixture
def address(sqlite_url: str, tmp_path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Serve the app over a fund with some days; with the cookie of a central treasurer."""
    with opened(sqlite_url, tmp_path) as office:
        with office.database.unit_of_work() as session:
            fund = a_fund(session, slug="conference", milestones=[10_000_000])
            britain = a_section(session, "GB", "GBP")
            days.add(
                session,
                {
                    DayKey(fund.id, britain, day, day, "online", "card"): Sum(100_000 * number, 1)
                    for number, day in enumerate([date(2026, 6, 10), date(2026, 6, 12)], start=1)
                },
            )
        client = office.sign_in(Grant(Role.CENTRAL_TREASURER))
        cookie = client.get_cookie("session")
        assert cookie is not None
        with serving(office.app) as url:
            yield url, {"name": "session", "value": cookie.value, "url": url}


@pytest.fixture
def opens(browser: Browser, address: tuple[str, dict[str, str]]) -> Iterator[Callable[..., Page]]:
    """Open a page as the treasurer; whatever the browser complains about fails the test."""
    url, cookie = address
    complaints = Complaints()
    contexts = []

    def page_at(path: str = "/treasury/figures", **options: Any) -> Page:  # noqa: ANN401
        context = browser.new_context(**options)
        context.add_cookies([cookie])  # type: ignore[list-item] # a cookie is a typed dictionary
        complaints.listen(context)
        contexts.append(context)
        page = context.new_page()
        page.goto(url + path)
        return page

    yield page_at
    for context in contexts:
        context.close()
    assert complaints.heard == []


def colour(page: Page) -> str:
    found: str = page.locator(COLUMN).first.evaluate("each => getComputedStyle(each).fill")
    return found


def test_figures_are_drawn_above_closed_tables_and_no_policy_is_broken(
    opens: Callable[..., Page],
) -> None:
    page = opens()

    expect(page.locator(COLUMN)).to_have_count(2)
    expect(page.locator("[data-drawing] .main-svg").first).to_be_visible()
    expect(page.get_by_text("Target €400,000").first).to_be_visible()
    table = page.locator("[data-plate=day] table")
    expect(table).to_be_hidden()
    page.locator("[data-plate=day] summary").press("Enter")
    expect(table).to_be_visible()


def test_a_figure_is_saved_as_a_picture(opens: Callable[..., Page]) -> None:
    page = opens()

    with page.expect_download() as download:
        page.locator("[data-plate=course]").get_by_role("button").click()

    assert download.value.suggested_filename == "course.png"
    assert download.value.path().read_bytes().startswith(b"\x89PNG")


def test_colours_follow_light_and_dark(opens: Callable[..., Page]) -> None:
    page = opens(color_scheme="light")
    expect(page.locator(COLUMN)).to_have_count(2)
    assert colour(page) == "rgb(196, 22, 28)"

    page.emulate_media(color_scheme="dark")

    expect(page.locator(COLUMN).first).to_have_css("fill", "rgb(229, 38, 31)")


def test_without_script_the_tables_are_open(opens: Callable[..., Page]) -> None:
    page = opens(java_script_enabled=False)

    for name in ("course", "day", "section", "method"):
        expect(page.locator(f"[data-plate={name}] table")).to_be_visible()
    expect(page.get_by_role("button", name="Picture as PNG")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_treasury_hinders_nobody(opens: Callable[..., Page], scheme: str) -> None:
    phone = {"width": 390, "height": 844}
    for path in ("/treasury/", "/treasury/figures"):
        page = opens(path, viewport=phone, color_scheme=scheme)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert findings(page, WCAG) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= phone["width"]
