from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.errors import Busy, Invalid, UnknownSection
from fundtracker.store import sections
from fundtracker.store.sections import FundSectionRow
from fundtracker.web.giving import views
from tests.web.pages import SLUG

if TYPE_CHECKING:
    from tests.web.pages import Page, Pages

YESTERDAY = datetime(2026, 6, 11, tzinfo=UTC)
TOMORROW = datetime(2026, 6, 13, 9, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _a_fund(pages: Pages) -> None:
    pages.fund()


def labels(page: Page) -> list[str]:
    return re.findall(r'<label class="choice amount"[^>]*>([^<]+)', page.html)


# ---- the progress page --------------------------------------------------------------------------


def test_the_progress_page_shows_the_number_and_the_way_to_give(pages: Pages) -> None:
    page = pages.get(f"/f/{SLUG}")

    assert page.status == 200
    assert page.title == "Founding conference"
    assert "The target is €400,000. Be the first." in page.html
    assert labels(page) == ["€10", "€25", "€50", "€100", "€250"]
    assert page.fields["amount"] == "25"
    assert page.fields["frequency"] == "once"
    assert "Give €25.00" in page.html


def test_each_form_has_a_number_of_its_own(pages: Pages) -> None:
    assert len(pages.form()["attempt"]) >= 16
    assert pages.form()["attempt"] != pages.form()["attempt"]


def test_a_draft_is_unknown(pages: Pages) -> None:
    pages.fund(slug="draft", status="draft")

    assert pages.get("/f/draft").status == 404
    assert pages.get("/f/draft/give").status == 404
    assert pages.get("/f/nothing").status == 404


def test_amounts_follow_the_currency_that_the_address_names(pages: Pages) -> None:
    page = pages.get(f"/f/{SLUG}?currency=gbp")

    assert labels(page) == ["£10", "£20", "£50", "£100", "£200"]
    assert page.fields["currency"] == "GBP"


def test_a_section_in_the_address_brings_its_currency(pages: Pages) -> None:
    page = pages.get(f"/f/{SLUG}?section=CH&amount=37.50")

    assert (page.fields["section"], page.fields["currency"]) == ("CH", "CHF")
    assert (page.fields["amount"], page.fields["other"]) == ("other", "37.50")
    assert "Give CHF\xa037.50" in page.html


def test_what_the_address_cannot_have_is_left_aside(pages: Pages) -> None:
    page = pages.get(f"/f/{SLUG}?currency=USD&section=XX")

    assert (page.fields["currency"], page.fields["section"]) == ("EUR", "")


def test_a_section_whose_currency_has_no_rate_gives_in_the_funds(pages: Pages) -> None:
    pages.fund(slug="far", sections_in={"SE": "SEK"})

    page = pages.get("/f/far?section=SE")

    assert page.fields["currency"] == "EUR"
    assert 'value="SEK"' not in page.html


def test_a_hidden_section_is_neither_offered_nor_taken(pages: Pages) -> None:
    with pages.database.unit_of_work() as session:
        for row in session.query(FundSectionRow).filter(FundSectionRow.section_id != 0):
            row.visibility = "hidden"

    page = pages.get(f"/f/{SLUG}")

    assert "section" not in page.fields
    assert pages.send(section="GB").status == 422


def test_the_currency_of_a_hidden_section_is_as_unknown_as_any_other(pages: Pages) -> None:
    with pages.database.unit_of_work() as session:
        swiss = sections.by_code(session)["CH"]
        for row in session.query(FundSectionRow).filter_by(section_id=swiss.id):
            row.visibility = "hidden"

    assert pages.get(f"/f/{SLUG}?currency=CHF").fields["currency"] == "EUR"
    assert "no exchange rate" in pages.send(currency="CHF").html
    assert pages.donations() == []
    # Others that have a rate stay possible, whether a section has them or not.
    assert pages.send(currency="GBP").status == 303
    assert pages.send(currency="CLP", amount="other", other="20000").status == 303


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"status": "paused"}, "This fund is paused. Please come back a little later."),
        ({"status": "closed"}, "This fund is closed. Thank you to everybody who gave."),
        ({"closes_at": YESTERDAY}, "This fund is closed. Thank you to everybody who gave."),
        ({"opens_at": TOMORROW}, "This fund opens on 13 June at 11:30 (Europe/Zurich)."),
    ],
)
def test_a_fund_that_takes_no_gifts_is_shown_without_the_form(
    pages: Pages,
    fields: dict[str, object],
    sentence: str,
) -> None:
    pages.fund(slug="other", **fields)

    shown, form = pages.get("/f/other"), pages.get("/f/other/give")

    assert (shown.status, form.status) == (200, 409)
    for page in (shown, form):
        assert sentence in page.html
        assert "attempt" not in page.fields


