"""What people mistype is said clearly, kept as it was typed, and never paid."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

import requests
from playwright.sync_api import expect

from tests.support.donors import THANKS, Donor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Response

    from tests.support.servers import LiveServer
    from tests.support.stripe_desk import StripeDesk
    from tests.support.visitors import Visitor

HUGE = 100_000_000

AMOUNTS = {
    "": "Enter an amount",
    "0": "more than zero",
    "-5": "more than zero",
    "0.10": "The smallest gift that we can take is €0.50",
    "9999999": "The largest gift that we can take here is €25,000.00",
    "1e9": "Enter an amount in digits",
    "NaN": "Enter an amount in digits",
    "１２": "Enter the amount with the digits 0 to 9",
    "1.000": "Is that €1.00 or €1,000.00?",
    "123456789012": "The largest gift",
    "ten": "Enter an amount in digits",
}
WRITTEN = {"25,00": "EUR 25.00", "1 234,50": "EUR 1,234.50", "€ 7": "EUR 7.00"}
TEXTS = {
    "a" * 10_000: "This is too long: at most 80 characters, and it has 10000.",
    "Ro\u202esa": "There is a hidden character",
    "Ro\u0007sa": "There is a hidden character",
}
LITERAL = [
    "<script>alert(1)</script>",
    "Robert'); DROP TABLE donation;--",
    "{{ 7 * 7 }}",
    "🌹 Роза",
]


def send(donor: Donor) -> Response:
    """Press the button and return how the server answered."""
    with donor.page.expect_response(re.compile("/give$")) as answer:
        donor.gives()
    return answer.value


def is_told_what_is_wrong(donor: Donor, sentence: str) -> None:
    """See the form again, with the summary on top and in focus."""
    expect(donor.problem).to_be_focused()
    expect(donor.problem).to_contain_text("There is a problem")
    expect(donor.problem).to_contain_text(sentence)
    expect(donor.page).to_have_title(re.compile("^Error: "))


def comes_anew(donor: Donor) -> None:
    """Open the fund as somebody else, who has not tried ten times within a minute."""
    donor.page.context.clear_cookies()
    donor.opens_fund()


def test_an_amount_that_cannot_be_given_is_kept_and_explained(
    donor: Donor, desk: StripeDesk
) -> None:
    pages = len(desk.pages())
    for typed, sentence in AMOUNTS.items():
        comes_anew(donor)
        donor.types_amount(typed)
        assert send(donor).status == HTTPStatus.UNPROCESSABLE_ENTITY, typed
        is_told_what_is_wrong(donor, sentence)
        expect(donor.own_amount).to_have_value(typed)
        expect(donor.own_amount).to_have_attribute("aria-invalid", "true")
    assert len(desk.pages()) == pages


def test_yen_have_no_decimals(donor: Donor) -> None:
    donor.opens_fund()
    donor.is_of_section("日本")
    donor.types_amount("10.5")
    assert send(donor).status == HTTPStatus.UNPROCESSABLE_ENTITY
    is_told_what_is_wrong(donor, "JPY amounts have no decimals")
    expect(donor.own_amount).to_have_value("10.5")
    expect(donor.currency).to_have_value("JPY")


def test_a_mistake_leads_to_its_field_and_is_put_right(
    donor: Donor, picture: Callable[..., Path]
) -> None:
    donor.opens_fund()
    donor.types_amount("1.000")
    donor.gives()
    is_told_what_is_wrong(donor, "Is that €1.00 or €1,000.00?")
    picture("mistake-phone")
    donor.problem.get_by_role("link").click()
    expect(donor.own_amount).to_be_focused()
    donor.own_amount.fill("1000")
    donor.gives()
    donor.is_asked_to_pay("EUR 1,000.00")


def test_an_amount_is_understood_as_people_write_it(donor: Donor) -> None:
    for typed, shown in WRITTEN.items():
        donor.opens_fund()
        donor.types_amount(typed)
        donor.gives()
        donor.is_asked_to_pay(shown)


def test_a_name_that_could_deceive_is_kept_and_explained(donor: Donor) -> None:
    for name, sentence in TEXTS.items():
        donor.opens_fund()
        donor.tells()
        field = donor.page.get_by_label("Name to be shown")
        field.evaluate(
            "(input, name) => { input.removeAttribute('maxlength'); input.value = name; }", name
        )
        assert send(donor).status == HTTPStatus.UNPROCESSABLE_ENTITY, name
        is_told_what_is_wrong(donor, sentence)
        expect(field).to_be_visible()
        expect(field).to_have_value(name)


def test_a_null_byte_is_refused(onlooker: Visitor) -> None:
    answer = onlooker.give(onlooker.open_form(amount="25", public_name="Ro\0sa"))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "There is a hidden character" in answer.text


def test_markup_and_any_script_are_nothing_but_text(donor: Donor) -> None:
    for name in LITERAL:
        donor.opens_fund()
        donor.tells(name=name, message=name)
        donor.types_amount("0")
        donor.gives()
        is_told_what_is_wrong(donor, "more than zero")
        expect(donor.page.get_by_label("Name to be shown")).to_have_value(name)
        expect(donor.page.get_by_label("Message")).to_have_value(name)
        donor.own_amount.fill("25")
        donor.gives()
        donor.pays()
        donor.is_told(THANKS)


def test_a_form_without_its_token_is_offered_again_as_it_was_typed(
    donor: Donor, picture: Callable[..., Path]
) -> None:
    donor.opens_fund()
    donor.types_amount("31")
    donor.page.locator("[name=csrf_token]").evaluate("field => field.remove()")
    assert send(donor).status == HTTPStatus.BAD_REQUEST
    is_told_what_is_wrong(donor, "You have not been charged")
    expect(donor.own_amount).to_have_value("31")
    picture("stale-form-phone")
    donor.gives()
    donor.is_asked_to_pay("EUR 31.00")


def test_a_hundred_megabytes_are_refused_before_they_are_read(house: LiveServer) -> None:
    address = f"{house.url}/f/founding-conference/give"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = requests.post(address, data=b"amount=" + b"9" * HUGE, headers=kind, timeout=60)
    assert answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "larger than anything that we ask for" in answer.text
