"""What axe finds on the pages that people use: nothing serious."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.support.donors import NOTHING_CHARGED, PROCESSING, THANKS

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.support.donors import Donor
    from tests.support.stripe_desk import StripeDesk

SERIOUS = {"serious", "critical"}


def serious_findings(page: Page) -> list[str]:
    """Return what hinders people, with the elements that do."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{finding['id']}: {[node['html'] for node in finding['nodes']]}"
        for finding in found
        if finding["impact"] in SERIOUS
    ]


def at_the_form_with_mistakes(donor: Donor) -> None:
    donor.opens_fund()
    donor.tells(name="a\u202eb")
    donor.types_amount("1.000")
    donor.gives()
    expect(donor.problem).to_be_focused()


def at_the_thanks(donor: Donor) -> None:
    donor.opens_fund()
    donor.gives()
    donor.pays()
    donor.is_told(THANKS)


def at_nothing_charged(donor: Donor) -> None:
    donor.opens_fund()
    donor.gives()
    donor.cancels()
    donor.is_told(NOTHING_CHARGED)


def at(path: str) -> Callable[[Donor], None]:
    """Return a way to a page that is just there."""

    def opens(donor: Donor) -> None:
        donor.page.goto(f"{donor.server}{path}")

    opens.__name__ = path
    return opens


@pytest.mark.parametrize(
    "comes_to",
    [
        at("/f/founding-conference"),
        at("/f/founding-conference/give"),
        at("/f/founding-conference/pledge"),
        at("/f/founding-conference/pledge/claim"),
        at("/f/previous-conference"),
        at("/f/rehearsal"),
        at("/screen/founding-conference"),
        at("/screen/founding-conference?view=tiles"),
        at("/screen/founding-conference?theme=night"),
        at("/nothing-here"),
        at_the_form_with_mistakes,
        at_the_thanks,
        at_nothing_charged,
    ],
    ids=lambda comes_to: comes_to.__name__,
)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_hinders_nobody(
    donor: Donor, comes_to: Callable[[Donor], None], scheme: Literal["light", "dark"]
) -> None:
    donor.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    comes_to(donor)
    assert serious_findings(donor.page) == []


def test_waiting_for_the_bank_hinders_nobody(donor: Donor, desk: StripeDesk) -> None:
    desk.switch(drop=1)
    donor.opens_fund()
    donor.gives()
    donor.pays()
    donor.is_told(PROCESSING)
    assert serious_findings(donor.page) == []
