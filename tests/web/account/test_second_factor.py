from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.attempts import MOST_CODES
from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.staff import FRESH
from fundtracker.services.passkey_ceremony import PATIENCE
from fundtracker.store.staff import PasskeyRow, StaffRow
from tests.support.doors import PASSWORD, Device, code_at
from tests.support.office import opened
from tests.web.account.door import HOST, words

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.account.door import Browser, Door


TREASURER = Grant(Role.CENTRAL_TREASURER)
TELLER = Grant(Role.TELLER)


@pytest.fixture
def proved(door: Door) -> Browser:
    """A browser at which a treasurer with an app has shown everything."""
    browser = door.browser()
    browser.sign_in(door.colleague(TREASURER))
    browser.post("/account/second-factor", code=code_at(door.clock.now))
    door.clock.advance(60)
    return browser


@pytest.fixture
def newcomer(door: Door) -> Browser:
    """A browser at which a treasurer without a second factor has typed the password."""
    browser = door.browser()
    browser.sign_in(door.colleague(TREASURER, totp_secret=None))
    return browser


def secret_on(browser: Browser) -> str:
    page = browser.get("/account/authenticator")
    assert page.status_code == 200
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', page.text)
    assert found is not None
    return found[1].replace(" ", "")


def made(browser: Browser, device: Device, **typed: str) -> str:
    """Let a device make a passkey as the page's script does, and return where that leads."""
    answer = device.make(browser.get("/account/passkeys/order").text)
    return browser.post("/account/passkeys/new", passkey=answer, **typed).location


def test_a_treasurer_without_second_factor_is_led_to_set_one_up(
    door: Door, newcomer: Browser
) -> None:
    asked = newcomer.get("/account/own")
    page = newcomer.get(asked.location)
    assert "Set up a second factor" in words(page)
    assert "/account/authenticator?next=/account/own" in page.text
    code = code_at(door.clock.now, secret_on(newcomer))
    answer = newcomer.post("/account/authenticator", code=code, next="/account/own")
    assert answer.location == "/account/recovery-codes?next=/account/own"
    codes = newcomer.post("/account/recovery-codes", next="/account/own")
    assert len(re.findall(r"<code>\w{5}-\w{5}</code>", codes.text)) == 10
    assert 'href="/account/own"' in codes.text
    assert "10 codes are left" in words(newcomer.get("/account/own"))


def test_the_picture_holds_what_the_text_says_and_needs_no_style(newcomer: Browser) -> None:
    page = newcomer.get("/account/authenticator")
    assert "<svg" in page.text
    assert "style=" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert secret_on(newcomer) == secret_on(newcomer)


def test_a_wrong_first_code_changes_nothing(door: Door, newcomer: Browser) -> None:
    secret = secret_on(newcomer)
    answer = newcomer.post("/account/authenticator", code="12")
    assert answer.status_code == 422
    assert "six digits" in words(answer)
    assert secret_on(newcomer) == secret
    assert newcomer.get("/account/").status_code == 303


def test_a_teller_shows_the_password_to_add_a_first_factor(door: Door) -> None:
    browser = door.browser()
    browser.sign_in(door.colleague(TELLER, totp_secret=None))
    code = code_at(door.clock.now, secret_on(browser))
    refused = browser.post("/account/authenticator", code=code, password="a guess")
    assert (refused.status_code, "not your password" in words(refused)) == (422, True)
    assert browser.post("/account/authenticator", code=code, password=PASSWORD).status_code == 303


def test_what_cannot_be_undone_asks_for_the_second_factor_again(
    door: Door, proved: Browser
) -> None:
    assert proved.get("/account/authenticator/remove").status_code == 200
    door.clock.now += FRESH
    for address in (
        "/account/authenticator/remove",
        "/account/authenticator",
        "/account/passkeys/new",
        "/account/recovery-codes",
    ):
        assert proved.get(address).location == f"/account/second-factor?next={address}"
    page = proved.get("/account/second-factor?next=/account/recovery-codes")
    assert "once more" in words(page)
    answer = proved.post(
        "/account/second-factor", code=code_at(door.clock.now), next="/account/recovery-codes"
    )
    assert answer.location == "/account/recovery-codes"
    assert proved.get(answer.location).status_code == 200


def test_a_recovery_code_lets_in_who_lost_the_device(door: Door, proved: Browser) -> None:
    code = re.findall(r"<code>(.{11})</code>", proved.post("/account/recovery-codes").text)[0]
    assert "10 codes left" in words(proved.get("/account/recovery-codes"))
    proved.post("/account/sign-out")
    with door.parts.database.reading() as session:
        email = session.query(StaffRow).one().email
    proved.post("/account/sign-in", email=email, password=PASSWORD)
    wrong = proved.post("/account/second-factor", recovery="00000-00000")
    assert (wrong.status_code, "none of your recovery codes" in words(wrong)) == (422, True)
    assert proved.post("/account/second-factor", recovery=code).location == "/account/"
    assert "9 codes are left" in words(proved.get("/account/own"))