def test_a_rehearsal_says_so(pages: Pages) -> None:
    pages.fund(slug="rehearsal", rehearsal=True)

    for path in ("/f/rehearsal", "/f/rehearsal/give", "/screen/rehearsal"):
        assert "rehearsal-band" in pages.get(path).html


# ---- giving -------------------------------------------------------------------------------------


def test_a_gift_leads_to_the_payment_page(pages: Pages) -> None:
    page = pages.send(currency="GBP", section="GB", public_name="Ada", message="Good\r\nluck")

    (gift,) = pages.donations()
    assert page.status == 303
    assert page.answer.location == f"https://pay.example/cs_{gift.token}"
    assert (gift.amount, gift.currency) == (2500, "GBP")
    assert (gift.public_name, gift.message) == ("Ada", "Good\nluck")


def test_another_amount_is_read_as_it_was_typed(pages: Pages) -> None:
    pages.send(amount="other", other=" 1'234,50 ")

    assert [gift.amount for gift in pages.donations()] == [123_450]


def test_a_program_may_send_the_amount_and_currency_alone(pages: Pages) -> None:
    token = pages.form()["csrf_token"]

    page = pages.post({"csrf_token": token, "amount": "37.50", "currency": "eur"})

    assert page.status == 303
    assert [gift.amount for gift in pages.donations()] == [3750]


def test_the_same_form_twice_is_one_gift(pages: Pages) -> None:
    form = pages.form()

    first, second = pages.post(form), pages.post(form)

    assert first.answer.location == second.answer.location
    assert len(pages.donations()) == 1


def test_a_form_that_was_paid_before_says_thanks(pages: Pages) -> None:
    form = pages.form()
    pages.post(form)
    pages.settle("succeeded")

    answer = pages.post(form).answer

    assert answer.status_code == 303
    thanks = pages.get(answer.location)
    assert "This form was sent twice: you have been charged once." in thanks.html
    assert f"/f/{SLUG}/give" in thanks.links


@pytest.mark.parametrize(
    ("typed", "anchor", "sentence"),
    [
        ({"amount": "other", "other": ""}, "#other", "Enter an amount"),
        ({"amount": "other", "other": "1e9"}, "#other", "Enter an amount"),
        ({"amount": "other", "other": "0.10"}, "#other", "smallest gift"),
        ({"amount": "other", "other": "99999"}, "#other", "largest gift"),
        ({"currency": "XXX"}, "#currency", "Gifts in XXX are not possible"),
        ({"currency": "USD"}, "#currency", "no exchange rate"),
        ({"section": "XX"}, "#section", "This fund has no such section"),
        ({"public_name": "A\u202eB"}, "#public_name", "hidden character"),
        ({"message": "x" * 501}, "#message", "too long"),
    ],
)
def test_a_mistake_is_told_on_top_and_at_its_field(
    pages: Pages,
    typed: dict[str, str],
    anchor: str,
    sentence: str,
) -> None:
    page = pages.send(**typed)

    assert page.status == 422
    assert page.title == "Error: Give to Founding conference"
    assert "There is a problem" in page.html
    assert anchor in page.links
    assert anchor.removeprefix("#") in page.ids
    assert page.html.count(sentence) == 2
    assert pages.donations() == []


