from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.roles import Grant, Role
from tests.factories.rows import a_fund, a_section
from tests.support.doors import PASSWORD, code_at
from tests.web.account.door import words

if TYPE_CHECKING:
    from tests.web.account.door import Door

TELLER = Grant(Role.TELLER)
CHOSEN = "nine owls under a bridge"


def test_the_first_page_says_what_somebody_may_do_and_where(door: Door) -> None:
    with door.parts.database.unit_of_work() as session:
        fund = a_fund(session, slug="conference", name="Conference")
        draft = a_fund(session, slug="draft", name="Secret plan", status="draft")
        section = a_section(session, "SE", "SEK")
        grants = (
            Grant(Role.SECTION_TREASURER, fund.id, section, sees_names=True),
            Grant(Role.SECTION_TREASURER, None, section, sees_emails=True),
            Grant(Role.TELLER, draft.id),
            Grant(Role.AUDITOR),
        )
    browser = door.browser()
    row = door.colleague(*grants)
    browser.sign_in(row)
    browser.post("/account/second-factor", code=code_at(door.clock.now))
    page = browser.get("/account/")
    said = words(page)
    assert "Section treasurer The section SE in Conference sees the names of anonymous" in said
    assert "Section treasurer The section SE in every fund sees e-mail addresses" in said
    assert "Teller Secret plan" in said
    assert "Auditor every fund and section" in said
    assert 'href="/screen/conference"' in page.text
    assert "/screen/draft" not in page.text
    assert 'href="/treasury/"' in page.text


def test_whoever_has_no_role_is_told_so(door: Door) -> None:
    browser = door.browser()
    browser.sign_in(door.colleague(totp_secret=None))
    assert "You have no role here yet" in words(browser.get("/account/"))


def test_sessions_are_listed_and_ended_elsewhere(door: Door) -> None:
    row = door.colleague(TELLER, totp_secret=None)
    here, there = door.browser(), door.browser()
    here.sign_in(row)
    assert "Sign out everywhere else" not in here.get("/account/own").text
    there.sign_in(row)
    page = here.get("/account/own")
    assert page.text.count("this browser") == 1
    assert "Sign out everywhere else" in page.text
    assert here.post("/account/own/sign-out-elsewhere").location == "/account/own"
    assert there.get("/account/").status_code == 303
    assert "You are signed out everywhere else." in words(here.get("/account/own"))


def test_the_password_is_changed_by_who_knows_it(door: Door) -> None:
    row = door.colleague(TELLER, totp_secret=None)
    here, there = door.browser(), door.browser()
    here.sign_in(row)
    there.sign_in(row)
    assert here.get("/account/own/password").status_code == 200
    wrong = here.post("/account/own/password", current="a guess", password=CHOSEN)
    assert (wrong.status_code, "not your password" in words(wrong)) == (422, True)
    weak = here.post("/account/own/password", current=PASSWORD, password="hen")
    assert (weak.status_code, "at least 12" in words(weak)) == (422, True)
    done = here.post("/account/own/password", current=PASSWORD, password=CHOSEN)
    assert done.location == "/account/own"
    assert here.get("/account/own").status_code == 200
    assert there.get("/account/own").status_code == 303
    assert door.browser().sign_in(row).status_code == 422
    assert door.browser().sign_in(row, CHOSEN).status_code == 303
