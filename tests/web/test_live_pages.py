"""The live pages in a browser: what scripts draw is what the server draws, and nothing is lost."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from fundtracker.live.snapshots import Published
from tests.web.pages import SLUG, app_of_pages, serving
from tests.web.small_app import Fund, make_parts
from tests.web.snapshots import a_line, a_snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import BrowserContext, Page

    from fundtracker.web.published import Snapshot
    from tests.web.pages import Pages

SCREEN, PROGRESS = f"/screen/{SLUG}", f"/f/{SLUG}"
LONG_AGO = "2026-06-12T17:00:00Z"

LINES = [
    a_line(code="BR", name="Brazil", short_name="Brazil"),
    a_line(headline=0, permille=0, local={"target": 5_200_000, "headline": 0}),
    a_line(code="IT", currency="EUR", local=None, permille=999, headline=5_994_000),
    a_line(code="XX", target=None, permille=None, local=None, headline=12_300),
    a_line(code="", name="", short_name="", target=None, permille=None, local=None, headline=100),
]
STATES = {
    "zero": a_snapshot(0),
    "on the way": a_snapshot(),
    "first euro": a_snapshot(100),
    "almost": a_snapshot(39_958_850),
    "reached": a_snapshot(40_000_000),
    "beyond": a_snapshot(47_400_000, next_milestone=None),
    "far beyond": a_snapshot(161_000_000, next_milestone=None),
    "no promises": a_snapshot(counting_rule="received", headline=17_120_000, permille=428),
    "many sections": a_snapshot(sections=LINES),
    "no gifts": a_snapshot(recent=[]),
    "on hold": a_snapshot(mode="hold"),
}

DIGEST = """() => {
  const near = (x) => Math.round(parseFloat(x) * 100) / 100;
  const all = (query, read) => [...document.querySelectorAll(query)].map(read);
  const words = (element) => element.textContent.replace(/\\s+/g, " ").trim();
  const { view, ...state } = document.body.dataset;
  return {
    state,
    number: all("[data-numeral] use", (use) => [use.getAttribute("href"), use.getAttribute("x")]),
    box: all("[data-numeral]", (svg) => svg.getAttribute("viewBox")),
    ends: all("[data-end]", (part) => [part.dataset.end, near(part.getAttribute("x"))]),
    hidden: all(".bar-cap, .bar-hole, .bar-end, .bar-gap",
      (part) => [part.className.baseVal, part.getAttribute("visibility") === "hidden"]),
    told: all("[data-field]:not([data-field=time])",
      (field) => [field.dataset.field, words(field)]),
    rows: all("[data-key]", (row) => [row.dataset.key, "reached" in row.dataset, words(row)]),
    widths: all("[data-row]", (row) => near(row.getAttribute("width"))),
    tiles: all("[data-fill], [data-edge]", (part) => part.getAttribute("points")),
  };
}"""


class Following(Fund):
    """A fund that shows what the test tells it to."""

    slug = SLUG

    def __init__(self) -> None:
        super().__init__()
        self.snapshot = a_snapshot(0)

    def published(self, slug: str, version: int) -> Published:
        body = json.dumps({**self.snapshot, "version": version}).encode()
        return Published(slug, version, str(version), body)

    def show(self, snapshot: Snapshot, **changes: Any) -> None:  # noqa: ANN401 - any keys
        self.snapshot = {**snapshot, "as_of": LONG_AGO, **changes}  # type: ignore[typeddict-item]
        self.reach(self.version + 1)


@pytest.fixture
def fund() -> Following:
    return Following()


@pytest.fixture
def address(pages: Pages, fund: Following) -> Iterator[str]:
    """Serve the pages of the fund."""
    pages.fund()
    parts = make_parts(database=pages.database, clock=pages.clock, fund=fund)
    with serving(app_of_pages(parts, fund.snapshots)) as address:
        yield address


def expect_number(page: Page, number: str) -> None:
    for index, character in enumerate(number):
        glyph = page.locator("[data-numeral] use").nth(index)
        expect(glyph).to_have_attribute("href", f"#n-{'comma' if character == ',' else character}")


@pytest.fixture
def plain(new_context: Callable[..., BrowserContext]) -> Page:
    """A browser that runs no scripts, and shows what the server alone draws."""
    return new_context(java_script_enabled=False).new_page()


@pytest.mark.parametrize(("path", "until_asked"), [(SCREEN, 0), (PROGRESS, 6_000)])
def test_scripts_draw_every_state_as_the_server_draws_it(
    page: Page,
    plain: Page,
    address: str,
    fund: Following,
    path: str,
    until_asked: int,
) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.clock.install()
    fund.show(a_snapshot(12_345_600))
    page.goto(address + path)
    for name, state in STATES.items():
        fund.show(state)
        page.clock.run_for(until_asked)
        plain.goto(address + path)
        expected = plain.evaluate(DIGEST)

        page.locator(f'[data-version="{fund.version}"]').wait_for(state="attached")

        assert without_news(page.evaluate(DIGEST)) == without_news(expected), name


def without_news(digest: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is told once, to those who were there when it happened."""
    told = [told for told in digest["told"] if told[0] not in {"milestone", "reached"}]
    return digest | {"told": told}