def test_a_mistake_loses_nothing_that_was_typed(pages: Pages) -> None:
    form = pages.form()
    typed = {"amount": "other", "other": "abc", "currency": "GBP", "public_name": "Ada"}

    page = pages.post(form | typed)

    kept = ("amount", "other", "currency", "public_name", "attempt")
    assert {name: page.fields[name] for name in kept} == typed | {"attempt": form["attempt"]}


def test_a_monthly_gift_is_not_offered_yet(pages: Pages) -> None:
    page = pages.send(frequency="monthly")

    assert page.status == 422
    assert "Monthly gifts are not possible here yet." in page.html


def test_a_form_without_a_good_number_gets_a_new_one(pages: Pages) -> None:
    page = pages.send(attempt="<script>", amount="other", other="abc")

    assert re.fullmatch(r"[\w-]{22}", page.fields["attempt"])


def test_the_amounts_of_a_currency_are_shown_without_a_script(pages: Pages) -> None:
    typed = {"currency": "CHF", "amount": "other", "other": "5", "message": "hello"}

    page = pages.send(step="show", **typed)

    assert page.status == 200
    assert labels(page)[0] == "CHF\xa010"
    assert "hello" in page.html
    assert pages.donations() == []


def test_while_the_provider_is_away_the_form_stays_as_it_was(pages: Pages) -> None:
    form = pages.form() | {"amount": "50", "message": "hello"}
    pages.gateway.down = True

    page = pages.post(form)

    assert page.status == 503
    assert "The payment provider cannot be reached. You have not been charged." in page.html
    assert page.fields["attempt"] == form["attempt"]
    assert page.fields["amount"] == "50"
    pages.gateway.down = False
    assert pages.post(form).status == 303
    assert len(pages.donations()) == 1


@pytest.mark.parametrize(
    ("error", "status"),
    [(Busy(), 503), (Invalid("Not like this."), 422), (UnknownSection(), 422)],
)
def test_what_only_the_service_knows_is_told_in_the_form(
    pages: Pages,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
) -> None:
    def refuse(*_given: object) -> None:
        raise error

    monkeypatch.setattr(views, "start_gift", refuse)

    page = pages.send()

    assert page.status == status
    assert "attempt" in page.fields


@pytest.mark.parametrize("typed", [{}, {"amount": "other", "other": "abc"}])
def test_a_fund_that_was_closed_meanwhile_takes_nothing(
    pages: Pages,
    typed: dict[str, str],
) -> None:
    form = pages.form() | typed
    pages.clock.advance(60 * 86_400)

    page = pages.post(form)

    assert page.status == 409
    assert "This fund is closed and takes no more gifts. You have not been charged." in page.html


def test_a_stale_form_is_offered_again_as_it_was_typed(pages: Pages) -> None:
    form = pages.form() | {"csrf_token": "stale", "amount": "100", "message": "hello"}

    page = pages.post(form)

    assert page.status == 400
    assert "what you typed is still here" in page.html
    assert page.fields["amount"] == "100"
    assert "hello" in page.html
    assert pages.post(page.fields | {"message": "hello"}).status == 303


def test_a_form_that_a_foreign_page_sent_gets_a_number_that_only_the_donor_knows(
    pages: Pages,
) -> None:
    known = "chosen-by-somebody-else"

    page = pages.post({"attempt": known, "amount": "25", "currency": "EUR"})

    assert page.status == 400
    assert page.fields["attempt"] != known
    assert re.fullmatch(r"[\w-]{22}", page.fields["attempt"])


def test_a_stale_form_of_an_unknown_fund_is_unknown(pages: Pages) -> None:
    assert pages.post({"amount": "25"}, "nothing").status == 404


def test_where_no_offered_amount_is_within_the_limit_any_other_may_be_typed(pages: Pages) -> None:
    pages.fund(slug="small", ceiling=500)

    page = pages.get("/f/small")

    assert labels(page) == []
    assert page.fields["amount"] == "other"
