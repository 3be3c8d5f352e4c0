from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.roles import Grant, Role
from fundtracker.services.links import LIFETIMES, LinkKind
from tests.support.doors import code_at
from tests.web.account.door import words

if TYPE_CHECKING:
    from tests.web.account.door import Door

TREASURER = Grant(Role.CENTRAL_TREASURER)
CHOSEN = "nine owls under a bridge"


def test_whoever_was_invited_chooses_a_password_and_sets_up_a_second_factor(door: Door) -> None:
    row = door.colleague(TREASURER, password=None, totp_secret=None)
    address, browser = door.link(row, LinkKind.INVITATION), door.browser()
    page = browser.get(address)
    assert f"Welcome, {row.name}" in words(page)
    assert row.email in page.text
    refused = browser.post(address, password="short")
    assert (refused.status_code, "at least 12" in words(refused)) == (422, True)
    assert browser.post(address, password=CHOSEN).location == "/account/"
    asked = browser.get("/account/")
    assert asked.location == "/account/second-factor?next=/account/"
    assert browser.get(address).status_code == 404


def test_a_new_password_is_tried_out_with_the_second_factor(door: Door) -> None:
    row = door.colleague(TREASURER)
    elsewhere = door.browser()
    elsewhere.sign_in(row)
    elsewhere.post("/account/second-factor", code=code_at(door.clock.now))
    assert elsewhere.get("/account/").status_code == 200
    address, browser = door.link(row, LinkKind.RESET), door.browser()
    assert "Your second factor stays" in words(browser.get(address))
    refused = browser.post(address, password="password1234")
    assert (refused.status_code, "first passwords" in words(refused)) == (422, True)
    answer = browser.post(address, password=CHOSEN)
    assert answer.location == "/account/sign-in"
    assert "Your password is changed" in words(browser.get(answer.location))
    assert elsewhere.get("/account/").status_code == 303
    browser.sign_in(row, CHOSEN)
    assert "Show that it is you" in words(browser.get("/account/second-factor"))


@pytest.mark.parametrize("page", ["welcome", "reset"])
def test_a_link_that_opens_nothing_says_so_whatever_is_wrong_with_it(door: Door, page: str) -> None:
    kind = LinkKind.INVITATION if page == "welcome" else LinkKind.RESET
    row = door.colleague(TREASURER)
    address = door.link(row, kind)
    forged = door.browser().get(f"/account/{page}/" + "x" * 43)
    door.clock.now += LIFETIMES[kind]
    late = door.browser().get(address)
    assert (forged.status_code, late.status_code) == (404, 404)
    assert words(forged) == words(late)
    assert "does not work any more" in words(late)
    assert door.browser().post(address, password=CHOSEN).status_code == 404


def test_looking_at_a_link_does_not_use_it_up(door: Door) -> None:
    address = door.link(door.colleague(TREASURER), LinkKind.RESET)
    for _ in range(3):
        assert door.browser().get(address).status_code == 200
    assert door.browser().client.head(address).status_code == 200
    assert door.browser().post(address, password=CHOSEN).status_code == 303


def test_asking_for_a_link_is_answered_in_one_way(door: Door) -> None:
    browser = door.browser()
    assert "We send you a link" in words(browser.get("/account/forgotten"))
    assert "If somebody here has this address" in words(
        browser.post("/account/forgotten", email="nobody@example.org")
    )
