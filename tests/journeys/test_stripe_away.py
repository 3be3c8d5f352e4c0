"""The payment provider fails while a payment page is made: nothing is lost, nobody pays twice."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.donors import THANKS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.donors import Donor
    from tests.support.stripe_desk import StripeDesk
    from tests.support.visitors import Visitor

# The background calls as well: none of the calls of a minute gets through.
ALL = 1000


def chooses_everything(donor: Donor) -> None:
    """Fill in all that the form has."""
    donor.opens_fund()
    donor.is_of_section("Britain")
    donor.types_amount("23.45")
    donor.tells(name="Rosa", message="For all of us")


def finds_everything_kept(donor: Donor) -> None:
    """See the form as it was filled in."""
    expect(donor.section).to_have_value("GB")
    expect(donor.currency).to_have_value("GBP")
    expect(donor.own_amount).to_have_value("23.45")
    expect(donor.page.get_by_label("Name to be shown")).to_have_value("Rosa")
    expect(donor.page.get_by_label("Message")).to_have_value("For all of us")
    expect(donor.give_button).to_have_text("Give £23.45")


@pytest.mark.parametrize("failure", ["500", "429", "timeout", "lost"])
def test_a_gift_that_could_not_begin_is_begun_again_and_charged_once(
    donor: Donor,
    desk: StripeDesk,
    onlooker: Visitor,
    picture: Callable[..., Path],
    failure: str,
) -> None:
    pages, charged = len(desk.pages()), len(desk.charged())
    chooses_everything(donor)
    desk.switch(fail_next=failure, times=ALL, hold=0)
    with donor.page.expect_response("**/give", timeout=60_000) as answer:
        donor.gives()
    assert answer.value.status == HTTPStatus.SERVICE_UNAVAILABLE
    expect(donor.problem).to_be_focused()
    expect(donor.problem).to_contain_text("You have not been charged.")
    finds_everything_kept(donor)
    picture(f"stripe-{failure}-phone")

    # Only now: what was given to this server before is counted by the time Stripe was given up.
    before = onlooker.total()
    desk.behave()
    donor.gives()
    donor.pays()
    donor.is_told(THANKS)
    assert len(desk.pages()) == pages + 1
    assert len(desk.charged()) == charged + 1
    assert onlooker.total()["donations"] == before["donations"] + 1


def test_while_stripe_takes_its_time_the_button_is_pressed_once(
    donor: Donor, desk: StripeDesk
) -> None:
    pages = len(desk.pages())
    desk.switch(slow=1500)
    donor.opens_fund()
    # Asked before the answer comes, as an impatient person would see it.
    donor.page.evaluate("""() => {
      const button = document.querySelector("[data-give-button]");
      button.click();
      requestAnimationFrame(() => button.click());
      setTimeout(() => button.click(), 100);
      setTimeout(() => sessionStorage.setItem("disabled", button.disabled), 200);
    }""")
    expect(donor.pay_button).to_be_visible(timeout=30_000)
    desk.behave()
    donor.page.goto(f"{donor.server}/f/{donor.slug}")
    assert donor.page.evaluate("sessionStorage.getItem('disabled')") == "true"
    assert len(desk.pages()) == pages + 1
