from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.money import Money
from fundtracker.store import funds
from fundtracker.web.giving.pledge.pay import chargeable
from tests.factories.stripe import Payment, event
from tests.support.telling import tell_and_settle
from tests.web.pages import SLUG

if TYPE_CHECKING:
    from tests.web.giving.pledge.promises import Promises


# Whatever number was named: nobody learns from it which ones there are.
IF_OPEN = "If the number is that of an open promise, it is paid with this."


@pytest.fixture
def path(promises: Promises) -> str:
    """£50 in two parts, promised and confirmed."""
    return promises.confirmed(parts="2")


def form(promises: Promises, path: str) -> dict[str, str]:
    fields = promises.get(path).fields
    return {name: fields[name] for name in ("csrf_token", "attempt", "version")}


def settle(promises: Promises) -> None:
    """Let the newest gift be paid on its page, and its webhooks come."""
    row = promises.pages.donations()[-1]
    paid = Payment(row.token, row.amount, row.currency.lower())
    tell_and_settle(promises.parts, event(paid.session()), event(paid.charge()))


def thanks(promises: Promises) -> str:
    token = promises.pages.donations()[-1].token
    return promises.get(f"/f/{SLUG}/thanks?session_id=cs_{token}").html


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ({}, 5000),
        ({"what": "rest"}, 5000),
        ({"what": "next"}, 2500),
        ({"what": "other", "other": "12,34"}, 1234),
        ({"what": "nonsense"}, 5000),
    ],
)
def test_all_of_it_the_next_part_or_another_amount_is_paid(
    promises: Promises, path: str, typed: dict[str, str], minor: int
) -> None:
    page = promises.post(f"{path}/pay", form(promises, path) | typed)

    (gift,) = promises.pages.donations()
    assert page.status == 303
    assert page.answer.location == f"https://pay.example/cs_{gift.token}"
    assert (gift.amount, gift.currency, gift.pledge_id) == (minor, "GBP", promises.all()[0].id)
    assert gift.section_id == promises.all()[0].section_id


def test_the_payment_page_is_told_nothing_of_the_promises_page(
    promises: Promises, path: str
) -> None:
    promises.post(f"{path}/pay", form(promises, path))

    (order,) = promises.pages.gateway.orders.values()
    assert path.removeprefix("/p/") not in repr(order)
    assert promises.all()[0].number not in repr(order)


def test_once_it_is_paid_the_page_says_so(promises: Promises, path: str) -> None:
    promises.post(f"{path}/pay", form(promises, path))
    settle(promises)

    page = promises.get(path)
    assert "Your promise is paid. Thank you." in page.html
    assert "Pay by card" not in page.html
    said = thanks(promises)
    assert "Your promise is paid." in said
    assert path in said


def test_thanks_says_what_is_still_open(promises: Promises, path: str) -> None:
    promises.post(f"{path}/pay", form(promises, path) | {"what": "next"})
    settle(promises)

    assert 'Of your promise <b class="amount">£25.00</b> are still open.' in thanks(promises)


def test_thanks_tells_nobody_else_how_the_promise_stands(promises: Promises, path: str) -> None:
    number = promises.all()[0].number
    promises.pages.send(currency="GBP", amount="other", other="20", pledge=number)
    settle(promises)

    said = thanks(promises)
    assert IF_OPEN in said
    assert "£30.00" not in said
    assert path not in said


def test_a_number_that_nobody_knows_is_a_sentence_and_no_hindrance(
    promises: Promises, path: str
) -> None:
    page = promises.pages.send(currency="GBP", amount="50", pledge="AAAAAAAA")
    settle(promises)

    assert page.status == 303
    assert IF_OPEN in thanks(promises)
    assert promises.pages.donations()[0].reference == "AAAAAAAA"


def test_whoever_has_no_number_says_that_it_was_promised_all_the_same(promises: Promises) -> None:
    page = promises.pages.send(promised="yes")

    assert page.status == 303
    assert promises.pages.donations()[0].reference == "promised in the hall"
    wrong = promises.pages.send(promised="yes", pledge="K7QP", amount="other", other="abc")
    assert wrong.fields["promised"] == "yes"
    assert wrong.fields["pledge"] == "K7QP"


