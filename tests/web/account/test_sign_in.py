from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import Busy, NotSignedIn
from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.staff import IDLE, NOTICED
from fundtracker.services.disable import disable
from fundtracker.services.grant_role import take_role
from fundtracker.store.database import Database
from fundtracker.store.staff import StaffSessionRow, grants_of
from fundtracker.web.access import rule_of
from fundtracker.web.identity import admit, still_in
from tests.support.doors import code_at, logged
from tests.web.account.door import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from tests.web.account.door import Door

TREASURER = Grant(Role.CENTRAL_TREASURER)
TELLER = Grant(Role.TELLER)


def test_whoever_signs_in_comes_to_the_page_that_they_wanted(door: Door) -> None:
    browser = door.browser()
    asked = browser.get("/account/own?a=b")
    assert asked.location == "/account/sign-in?next=/account/own?a%3Db"
    assert 'name="next" value="/account/own?a=b"' in browser.get(asked.location).text
    row = door.colleague(TELLER, totp_secret=None)
    answer = browser.sign_in(row, next="/account/own?a=b")
    assert (answer.status_code, answer.location) == (303, "/account/own?a=b")
    assert browser.get(answer.location).status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/\t/evil.example",
        "/a\\..\\b",
        "/ok\r\nX-Evil: 1",
        "javascript:alert(1)",
        "account/own",
        "/é",
        "/a b",
        "/" + "x" * 3000,
        "",
    ],
)
def test_nobody_is_sent_on_to_what_is_no_page_of_ours(door: Door, wanted: str) -> None:
    browser = door.browser()
    row = door.colleague(TELLER, totp_secret=None)
    assert browser.sign_in(row, next=wanted).location == "/account/"
    assert (
        'name="next"'
        not in door.browser().client.get("/account/sign-in", query_string={"next": wanted}).text
    )


def test_whoever_is_in_already_goes_on(door: Door) -> None:
    browser = door.browser()
    browser.sign_in(door.colleague(TELLER, totp_secret=None))
    assert browser.get("/account/sign-in?next=/account/own").location == "/account/own"


def test_a_wrong_password_keeps_the_address_that_was_typed_and_nothing_else(door: Door) -> None:
    row = door.colleague(TELLER)
    answer = door.browser().sign_in(row, "hens on a wrong roof", next="/account/own")
    assert answer.status_code == 422
    assert "do not belong together" in words(answer)
    assert f'value="{row.email}"' in answer.text
    assert 'value="/account/own"' in answer.text
    assert "hens" not in answer.text


def test_the_answers_to_those_who_exist_and_those_who_do_not_are_the_same(door: Door) -> None:
    known = door.colleague(TELLER).email
    pages: dict[str, list[tuple[int, str]]] = {known: [], "nobody@example.org": []}
    for email, answers in pages.items():
        for _ in range(11):
            answer = door.browser().post("/account/sign-in", email=email, password="wrong")
            answers.append((answer.status_code, words(answer)))
        asked = door.browser().post("/account/forgotten", email=email)
        answers.append((asked.status_code, words(asked)))
    assert pages[known] == pages["nobody@example.org"]
    assert [status for status, _ in pages[known]] == [422] * 10 + [429, 200]


def test_half_a_session_opens_no_page_but_those_of_the_second_factor(door: Door) -> None:
    for fields in ({}, {"totp_secret": None}):
        browser = door.browser()
        browser.sign_in(door.colleague(TREASURER, Grant(Role.ADMINISTRATOR), **fields))
        for rule in door.app.url_map.iter_rules():
            declared = rule.endpoint != "static" and rule_of(door.app.view_functions[rule.endpoint])
            if (
                not declared
                or not declared.complete
                or rule.arguments
                or "GET" not in (rule.methods or ())
            ):
                continue
            answer = browser.get(rule.rule)
            assert answer.status_code in {303, 401}, rule.rule
            if answer.status_code == 303:
                assert answer.location.startswith("/account/second-factor?next="), rule.rule
        assert "/treasury" not in browser.get("/account/second-factor").text


def test_a_cookie_that_somebody_planted_does_not_rise_with_who_signs_in(door: Door) -> None:
    browser = door.browser()
    with browser.client.session_transaction() as cookie:
        cookie["_user_id"] = "planted"
        cookie["csrf_token"] = "known to the thief"
    planted = browser.cookie()
    browser.sign_in(door.colleague(TELLER, totp_secret=None))
    with browser.client.session_transaction() as cookie:
        assert cookie["_user_id"] != "planted"
        assert "csrf_token" not in cookie
    thief = door.browser()
    thief.steal(planted)
    assert thief.get("/account/").status_code == 303


def test_the_cookie_of_half_a_session_is_worth_nothing_once_it_is_whole(door: Door) -> None:
    browser, thief = door.browser(), door.browser()
    browser.sign_in(door.colleague(TREASURER))
    thief.steal(browser.cookie())
    answer = browser.post(
        "/account/second-factor", code=code_at(door.clock.now), next="/account/own"
    )
    assert answer.location == "/account/own"
    assert browser.get("/account/own").status_code == 200
    assert thief.get("/account/second-factor").location.startswith("/account/sign-in")


