"""A treasurer's promise: written down, paid by a transfer that was entered, and found again."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.journeys.test_treasury import COMPUTER, come_in_as
from tests.support.axe import findings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.support.servers import LiveServer
    from tests.support.visitors import Visitor


def test_a_promise_is_written_down_paid_by_a_transfer_and_found_again(
    page: Page, house: LiveServer, onlooker: Visitor, picture: Callable[..., Path]
) -> None:
    page.set_viewport_size(COMPUTER)
    come_in_as(page, house, "Central treasurer")
    before = onlooker.total()["headline"]
    day = datetime.now(UTC).date()

    page.goto(f"{house.url}/treasury/pledges/new?fund=founding-conference&section=DE")
    page.get_by_label("Amount").fill("300")
    page.get_by_label("Due by").fill((day + timedelta(days=30)).isoformat())
    page.get_by_label("In how many monthly parts").fill("3")
    assert findings(page) == []
    page.get_by_role("button", name=re.compile("^Write it down(?!,)")).click()
    expect(page.get_by_text("Written down: €300.00.")).to_be_visible()
    assert findings(page) == []
    picture("pledge", page)
    reference = page.locator("dt", has_text="Reference of a transfer").locator("+ dd").inner_text()
    assert onlooker.total()["headline"] == before + 30_000

    page.goto(f"{house.url}/treasury/enter?fund=founding-conference&section=DE&amount=120")
    page.get_by_label("Day on which it came").fill(day.isoformat())
    page.get_by_label("Where the money is").fill("Bank")
    page.get_by_label("Reference").fill(f"{reference} thanks")
    page.get_by_role("button", name="Enter it, and let it pay pledges").click()
    page.locator("input[name=pledge]").check()
    assert findings(page) == []
    page.get_by_role("button", name="Look at what it does").click()
    expect(page.get_by_text("The fund's number falls by €120.00")).to_be_visible()
    picture("pledge-allocate", page)
    page.get_by_role("button", name="Let it pay").click()
    expect(page.get_by_text("€120.00 of a pledge of €300.00")).to_be_visible()
    assert onlooker.total()["headline"] == before + 30_000

    page.goto(f"{house.url}/treasury/pledges")
    page.keyboard.press("/")
    page.keyboard.type(reference)
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(1)
    assert findings(page) == []
    picture("pledges", page)
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_text("A gift that was here already paid €120.00 of it.")).to_be_visible()
    page.goto(f"{house.url}/treasury/pledges/open?fund=founding-conference")
    assert findings(page) == []
    page.goto(f"{house.url}/treasury/pledges/matches")
    assert findings(page) == []
