from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain import attempts
from fundtracker.domain.errors import UnknownSection
from fundtracker.web.giving.pledge import promise as views
from tests.services.promising import mails
from tests.web.giving.pledge.promises import FORM, TYPED
from tests.web.pages import SLUG

if TYPE_CHECKING:
    from tests.web.giving.pledge.promises import Promises


def test_the_form_asks_for_a_sum_a_day_and_an_address(promises: Promises) -> None:
    page = promises.get(FORM)

    assert page.status == 200
    assert page.title == "Promise to Founding conference"
    assert (page.fields["currency"], page.fields["parts"]) == ("EUR", "1")
    assert page.fields["due"] == "2026-07-12"
    assert {"amount", "email", "name", "section"} <= page.fields.keys()


def test_the_giving_page_leads_to_it_and_back(promises: Promises) -> None:
    assert FORM in promises.get(f"/f/{SLUG}/give").links
    assert {f"/f/{SLUG}/give", f"{FORM}/claim"} <= set(promises.get(FORM).links)


def test_an_address_may_fill_in_what_is_offered(promises: Promises) -> None:
    fields = promises.get(f"{FORM}?section=ch&amount=20").fields

    assert (fields["section"], fields["currency"], fields["amount"]) == ("CH", "CHF", "20")
    assert promises.get(f"{FORM}?currency=gbp").fields["currency"] == "GBP"
    assert promises.get(f"{FORM}?currency=USD&section=XX").fields["currency"] == "EUR"


def test_a_promise_is_written_down_and_its_address_asked(promises: Promises) -> None:
    page = promises.promise(parts="3", due="2026-07-31")

    (row,) = promises.all()
    assert page.status == 303
    assert page.answer.location == f"{FORM}/asked"
    assert (row.amount, row.currency, row.counted) == (5000, "GBP", False)
    assert str(row.due_on) == "2026-09-30"
    assert row.locale == "en"
    assert [mail.to for mail in mails(promises.parts)] == ["anna@example.org"]
    said = promises.get(page.answer.location)
    assert "Please look into your mailbox." in said.html
    assert "anna" not in said.html


def test_without_a_day_it_is_due_after_a_month(promises: Promises) -> None:
    promises.promise(due="", parts="")

    assert str(promises.all()[0].due_on) == "2026-07-12"


def test_what_is_said_is_the_same_whoever_has_promised_before(promises: Promises) -> None:
    first = promises.promise()
    promises.confirmed(email="berta@example.org")
    again = [promises.promise(email="berta@example.org") for _ in range(7)]

    assert {(page.status, page.html) for page in again} == {(first.status, first.html)}


def test_the_same_form_twice_is_one_promise(promises: Promises) -> None:
    form = promises.get(FORM).fields | TYPED

    first, second = promises.post(FORM, form), promises.post(FORM, form)

    assert first.answer.location == second.answer.location
    assert len(promises.all()) == 1


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"amount": ""}, "amount", "Enter an amount"),
        ({"amount": "1e9"}, "amount", "Enter an amount"),
        ({"amount": "1.000"}, "amount", "Is that"),
        ({"amount": "0.10"}, "amount", "smallest promise"),
        ({"amount": "3", "parts": "12"}, "amount", "In so many parts"),
        ({"amount": "99999"}, "amount", "largest promise"),
        ({"currency": "XXX"}, "currency", "Gifts in XXX are not possible"),
        ({"currency": "USD"}, "currency", "no exchange rate"),
        ({"section": "XX"}, "section", "This fund has no such section"),
        ({"parts": "13"}, "parts", "Choose one of the numbers"),
        ({"parts": "２"}, "parts", "Choose one of the numbers"),
        ({"due": "2026-06-12"}, "due", "still to come"),
        ({"due": "2036-06-12"}, "due", "twelve months"),
        ({"due": "soon"}, "due", "Enter a day"),
        ({"email": ""}, "email", "e-mail address"),
        ({"email": "anna"}, "email", "e-mail address"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "email", "e-mail address"),
        ({"name": "A\u202eB"}, "name", "hidden character"),
        ({"name": "x" * 10_000}, "name", "too long"),
    ],
)
def test_a_mistake_is_told_on_top_and_at_its_field(
    promises: Promises, typed: dict[str, str], field: str, sentence: str
) -> None:
    page = promises.promise(**typed)

    assert page.status == 422
    assert page.title == "Error: Promise to Founding conference"
    assert f"#{field}" in page.links
    assert field in page.ids
    assert page.html.count(sentence) == 2
    assert promises.all() == []
    assert mails(promises.parts) == []


def test_a_mistake_loses_nothing_that_was_typed(promises: Promises) -> None:
    form = promises.get(FORM).fields | TYPED | {"amount": "abc", "parts": "3"}

    page = promises.post(FORM, form)

    kept = ("amount", "currency", "section", "email", "name", "parts", "due", "attempt")
    assert {name: page.fields[name] for name in kept} == {name: form[name] for name in kept}


def test_what_only_the_service_knows_is_told_in_the_form(
    promises: Promises, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_asked: object) -> None:
        raise UnknownSection

    monkeypatch.setattr(views, "promise_online", refuse)

    page = promises.promise()

    assert page.status == 422
    assert "#section" in page.links


def test_a_form_without_a_good_number_gets_a_new_one(promises: Promises) -> None:
    page = promises.promise(attempt="<script>", amount="abc")

    assert re.fullmatch(r"[\w-]{22}", page.fields["attempt"])


@pytest.mark.parametrize("status", ["paused", "closed"])
def test_a_fund_that_takes_no_gifts_takes_no_promises(promises: Promises, status: str) -> None:
    form = promises.get(FORM).fields | TYPED
    promises.pages.fund(slug="other", status=status)

    assert promises.get("/f/other/pledge").status == 409
    page = promises.post("/f/other/pledge", form)
    assert page.status == 409
    assert f"This fund is {status}" in page.html
    assert promises.post("/f/other/pledge", form | {"amount": "abc"}).status == 409
    assert promises.all() == []


def test_of_a_draft_or_of_nothing_there_is_no_form(promises: Promises) -> None:
    promises.pages.fund(slug="draft", status="draft")

    for slug in ("draft", "nothing"):
        for path in ("", "/asked", "/claim"):
            assert promises.get(f"/f/{slug}/pledge{path}").status == 404


def test_a_form_whose_token_is_stale_is_offered_again_as_it_was_typed(promises: Promises) -> None:
    form = promises.get(FORM).fields | TYPED | {"csrf_token": "stale"}

    page = promises.post(FORM, form)

    assert page.status == 400
    assert "what you typed is still here" in page.html
    assert page.fields["email"] == "anna@example.org"
    assert page.fields["attempt"] != form["attempt"]
    assert promises.all() == []
    assert promises.post(FORM, page.fields).status == 303


def test_a_stale_form_for_nothing_finds_nothing(promises: Promises) -> None:
    assert promises.post("/f/nothing/pledge", TYPED).status == 404


def test_the_demo_says_where_its_mails_are(promises: Promises) -> None:
    assert "mails are files" in promises.get(f"{FORM}/asked").html


def test_promises_are_limited_as_gifts_are(promises: Promises) -> None:
    form = promises.get(FORM).fields | TYPED | {"amount": "abc"}

    answers = [promises.post(FORM, form).status for _ in range(12)]

    assert 429 in answers


def test_when_everybody_promises_at_once_it_is_said_and_nothing_is_lost(
    promises: Promises, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "MOST_MAILS", 0)

    page = promises.promise()

    assert page.status == 429
    assert "we cannot write to everybody" in page.html
    assert page.fields["email"] == "anna@example.org"
