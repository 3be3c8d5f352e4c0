from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.references import spoken
from tests.web.giving.pledge.promises import FORM

if TYPE_CHECKING:
    from tests.web.giving.pledge.promises import Promises
    from tests.web.pages import Page

CLAIM = f"{FORM}/claim"


def claim(promises: Promises, number: str) -> Page:
    return promises.post(CLAIM, promises.get(CLAIM).fields | {"number": number})


def test_the_number_on_the_slip_leads_to_the_page(promises: Promises) -> None:
    row = promises.called()

    page = claim(promises, spoken(row.number).lower())

    assert (page.status, page.answer.location) == (303, f"/p/{promises.key(row)}")


def test_a_number_that_leads_nowhere_is_told_and_kept(promises: Promises) -> None:
    page = claim(promises, "AAAA AAAA")

    assert page.status == 422
    assert page.title == "Error: I promised in the hall – Founding conference"
    assert "No promise without a name has this number" in page.html
    assert page.fields["number"] == "AAAA AAAA"


def test_a_promise_with_a_name_is_answered_like_none(promises: Promises) -> None:
    promises.confirmed()

    named, none = claim(promises, promises.all()[0].number), claim(promises, "AAAAAAAA")

    assert named.html.replace(promises.all()[0].number, "AAAAAAAA") == none.html


def test_who_guesses_is_stopped(promises: Promises) -> None:
    for _ in range(20):
        claim(promises, "AAAAAAAA")

    page = claim(promises, promises.called().number)

    assert page.status == 429
    assert "too many tries" in page.html
