from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.pages import SLUG

if TYPE_CHECKING:
    from tests.web.pages import Pages


@pytest.fixture
def session_id(pages: Pages) -> str:
    """Begin a gift of £50 for a section, up to its payment page."""
    pages.fund()
    location = pages.send(currency="GBP", section="GB", amount="50").answer.location
    return location.rpartition("/")[2]


def thanks(session_id: str) -> str:
    return f"/f/{SLUG}/thanks?session_id={session_id}"


def status(session_id: str) -> str:
    return f"/f/{SLUG}/thanks/status?session_id={session_id}"


@pytest.mark.parametrize(
    ("known", "state", "words"),
    [
        ("open", "processing", "Your gift is being processed."),
        ("processing", "processing", "Your gift is being processed."),
        ("succeeded", "thanks", "Thank you."),
        ("failed", "failed", "This payment did not go through."),
        ("expired", "expired", "This payment did not go through."),
        ("cancelled", "expired", "This payment did not go through."),
    ],
)
def test_the_page_says_what_is_known(
    pages: Pages,
    session_id: str,
    known: str,
    state: str,
    words: str,
) -> None:
    pages.settle(known)

    page = pages.get(thanks(session_id))

    assert page.status == 200
    assert words in page.html
    assert "£50.00" in page.html
    assert pages.client.get(status(session_id)).json == {"state": state}


def test_a_page_that_waits_asks_again_without_a_script(pages: Pages, session_id: str) -> None:
    assert 'http-equiv="refresh"' in pages.get(thanks(session_id)).html
    pages.settle("succeeded")
    assert 'http-equiv="refresh"' not in pages.get(thanks(session_id)).html


def test_thanks_may_be_told_to_others(pages: Pages, session_id: str) -> None:
    pages.settle("succeeded")

    assert f"http://127.0.0.1:8000/f/{SLUG}" in pages.get(thanks(session_id)).links


def test_coming_back_works_without_cookies(pages: Pages, session_id: str) -> None:
    pages.settle("succeeded")
    pages.client = pages.app.test_client()

    assert "Thank you." in pages.get(thanks(session_id)).html


def test_a_session_that_nobody_knows_is_not_called_failed(pages: Pages, session_id: str) -> None:
    assert session_id
    assert pages.get(thanks("cs_unknown")).status == 404
    answer = pages.client.get(status("cs_unknown"))
    assert (answer.status_code, answer.json) == (404, {"state": "unknown"})


def test_without_a_session_there_is_only_the_fund(pages: Pages, session_id: str) -> None:
    assert session_id
    assert pages.get(thanks("")).answer.location == f"/f/{SLUG}"


def test_cancelling_changes_nothing_and_keeps_what_was_chosen(
    pages: Pages,
    session_id: str,
) -> None:
    before = [(row.status, row.amount) for row in pages.donations()]

    page = pages.get(f"/f/{SLUG}/cancelled")

    assert session_id
    assert "Nothing was charged." in page.html
    assert f"/f/{SLUG}/give?amount=50&currency=GBP&section=GB" in page.links
    assert [(row.status, row.amount) for row in pages.donations()] == before


def test_after_a_failure_the_form_comes_back_filled_in(pages: Pages, session_id: str) -> None:
    pages.settle("failed")

    page = pages.get(thanks(session_id))

    assert f"/f/{SLUG}/give?amount=50&currency=GBP&section=GB" in page.links


def test_what_was_chosen_is_forgotten_once_it_is_paid(pages: Pages, session_id: str) -> None:
    pages.settle("succeeded")
    pages.get(thanks(session_id))

    assert f"/f/{SLUG}/give" in pages.get(f"/f/{SLUG}/cancelled").links


def test_the_pages_of_an_unknown_fund_are_unknown(pages: Pages) -> None:
    for path in ("thanks?session_id=cs_1", "thanks/status?session_id=cs_1", "cancelled"):
        assert pages.get(f"/f/nothing/{path}").status == 404