def test_the_number_runs_to_the_newest_and_the_latest_wins(
    page: Page,
    address: str,
    fund: Following,
) -> None:
    page.goto(address + SCREEN)

    for received in (10_000_000, 20_000_000, 12_345_600):
        fund.show(a_snapshot(received))

    expect_number(page, "123,456")


def test_a_screen_without_a_stream_asks_for_the_total(
    page: Page,
    address: str,
    fund: Following,
) -> None:
    page.route("**/stream", lambda route: route.fulfill(status=503))
    page.goto(address + SCREEN)

    fund.show(a_snapshot(12_345_600))

    expect_number(page, "123,456")


def test_a_number_never_goes_back_to_an_older_version(
    page: Page,
    address: str,
    fund: Following,
) -> None:
    old = json.dumps({**a_snapshot(99_900), "version": 3})
    page.route("**/stream", lambda route: route.fulfill(status=503))
    page.route("**/total", lambda route: route.fulfill(body=old, content_type="application/json"))
    fund.show(a_snapshot(12_345_600))

    with page.expect_response("**/total"):
        page.goto(address + SCREEN)

    expect_number(page, "123,456")


@pytest.mark.parametrize("path", [SCREEN, PROGRESS])
def test_out_of_touch_the_last_good_number_says_when_it_was_good(
    page: Page,
    address: str,
    fund: Following,
    path: str,
) -> None:
    fund.show(a_snapshot(12_345_600))
    page.clock.install()
    page.route("**/api/**", lambda route: route.abort())
    page.goto(address + path)

    page.clock.run_for(16_000)

    time = page.locator('[data-field="time"]').first
    expect(time).to_have_text(re.compile(r"as of 20:0\d"))
    expect_number(page, "123,456")
    page.unroute("**/api/**")
    # A request that was cut off at the last moment may let the page wait for its next turn.
    with page.expect_response("**/api/**"):
        page.clock.run_for(90_000)
    expect(time).not_to_contain_text("as of")


def test_a_correction_is_told_for_half_a_minute(
    page: Page,
    address: str,
    fund: Following,
) -> None:
    fund.show(a_snapshot(12_345_600))
    page.clock.install()
    page.goto(address + SCREEN)
    fund.show(a_snapshot(12_300_000))

    time = page.locator('[data-field="time"]')
    expect(time).to_have_text(re.compile(r"corrected 20:0\d"))
    page.clock.run_for(31_000)
    expect(time).to_have_text(re.compile(r"^20:0\d"))


