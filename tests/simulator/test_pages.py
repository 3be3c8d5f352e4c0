from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from tests.simulator.world import item

if TYPE_CHECKING:
    import stripe
    from flask.testing import FlaskClient

    from fundtracker.simulator.listener import Listener
    from tests.simulator.world import Clock, NewSession, Payer

THANKS = "https://give.example/f/fund/thanks?session_id="


def test_the_page_says_test_and_what_is_paid(new_session: NewSession, payer: Payer) -> None:
    three = item("gbp", 123_456) | {"quantity": 3}
    page = payer.opens(new_session(line_items=[three], customer_email="a@example.org").id)

    assert page.status_code == 200
    assert "TEST" in page.text
    assert "No money moves here" in page.text
    assert "Pay GBP 3,703.68" in page.text
    assert "The fund × 3" in page.text
    assert 'value="4242 4242 4242 4242"' in page.text
    assert 'value="a@example.org"' in page.text


@pytest.mark.parametrize(
    ("currency", "amount", "written"),
    [("jpy", 5000, "JPY 5,000"), ("kwd", 1230, "KWD 1.230"), ("isk", 100_000, "ISK 1,000.00")],
)
def test_an_amount_is_written_with_the_decimals_of_its_currency(
    currency: str,
    amount: int,
    written: str,
    new_session: NewSession,
    payer: Payer,
) -> None:
    assert written in payer.opens(new_session(line_items=[item(currency, amount)]).id).text


def test_paying_leads_back_with_the_id_of_the_session(
    new_session: NewSession,
    payer: Payer,
) -> None:
    id = new_session().id

    answer = payer.pays(id)

    assert (answer.status_code, answer.location) == (303, f"{THANKS}{id}")


def test_cancelling_leads_back_and_changes_nothing(
    client: stripe.StripeClient,
    new_session: NewSession,
    payer: Payer,
) -> None:
    id = new_session().id
    endless = new_session(cancel_url=None).id

    answer = payer.pays(id, outcome="cancel")

    assert (answer.status_code, answer.location) == (303, "https://give.example/f/fund/cancelled")
    assert payer.pays(endless, outcome="cancel").status_code == 303
    assert client.v1.checkout.sessions.retrieve(id).status == "open"
    assert payer.pays(id).location == f"{THANKS}{id}"


def test_a_page_can_be_paid_once(
    client: stripe.StripeClient,
    new_session: NewSession,
    payer: Payer,
) -> None:
    id = new_session().id
    payer.pays(id)

    for again in (payer.pays(id), payer.opens(id), payer.pays(id, outcome="cancel")):
        assert again.status_code == 409
        assert "Already paid" in again.text
        assert f'href="{THANKS}{id}"' in again.text
    assert len(client.v1.charges.list().data) == 1


def test_a_page_that_is_sent_many_times_at_once_charges_once(
    client: stripe.StripeClient,
    listener: Listener,
    new_session: NewSession,
) -> None:
    path = f"/simulator/checkout/{new_session().id}"

    def send(_: int) -> int:
        connection = HTTPConnection(listener.address.removeprefix("http://"))
        form = urlencode({"card": "4242424242424242", "outcome": "pay"})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", path, form, kind)
        status = connection.getresponse().status
        connection.close()
        return status

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(send, range(8)))

    assert statuses == [303] + [409] * 7
    assert len(client.v1.charges.list().data) == 1


def test_an_expired_page_cannot_be_paid(
    new_session: NewSession,
    payer: Payer,
    clock: Clock,
) -> None:
    id = new_session().id
    no_way_back = new_session(cancel_url=None).id
    clock.advance(24 * 60 * 60)

    page = payer.pays(id)

    assert page.status_code == 410
    assert "expired" in page.text
    assert 'href="https://give.example/f/fund/cancelled"' in page.text
    assert "start again" not in payer.opens(no_way_back).text


def test_an_unknown_page_is_not_found(payer: Payer) -> None:
    assert payer.opens("cs_test_nobody").status_code == 404
    assert payer.pays("cs_test_nobody").status_code == 404


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("4111 1111 1111 1111", "used a non test card"),
        ("4111111111111112", "card number is invalid"),
        ("42424242424242424242", "card number is invalid"),
        ("", "card number is invalid"),
        ("４２４２４２４２４２４２４２４２", "card number is invalid"),
    ],
)
def test_a_number_that_is_no_test_card_is_neither_charged_nor_repeated(
    typed: str,
    message: str,
    client: stripe.StripeClient,
    new_session: NewSession,
    payer: Payer,
) -> None:
    page = payer.pays(new_session().id, typed, email="ada@example.org")

    assert page.status_code == 422
    assert message in page.text
    assert "<title>Error: " in page.text
    assert not typed or typed not in page.text
    assert 'value="ada@example.org"' in page.text
    assert client.v1.payment_intents.list().data == []


def test_a_card_may_be_typed_in_groups(new_session: NewSession, payer: Payer) -> None:
    assert payer.pays(new_session().id, "4242-4242 4242\u00a04242").status_code == 303


def test_the_button_of_a_card_counts_more_than_the_field(
    visitor: FlaskClient,
    new_session: NewSession,
) -> None:
    form = {"card": ["4242424242424242", "4000000000000002"]}

    page = visitor.post(f"/checkout/{new_session().id}", data=form)

    assert "Your card was declined." in page.text
    assert 'value="4000 0000 0000 0002"' in page.text


def test_what_was_typed_cannot_break_the_page(new_session: NewSession, payer: Payer) -> None:
    evil = item("eur", 500)
    evil["price_data"]["product_data"]["name"] = "<script>alert(1)</script>"
    id = new_session(line_items=[evil]).id

    page = payer.pays(id, "1", name='"><script>alert(2)</script>')

    assert "<script" not in page.text


def test_pages_carry_no_code_and_lead_only_where_they_should(
    visitor: FlaskClient,
    new_session: NewSession,
    payer: Payer,
) -> None:
    id = new_session(cancel_url="http://127.0.0.1:8000/cancelled").id
    form, paid, again = payer.opens(id), payer.pays(id), payer.opens(id)

    for page in (form, paid, again):
        assert page.headers["Content-Security-Policy"] == (
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'"
            " http://127.0.0.1:8000 https://give.example; base-uri 'none'; frame-ancestors 'none'"
        )
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Cache-Control"] == "no-store"
        assert not re.search(r"<script|<style|style=|onclick", page.text)
    assert "form-action 'self';" in visitor.get("/control").headers["Content-Security-Policy"]


def test_other_addresses_are_not_found(visitor: FlaskClient) -> None:
    missing, wrong = visitor.get("/nothing"), visitor.delete("/control")

    assert (missing.status_code, wrong.status_code) == (404, 405)
    assert "TEST" in missing.text
    assert "POST" in wrong.headers["Allow"]


def test_the_style_is_served_below_the_mount(visitor: FlaskClient, payer: Payer) -> None:
    page = payer.visitor.get(
        "/control", base_url="http://x/simulator", headers={"Accept": "text/html"}
    )

    assert 'href="/simulator/static/simulator.css"' in page.text
    with visitor.get("/static/simulator.css") as style:
        assert style.mimetype == "text/css"