def test_whoever_signs_in_as_another_leaves_their_own_session(door: Door) -> None:
    browser = door.browser()
    first, second = (door.colleague(TELLER, totp_secret=None) for _ in range(2))
    browser.sign_in(first)
    before = browser.cookie()
    browser.sign_in(second)
    assert second.name in words(browser.get("/account/"))
    browser.steal(before)
    assert browser.get("/account/").status_code == 303


def test_signing_out_is_a_post_and_ends_the_session_for_good(door: Door) -> None:
    browser = door.browser()
    browser.sign_in(door.colleague(TELLER, totp_secret=None))
    stolen = browser.cookie()
    assert browser.get("/account/sign-out").status_code == 405
    assert browser.get("/account/").status_code == 200
    assert browser.post("/account/sign-out").location == "/account/sign-in"
    browser.steal(stolen)
    assert browser.get("/account/").status_code == 303
    assert logged(door.parts) == [Action.SIGNED_IN, Action.SIGNED_OUT]
    assert door.browser().post("/account/sign-out").status_code == 303


def test_a_role_that_is_taken_away_and_a_person_who_is_let_in_no_more_are_out_at_once(
    door: Door,
) -> None:
    door.colleague(Grant(Role.ADMINISTRATOR))
    row = door.colleague(TELLER, Grant(Role.SCREEN_OPERATOR), totp_secret=None)
    browser = door.browser()
    browser.sign_in(row)
    session_id = only_session(door).id
    assert still_in(door.parts, session_id)
    with door.parts.database.reading() as session:
        from_me = [grant.id for grant in grants_of(session, row.id)]
    take_role(door.parts, row.token, from_me[0])
    assert browser.get("/account/").status_code == 303
    assert not still_in(door.parts, session_id)
    browser.sign_in(row)
    disable(door.parts, row.token)
    assert browser.get("/account/").status_code == 303


def only_session(door: Door) -> StaffSessionRow:
    with door.parts.database.reading() as session:
        [row] = session.query(StaffSessionRow)
        session.expunge(row)
        return row


def test_a_session_in_use_is_noticed_once_in_five_minutes(door: Door) -> None:
    browser = door.browser()
    browser.sign_in(door.colleague(TELLER, totp_secret=None))
    began = door.clock.now
    door.clock.now += NOTICED / 2
    browser.get("/account/")
    assert only_session(door).seen_at == began
    door.clock.now += NOTICED / 2
    browser.get("/account/")
    assert only_session(door).seen_at == door.clock.now
    for _ in range(3):
        door.clock.now += IDLE * 3 // 4
        assert browser.get("/account/").status_code == 200
    door.clock.now += IDLE
    assert browser.get("/account/").status_code == 303


def test_a_page_is_read_also_while_nobody_can_write(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = door.browser()
    browser.sign_in(door.colleague(TELLER, totp_secret=None))
    door.clock.now += NOTICED

    @contextmanager
    def busy(_self: Database) -> Iterator[Session]:
        raise Busy
        yield

    monkeypatch.setattr(Database, "unit_of_work", busy)
    assert browser.get("/account/").status_code == 200


def test_a_form_that_was_open_for_too_long_is_offered_again(door: Door) -> None:
    door.app.config["WTF_CSRF_ENABLED"] = True
    row = door.colleague(TELLER, totp_secret=None)
    stranger = door.browser()
    answer = stranger.sign_in(row)
    assert answer.status_code == 400
    assert "open for too long" in words(answer)
    assert "charged" not in words(answer)
    assert stranger.get("/account/").status_code == 303
    door.app.config["WTF_CSRF_ENABLED"] = False
    browser = door.browser()
    browser.sign_in(row)
    door.app.config["WTF_CSRF_ENABLED"] = True
    assert browser.post("/account/own/password").location == "/account/own"
    assert "open for too long" in words(browser.get("/account/own"))


def test_a_key_of_no_session_admits_nobody(door: Door) -> None:
    with door.app.test_request_context(), pytest.raises(NotSignedIn):
        admit("no such key")


def test_who_guesses_elsewhere_does_not_lock_out_the_own_browser(door: Door) -> None:
    row, other = door.colleague(TELLER), door.colleague(TELLER)
    own, foreign = door.browser(), door.browser()
    own.sign_in(row)
    for _ in range(10):
        foreign.sign_in(row, password="wrong")

    assert foreign.sign_in(row).status_code == 429
    assert own.sign_in(row).status_code == 303
    # Its number is worth nothing for anybody else.
    for _ in range(10):
        foreign.sign_in(other, password="wrong")
    assert own.sign_in(other).status_code == 429


def test_what_a_browser_is_known_by_is_out_of_reach_and_says_nothing(door: Door) -> None:
    row = door.colleague(TELLER)
    cookies = door.browser().sign_in(row).headers.getlist("Set-Cookie")
    (device,) = (each for each in cookies if each.startswith("device="))

    assert {"HttpOnly", "SameSite=Lax", "Path=/account/sign-in"} <= set(device.split("; "))
    assert row.email not in device
    assert row.token not in device
