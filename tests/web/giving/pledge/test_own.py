from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.pledge_terms import PledgeTerms
from fundtracker.domain.references import reference, spoken
from fundtracker.store import funds, pledge_terms
from tests.factories.rows import a_donation
from tests.services.promising import contact, mails
from tests.web.pages import SLUG

if TYPE_CHECKING:
    from tests.web.giving.pledge.promises import Promises

IBAN = "DE89370400440532013000"


def set_terms(promises: Promises, terms: PledgeTerms) -> None:
    with promises.parts.database.unit_of_work() as session:
        pledge_terms.save(session, funds.by_slug(session, SLUG).id, terms)


def set_status(promises: Promises, status: str) -> None:
    with promises.parts.database.unit_of_work() as session:
        funds.locked(session, SLUG).status = status


# ---- the link in the mail -----------------------------------------------------------------------


def test_the_link_asks_once_more_for_programs_press_links_too(promises: Promises) -> None:
    promises.promise(parts="2")

    page = promises.get(promises.link())

    assert "Do you promise this?" in page.html
    assert "£50.00" in page.html
    assert page.html.count("£25.00") == 2
    assert not promises.all()[0].counted


def test_saying_yes_leads_to_the_page_of_the_promise(promises: Promises) -> None:
    path = promises.confirmed()

    assert path == f"/p/{promises.key(promises.all()[0])}"
    assert promises.all()[0].counted


def test_a_link_that_nobody_sent_opens_nothing(promises: Promises) -> None:
    assert promises.get("/p/answer/nothing").status == 404
    promises.promise()
    link = promises.link()
    token = promises.get(link).fields["csrf_token"]
    assert promises.post("/p/answer/nothing", {"csrf_token": token}).status == 404


# ---- the page -----------------------------------------------------------------------------------


def test_the_page_shows_what_is_promised_paid_and_open(promises: Promises) -> None:
    page = promises.get(promises.confirmed(parts="2"))

    (row,) = promises.all()
    assert page.status == 200
    assert page.title == "Your promise – Founding conference"
    for words in ("£50.00", "£0.00", "12 June 2026", "The section GB", "12 July 2026"):
        assert words in page.html
    assert spoken(row.number) in page.html
    assert reference(row.number) in page.html


def test_nobody_but_its_reader_may_keep_it(promises: Promises) -> None:
    path = promises.confirmed()
    promises.promise(attempt="another-form-of-today")

    for page in (promises.get(path), promises.get(f"{path}/stop"), promises.get(promises.link())):
        headers = page.answer.headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in headers["X-Robots-Tag"]
        assert 'content="noindex' in page.html


def test_no_name_and_no_address_stands_on_it(promises: Promises) -> None:
    page = promises.get(promises.confirmed())

    assert "canary" not in page.html.lower()
    assert "anna" not in page.html.lower()


def test_a_code_leads_to_the_page_itself(promises: Promises) -> None:
    html = promises.get(promises.confirmed()).html

    assert html.count("<svg") == 1
    assert 'class="qr"' in html


def test_what_is_nobodys_is_not_there(promises: Promises) -> None:
    promises.confirmed()

    assert promises.get("/p/nothing").status == 404
    assert promises.get("/p/nothing/stop").status == 404
    for what in ("pay", "date", "amount", "withdraw", "paid", "stop", "resume", "name"):
        token = promises.get(f"/f/{SLUG}/pledge").fields["csrf_token"]
        answer = promises.post(f"/p/nothing/{what}", {"csrf_token": token})
        assert answer.status == 404


def test_the_token_that_treasurers_see_opens_nothing(promises: Promises) -> None:
    path = promises.confirmed()
    (row,) = promises.all()

    for guess in (row.token, f"{row.token}.", f"{row.token}.{'0' * 32}", "ä.ö", f"{row.number}"):
        assert promises.get(f"/p/{guess}").status == 404
        assert promises.get(f"/p/{guess}/stop").status == 404
    token = promises.get(path).fields["csrf_token"]
    answer = promises.post(
        f"/p/{row.token}/withdraw", {"csrf_token": token, "version": str(row.version)}
    )
    assert answer.status == 404
    assert promises.all()[0].status == "open"


def test_a_form_without_its_token_changes_nothing(promises: Promises) -> None:
    path = promises.confirmed()

    assert promises.post(f"{path}/withdraw", {}).status == 400
    assert promises.all()[0].status == "open"


def test_what_a_treasurer_has_to_look_at_says_so(promises: Promises) -> None:
    set_terms(promises, PledgeTerms(0))

    page = promises.get(promises.confirmed())

    assert "A treasurer looks at this promise before it counts." in page.html
    assert "Pay by card" in page.html


def test_what_is_on_its_way_is_told(promises: Promises) -> None:
    path = promises.confirmed()
    with promises.parts.database.unit_of_work() as session:
        fund = funds.row_of(session, SLUG)
        a_donation(session, fund, pledge_id=promises.all()[0].id, status="processing")

    assert "A payment of £50.00 is on its way" in promises.get(path).html


# ---- by bank ------------------------------------------------------------------------------------


def test_without_an_account_nobody_is_told_to_transfer(promises: Promises) -> None:
    assert "Pay by bank transfer" not in promises.get(promises.confirmed()).html