def test_the_same_form_twice_is_paid_once(promises: Promises, path: str) -> None:
    sent = form(promises, path)

    first, second = (promises.post(f"{path}/pay", sent) for _ in range(2))
    assert first.answer.location == second.answer.location
    settle(promises)
    again = promises.post(f"{path}/pay", sent)

    assert len(promises.pages.donations()) == 1
    assert again.status == 422
    assert "Nothing is open any more" in again.html


def test_a_part_that_was_paid_before_says_thanks(promises: Promises, path: str) -> None:
    sent = form(promises, path) | {"what": "other", "other": "10"}
    promises.post(f"{path}/pay", sent)
    settle(promises)

    answer = promises.post(f"{path}/pay", sent).answer

    assert answer.status_code == 303
    assert "again=1" in answer.location
    assert len(promises.pages.donations()) == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"what": "other"}, "Enter an amount"),
        ({"what": "other", "other": "1e9"}, "Enter an amount"),
        ({"what": "other", "other": "0.10"}, "smallest gift"),
        ({"what": "other", "other": "99999"}, "largest gift"),
    ],
)
def test_a_mistake_is_told_on_the_page(
    promises: Promises, path: str, typed: dict[str, str], sentence: str
) -> None:
    page = promises.post(f"{path}/pay", form(promises, path) | typed)

    assert page.status == 422
    assert sentence in page.html
    assert page.fields["what"] == "other"
    assert promises.pages.donations() == []


def test_while_the_provider_is_away_nothing_is_lost(promises: Promises, path: str) -> None:
    sent = form(promises, path)
    promises.pages.gateway.down = True

    page = promises.post(f"{path}/pay", sent)

    assert page.status == 503
    assert "The payment provider cannot be reached." in page.html
    assert page.fields["attempt"] == sent["attempt"]
    promises.pages.gateway.down = False
    assert promises.post(f"{path}/pay", sent).status == 303
    assert len(promises.pages.donations()) == 1


def test_a_form_without_a_good_number_gets_one(promises: Promises, path: str) -> None:
    page = promises.post(f"{path}/pay", form(promises, path) | {"attempt": "<script>"})

    assert page.status == 303


def test_what_is_withdrawn_is_not_paid(promises: Promises, path: str) -> None:
    sent = form(promises, path)
    promises.send(f"{path}/withdraw")

    assert promises.post(f"{path}/pay", sent).status == 422
    assert promises.pages.donations() == []


@pytest.mark.parametrize(("status", "answer"), [("closed", 303), ("paused", 409)])
def test_it_is_paid_after_the_closing_and_not_during_a_pause(
    promises: Promises, path: str, status: str, answer: int
) -> None:
    with promises.parts.database.unit_of_work() as session:
        funds.locked(session, SLUG).status = status

    assert promises.get(path).html.count("Pay by card") == (1 if answer == 303 else 0)
    assert promises.post(f"{path}/pay", form_of_elsewhere(promises)).status == answer


def form_of_elsewhere(promises: Promises) -> dict[str, str]:
    """A form as it was loaded before the fund was paused."""
    fields = promises.get(f"/f/{SLUG}/pledge/claim").fields
    return {"csrf_token": fields["csrf_token"], "attempt": "a-form-of-before"}


def test_who_leaves_the_payment_page_comes_back_to_the_promise(
    promises: Promises, path: str
) -> None:
    promises.post(f"{path}/pay", form(promises, path))

    page = promises.get(f"/f/{SLUG}/cancelled")
    assert path in page.links
    assert "Back to your promise" in page.html
    assert path not in promises.get(f"/f/{SLUG}/cancelled").links


@pytest.mark.parametrize(
    ("minor", "code", "charged"), [(5001, "EUR", 5001), (10_050, "ISK", 10_100), (1, "BHD", 10)]
)
def test_what_has_no_small_coins_is_rounded_up(minor: int, code: str, charged: int) -> None:
    assert chargeable(Money(minor, code)) == Money(charged, code)


def test_what_is_too_long_for_a_number_is_looked_up_nowhere(promises: Promises) -> None:
    page = promises.pages.send(pledge="K7QP " * 9)

    assert page.status == 422
    assert "too long for the number of a promise" in page.html
    assert promises.pages.donations() == []
