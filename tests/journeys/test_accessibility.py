"""What axe finds on the pages that donors use, in light and dark: nothing."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import HALL, PHONE
from tests.support.axe import findings
from tests.support.donors import NOTHING_CHARGED, PROCESSING, THANKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.support.donors import Donor
    from tests.support.stripe_desk import StripeDesk

SCREENS = [
    "/screen/founding-conference",
    "/screen/founding-conference?view=tiles",
    "/screen/founding-conference?theme=night",
    "/screen/previous-conference",
    "/screen/rehearsal",
]
STANDING = [
    "/f/founding-conference",
    "/f/founding-conference/give",
    "/f/founding-conference/pledge",
    "/f/founding-conference/pledge/claim",
    "/f/previous-conference",
    "/f/rehearsal",
    "/nothing-here",
]
WORD_OF_PAYMENTS = "**/status*"


def looks_at_all_that_stand(page: Page, server: str) -> Iterator[str]:
    """Come to one page after the other, and say which it is."""
    for size, paths in ((HALL, SCREENS), (PHONE, STANDING)):
        page.set_viewport_size(size)
        for path in paths:
            page.goto(f"{server}{path}")
            yield path


def goes_every_way(donor: Donor, desk: StripeDesk) -> Iterator[str]:
    """Come to the pages that a donor's own doing leads to."""
    donor.opens_fund()
    donor.tells(name="a\u202eb")
    donor.types_amount("1.000")
    donor.gives()
    expect(donor.problem).to_be_focused()
    yield "a form with mistakes"

    desk.switch(drop=1)
    donor.opens_fund()
    donor.gives()
    donor.page.route(WORD_OF_PAYMENTS, lambda route: route.abort())
    donor.pays()
    donor.is_told(PROCESSING)
    yield "waiting for the bank"
    donor.page.unroute(WORD_OF_PAYMENTS)
    donor.is_told(THANKS)
    yield "thanks"

    donor.opens_fund()
    donor.gives()
    donor.cancels()
    donor.is_told(NOTHING_CHARGED)
    yield "nothing was charged"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_hinders_anybody(
    donor: Donor, desk: StripeDesk, scheme: Literal["light", "dark"]
) -> None:
    donor.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    pages = chain(looks_at_all_that_stand(donor.page, donor.server), goes_every_way(donor, desk))
    found = {where: findings(donor.page) for where in pages}
    assert {where: wrong for where, wrong in found.items() if wrong} == {}