def test_a_transfer_carries_the_reference_and_for_euros_a_code(promises: Promises) -> None:
    terms = PledgeTerms(40_000, holder="The movement", iban=IBAN, bic="COBADEFFXXX")
    set_terms(promises, terms)

    html = promises.get(promises.confirmed(currency="EUR", section="")).html

    for words in ("The movement", "DE89 3704 0044 0532 0130 00", "COBADEFFXXX"):
        assert words in html
    assert reference(promises.all()[0].number) in html
    assert html.count("<svg") == 2


def test_for_other_currencies_words_have_to_do(promises: Promises) -> None:
    set_terms(promises, PledgeTerms(40_000, holder="The movement", iban=IBAN, details="Ask <us>"))

    html = promises.get(promises.confirmed()).html

    assert "Ask &lt;us&gt;" in html
    assert html.count("<svg") == 1


# ---- what its owner changes ---------------------------------------------------------------------


def test_another_day_is_written_down(promises: Promises) -> None:
    path = promises.confirmed()

    page = promises.send(f"{path}/date", date="2026-09-01")

    assert (page.status, page.answer.location) == (303, path)
    after = promises.get(path)
    assert "The new day is written down." in after.html
    assert "1 September 2026" in after.html


def test_less_is_promised(promises: Promises) -> None:
    path = promises.confirmed()

    promises.send(f"{path}/amount", amount="20")

    assert promises.all()[0].amount == 2000
    assert "£20.00" in promises.get(path).html


def test_a_promise_is_withdrawn(promises: Promises) -> None:
    path = promises.confirmed()

    promises.send(f"{path}/withdraw")

    page = promises.get(path)
    assert "This promise is withdrawn or closed." in page.html
    assert "Pay by card" not in page.html
    assert promises.all()[0].status == "cancelled"


@pytest.mark.parametrize(
    ("what", "typed", "field", "sentence"),
    [
        ("date", {"date": ""}, "date", "Enter a day"),
        ("date", {"date": "2026-06-01"}, "date", "still to come"),
        ("amount", {"amount": "abc"}, "amount", "Enter an amount"),
        ("amount", {"amount": "50.01"}, "amount", "Choose an amount from"),
    ],
)
def test_a_mistake_is_told_and_kept(
    promises: Promises, what: str, typed: dict[str, str], field: str, sentence: str
) -> None:
    path = promises.confirmed()

    page = promises.send(f"{path}/{what}", **typed)

    assert page.status == 422
    assert page.title == "Error: Your promise – Founding conference"
    assert f"#{field}" in page.links
    assert field in page.ids
    assert sentence in page.html
    assert page.fields[field] == typed[field]
    assert (promises.all()[0].amount, str(promises.all()[0].due_on)) == (5000, "2026-07-12")


@pytest.mark.parametrize("version", ["0", "", "x", "９", "9" * 99])
def test_who_looks_at_another_version_changes_nothing(promises: Promises, version: str) -> None:
    path = promises.confirmed()

    page = promises.send(f"{path}/withdraw", version=version)

    assert page.status == 409
    assert "has changed this" in page.html
    assert promises.all()[0].status == "open"


def test_already_paid_is_heard(promises: Promises) -> None:
    path = promises.confirmed()

    promises.send(f"{path}/paid")

    page = promises.get(path)
    assert "The treasurer looks for your payment." in page.html
    assert "Already paid?" not in page.html
    assert contact(promises.parts).said_paid_at is not None


def test_mails_are_stopped_by_a_link_that_asks_and_wanted_again(promises: Promises) -> None:
    path = promises.confirmed()

    asked = promises.get(f"{path}/stop")
    assert "No more mails about this promise?" in asked.html
    assert contact(promises.parts).stopped_at is None

    promises.post(f"{path}/stop", asked.fields)
    assert "You get no mails about this promise." in promises.get(path).html

    promises.send(f"{path}/resume")
    assert contact(promises.parts).stopped_at is None


# ---- called out in the hall ---------------------------------------------------------------------


def test_who_holds_the_page_puts_a_name_on_it(promises: Promises) -> None:
    path = f"/p/{promises.key(promises.called())}"
    assert "Put your name on it" in promises.get(path).html

    page = promises.send(f"{path}/name", name="Anna Canary", email="anna@example.org")

    assert page.answer.location == path
    assert promises.all()[0].name == "Anna Canary"
    assert promises.all()[0].locale == "en"
    assert [mail.to for mail in mails(promises.parts)] == ["anna@example.org"]
    after = promises.get(path)
    assert "Put your name on it" not in after.html
    assert "once you have pressed the link in that mail" in after.html


def test_the_link_in_that_mail_asks_whether_it_is_theirs(promises: Promises) -> None:
    path = f"/p/{promises.key(promises.called())}"
    promises.send(f"{path}/name", name="Anna", email="anna@example.org")

    page = promises.get(promises.link())

    assert "Is this your promise?" in page.html
    assert promises.post(promises.link(), page.fields).answer.location == path


@pytest.mark.parametrize(
    ("typed", "field"), [({"name": ""}, "name"), ({"name": "Anna", "email": "anna"}, "email")]
)
def test_a_name_that_is_none_is_told(promises: Promises, typed: dict[str, str], field: str) -> None:
    path = f"/p/{promises.key(promises.called())}"

    page = promises.send(f"{path}/name", **typed)

    assert page.status == 422
    assert f"#{field}" in page.links


def test_an_address_that_is_named_too_often_is_told_to_wait(promises: Promises) -> None:
    typed = {"name": "Anna", "email": "anna@example.org"}
    paths = [f"/p/{promises.key(promises.called())}" for _ in range(6)]

    answers = [promises.send(f"{path}/name", **typed).status for path in paths]

    assert answers == [303] * 5 + [429]