class TestTheTarget:
    """It is celebrated once, in a red field, and never again."""

    @pytest.fixture
    def screen(self, page: Page, address: str, fund: Following) -> Page:
        fund.show(a_snapshot(39_900_000))
        page.clock.install()
        page.goto(address + SCREEN)
        return page

    def cross(self, screen: Page, fund: Following, headline: int, **changes: Any) -> None:  # noqa: ANN401 - any keys
        fund.show(a_snapshot(headline), as_of="2026-06-12T18:00:00Z", **changes)
        screen.locator(f'[data-version="{fund.version}"]').wait_for(state="attached")

    def theme(self, screen: Page) -> str | None:
        return screen.locator("html").get_attribute("data-theme")

    def test_reaching_it_turns_the_screen_red_for_twelve_seconds(
        self,
        screen: Page,
        fund: Following,
    ) -> None:
        self.cross(screen, fund, 40_215_000)
        screen.clock.run_for(800)

        assert self.theme(screen) == "red"
        expect(screen.locator(".hall-status")).to_have_text("The target is reached.")
        assert screen.get_by_role("status").inner_text() == "The target is reached."
        screen.clock.run_for(14_000)
        assert self.theme(screen) == "paper"
        assert screen.locator(".hall-status").inner_text() == "100\xa0% · €97,850 to €500,000"

    def test_a_second_crossing_is_not_celebrated(self, screen: Page, fund: Following) -> None:
        self.cross(screen, fund, 40_215_000)
        screen.clock.run_for(15_000)
        self.cross(screen, fund, 39_900_000)
        self.cross(screen, fund, 40_300_000)
        screen.clock.run_for(800)

        assert self.theme(screen) == "paper"

    def test_what_is_still_being_checked_does_not_reach_it(
        self,
        screen: Page,
        fund: Following,
    ) -> None:
        sums = {"received": 39_900_000, "unconfirmed": 315_000}

        self.cross(screen, fund, 40_215_000, **sums)
        screen.clock.run_for(800)

        assert self.theme(screen) == "paper"

    def test_late_news_is_not_celebrated(self, screen: Page, fund: Following) -> None:
        fund.show(a_snapshot(40_215_000))
        screen.locator(f'[data-version="{fund.version}"]').wait_for(state="attached")
        screen.clock.run_for(800)

        assert self.theme(screen) == "paper"

    def test_a_muted_screen_says_it_in_words_alone(self, screen: Page, fund: Following) -> None:
        screen.keyboard.press("m")

        self.cross(screen, fund, 40_215_000)
        screen.clock.run_for(800)

        assert self.theme(screen) == "paper"
        assert screen.locator(".hall-status").inner_text() == "The target is reached."


def test_keys_blank_the_screen_hide_the_gifts_and_tell_what_they_do(
    page: Page,
    address: str,
) -> None:
    page.goto(address + SCREEN)
    hall, ticker = page.locator(".hall-status"), page.locator("[data-ticker]")

    page.keyboard.press("b")
    assert not hall.is_visible()
    page.keyboard.press("B")
    assert hall.is_visible()
    page.keyboard.press("t")
    assert not ticker.is_visible()
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()


def test_more_sections_than_fit_turn_in_pages(page: Page, address: str, fund: Following) -> None:
    codes = [f"S{number:02}" for number in range(14)]
    lines = [a_line(code=code, name=code, short_name=code) for code in codes]
    fund.show(a_snapshot(12_345_600, sections=lines))
    page.clock.install()
    page.goto(address + SCREEN)
    side = page.locator("[data-side] .league-name")

    expect(side).to_have_text(codes[:6])
    page.clock.run_for(10_000)
    expect(side).to_have_text(codes[6:12])

    lines[0] = a_line(code="S00", name="S00", short_name="S00", headline=6_400_000)
    fund.show(a_snapshot(12_345_700, sections=lines))
    expect(side).to_have_text([codes[0], *codes[6:11]])
