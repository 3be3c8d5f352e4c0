"""Funds that take nothing say so, and take nothing; drafts and unknown ones are not there."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.donors import Donor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.support.servers import LiveServer
    from tests.support.stripe_desk import StripeDesk
    from tests.support.visitors import Visitor

REFUSALS = {
    "previous-conference": "This fund is closed",
    "rehearsal": "This fund is paused",
}


@pytest.mark.parametrize(("slug", "sentence"), REFUSALS.items())
def test_a_fund_that_takes_nothing_says_so_and_still_shows_its_number(
    page: Page, house: LiveServer, picture: Callable[..., Path], slug: str, sentence: str
) -> None:
    donor = Donor(page, house.url, slug)
    donor.opens_fund()
    expect(page.get_by_role("heading", name=sentence)).to_be_visible()
    expect(donor.give_button).to_have_count(0)
    expect(page.locator("[data-numeral]")).to_be_visible()
    answer = page.goto(f"{house.url}/f/{slug}/give")
    assert answer is not None
    assert answer.status == HTTPStatus.CONFLICT
    expect(page.get_by_role("heading", level=1)).to_contain_text(sentence)
    picture(f"{slug}-refused-phone")


@pytest.mark.parametrize(("slug", "sentence"), REFUSALS.items())
def test_a_form_that_was_opened_before_is_refused_afterwards(
    house: LiveServer, desk: StripeDesk, onlooker: Visitor, slug: str, sentence: str
) -> None:
    pages = len(desk.pages())
    form = onlooker.open_form(amount="25")
    answer = onlooker.at(slug).give(form)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert sentence in answer.text
    assert len(desk.pages()) == pages


@pytest.mark.parametrize("slug", ["next-conference", "no-conference"])
@pytest.mark.parametrize("path", ["/f/{}", "/f/{}/give", "/screen/{}", "/api/v1/funds/{}/total"])
def test_a_draft_cannot_be_told_from_a_fund_that_never_was(
    onlooker: Visitor, slug: str, path: str
) -> None:
    answer = onlooker.look(path.format(slug))
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert slug not in answer.text


def test_the_screen_of_an_unknown_fund_says_so_in_its_own_look(
    hall: Page, house: LiveServer, picture: Callable[..., Path]
) -> None:
    hall.goto(f"{house.url}/screen/no-conference")
    expect(hall.get_by_text("There is no fund at this address.")).to_be_visible()
    picture("screen-unknown-hall", hall)


def test_a_rehearsal_says_so_on_the_page_and_on_the_screen(
    page: Page, hall: Page, house: LiveServer, picture: Callable[..., Path]
) -> None:
    page.goto(f"{house.url}/f/rehearsal")
    hall.goto(f"{house.url}/screen/rehearsal")
    for surface in (page, hall):
        expect(surface.locator(".rehearsal-band")).to_be_visible()
    expect(page.get_by_text("These gifts and promises are not real.")).to_be_visible()
    picture("screen-rehearsal-hall", hall)