def test_five_wrong_codes_lead_back_to_the_door(door: Door) -> None:
    browser = door.browser()
    browser.sign_in(door.colleague(TREASURER))
    for _ in range(MOST_CODES - 1):
        assert browser.post("/account/second-factor", code="000000").status_code == 422
    answer = browser.post("/account/second-factor", code="000000")
    assert answer.status_code == 401
    assert "too many wrong codes" in words(answer)
    assert "Sign in" in words(answer)
    assert browser.get("/account/second-factor").status_code == 303


def test_the_app_of_a_treasurer_can_be_replaced_but_not_removed(
    door: Door, proved: Browser
) -> None:
    answer = proved.post("/account/authenticator/remove")
    assert answer.status_code == 422
    assert "Your role needs" in words(answer)
    page = proved.get("/account/authenticator")
    assert "takes the place" in words(page)
    proved.post("/account/recovery-codes")
    code = code_at(door.clock.now, secret_on(proved))
    assert proved.post("/account/authenticator", code=code).location == "/account/own"
    assert "It is added" in words(proved.get("/account/own"))


def test_a_teller_removes_the_app(door: Door) -> None:
    browser = door.browser()
    browser.sign_in(door.colleague(TELLER))
    browser.post("/account/second-factor", code=code_at(door.clock.now))
    assert browser.post("/account/authenticator/remove").location == "/account/own"
    page = words(browser.get("/account/own"))
    assert "It is removed" in page
    assert "You have none" in page


def test_a_passkey_is_made_signs_in_alone_and_is_removed(door: Door, newcomer: Browser) -> None:
    device = Device(f"http://{HOST}")
    assert "Add a passkey" in words(newcomer.get("/account/passkeys/new"))
    assert made(newcomer, device, label="My key", next="/account/own").startswith(
        "/account/recovery-codes"
    )
    assert "Passkey “My key” never used" in words(newcomer.get("/account/own"))
    stranger = door.browser()
    answer = device.sign(stranger.get("/account/passkeys/question").text)
    into = stranger.post("/account/sign-in/passkey", passkey=answer, next="/account/own")
    assert into.location == "/account/own"
    assert "last used" in words(stranger.get("/account/own"))
    again = stranger.post("/account/sign-in/passkey", passkey=answer)
    assert (again.status_code, "not accepted" in words(again)) == (422, True)
    with door.parts.database.reading() as session:
        number = session.query(PasskeyRow).one().id
    removed = f"/account/passkeys/{number}/remove"
    assert stranger.get(removed).status_code == 200
    assert stranger.post(removed).status_code == 422
    code = code_at(door.clock.now, secret_on(stranger))
    stranger.post("/account/authenticator", code=code)
    assert stranger.post(removed).location == "/account/own"
    assert "Passkey" not in words(stranger.get("/account/own"))


def test_a_passkey_is_a_second_factor_too(door: Door) -> None:
    device, browser = Device(f"http://{HOST}"), door.browser()
    row = door.colleague(TREASURER, totp_secret=None)
    browser.sign_in(row)
    made(browser, device)
    browser.post("/account/sign-out")
    browser.sign_in(row)
    assert "Use a passkey" in words(browser.get("/account/second-factor"))
    answer = device.sign(browser.get("/account/passkeys/question").text)
    assert browser.post("/account/second-factor", passkey=answer).location == "/account/"
    assert browser.get("/account/").status_code == 200


def test_a_challenge_waits_for_minutes_only_and_for_one_answer(door: Door) -> None:
    device, browser = Device(f"http://{HOST}"), door.browser()
    browser.sign_in(door.colleague(TREASURER, totp_secret=None))
    made(browser, device)
    stranger = door.browser()
    answer = device.sign(stranger.get("/account/passkeys/question").text)
    door.clock.now += PATIENCE * 2
    for _ in range(2):
        late = stranger.post("/account/sign-in/passkey", passkey=answer)
        assert (late.status_code, "not accepted" in words(late)) == (422, True)


def test_a_bad_passkey_changes_nothing(newcomer: Browser) -> None:
    newcomer.get("/account/passkeys/order")
    answer = newcomer.post("/account/passkeys/new", passkey="{}", label="Mine")
    assert answer.status_code == 422
    assert "could not be added" in words(answer)
    assert 'value="Mine"' in answer.text


def test_at_an_address_without_a_name_there_are_no_passkeys(
    sqlite_url: str, tmp_path: Path
) -> None:
    with opened(sqlite_url, tmp_path) as office:
        browser = office.client()
        assert "passkey" not in browser.get("/account/sign-in").text
        assert browser.get("/account/passkeys/question").status_code == 404
