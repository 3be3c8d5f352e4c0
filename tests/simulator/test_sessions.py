from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
import stripe

from fundtracker.simulator.currencies import CURRENCIES
from tests.simulator.world import NOON, item, order, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stripe.params.checkout import SessionCreateParams

    from tests.simulator.world import Clock, NewSession, Payer

HALF_HOUR = 30 * 60
DAY = 24 * 60 * 60


def refusal(client: stripe.StripeClient, asked: Mapping[str, object]) -> stripe.ErrorObject:
    """Order a session that has to be refused, and return why it is."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.checkout.sessions.create(cast("SessionCreateParams", asked))
    assert caught.value.http_status == 400
    assert caught.value.error is not None
    return caught.value.error


def test_a_session_is_open_and_says_what_was_asked(new_session: NewSession) -> None:
    session = plain(new_session(expires_at=NOON + HALF_HOUR, locale="fr"))

    assert session["status"] == "open"
    assert session["payment_status"] == "unpaid"
    assert session["payment_intent"] is None
    assert (session["amount_total"], session["currency"]) == (2500, "eur")
    assert session["client_reference_id"] == "token"
    assert session["metadata"] == {"donation": "token", "fund": "fund"}
    assert session["adaptive_pricing"] == {"enabled": False}
    assert session["expires_at"] == NOON + HALF_HOUR
    assert session["url"] == f"https://give.example/simulator/checkout/{session['id']}"
    assert session["ui_mode"] == "hosted_page"
    assert not session["livemode"]
    assert "line_items" not in session


def test_a_session_of_which_nothing_is_said_ends_after_a_day(new_session: NewSession) -> None:
    session = new_session(metadata=None, payment_intent_data=None, adaptive_pricing=None)

    assert session.expires_at == NOON + DAY
    assert plain(session)["metadata"] == {}


@pytest.mark.parametrize(
    ("given", "kept"),
    [("", {}), ({"fund": ""}, {}), ({"0": "none", "1": "one"}, {"0": "none", "1": "one"})],
)
def test_metadata_may_be_unset_and_may_have_numbers_for_names(
    given: object,
    kept: dict[str, str],
    new_session: NewSession,
) -> None:
    assert plain(new_session(metadata=given))["metadata"] == kept


def test_a_session_can_be_read_again(client: stripe.StripeClient, new_session: NewSession) -> None:
    session = new_session()

    assert plain(client.v1.checkout.sessions.retrieve(session.id)) == plain(session)
    items = plain(client.v1.checkout.sessions.line_items.list(session.id))
    assert [each["description"] for each in items["data"]] == ["The fund"]
    assert items["data"][0]["amount_total"] == 2500


def test_an_unknown_session_is_not_found(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.checkout.sessions.retrieve("cs_test_nobody")

    assert caught.value.http_status == 404
    assert caught.value.code == "resource_missing"


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"line_items": None}, "parameter_missing", "line_items"),
        ({"line_items": []}, "parameter_missing", "line_items"),
        ({"mode": None}, "parameter_missing", "mode"),
        ({"success_url": None}, "parameter_missing", "success_url"),
        ({"success_url": "thanks"}, "url_invalid", "success_url"),
        ({"success_url": "javascript:alert(1)"}, "url_invalid", "success_url"),
        ({"success_url": "https://a.example;img-src/ x"}, "url_invalid", "success_url"),
        ({"cancel_url": "https://a.example:port/"}, "url_invalid", "cancel_url"),
        ({"cancel_url": "https://[::1"}, "url_invalid", "cancel_url"),
        ({"cancel_url": "https://user@a.example/"}, "url_invalid", "cancel_url"),
        ({"mode": "subscription"}, None, "mode"),
        ({"ui_mode": "hosted"}, None, "ui_mode"),
        ({"payment_method_types": ["card"]}, "parameter_unknown", "payment_method_types"),
        ({"payment_intent_data": {"foo": 1}}, "parameter_unknown", "payment_intent_data[foo]"),
        ({"adaptive_pricing": {"enabled": "maybe"}}, None, "adaptive_pricing[enabled]"),
        ({"adaptive_pricing": "yes"}, None, "adaptive_pricing"),
        ({"client_reference_id": "x" * 201}, "parameter_invalid_string", "client_reference_id"),
        ({"client_reference_id": ""}, "parameter_invalid_empty", "client_reference_id"),
        ({"client_reference_id": ["x"]}, None, "client_reference_id"),
        ({"locale": "tlh"}, None, "locale"),
        ({"submit_type": "give"}, None, "submit_type"),
        ({"customer_email": "nobody"}, "email_invalid", "customer_email"),
        ({"metadata": {"k" * 41: "v"}}, None, "metadata"),
        ({"metadata": {"k": "v" * 501}}, None, "metadata[k]"),
        ({"metadata": {"k": {"v": "w"}}}, None, "metadata[k]"),
        ({"metadata": {f"k{number}": "v" for number in range(51)}}, None, "metadata"),
        ({"metadata": "some"}, None, "metadata"),
        (
            {"payment_intent_data": {"statement_descriptor_suffix": "<fund>"}},
            None,
            "payment_intent_data[statement_descriptor_suffix]",
        ),
        ({"excluded_payment_method_types": "link"}, None, "excluded_payment_method_types"),
        ({"expand": ["line_items.data.price.product"]}, None, "expand"),
        ({"expand": ["donation"]}, None, "expand"),
        ({"expand": ["a.b.c.d.e"]}, None, "expand"),
    ],
)
def test_what_stripe_does_not_take_is_refused(
    changes: dict[str, object],
    code: str | None,
    param: str,
    client: stripe.StripeClient,
) -> None:
    error = refusal(client, order(**changes))

    assert (error.code, error.param) == (code, param)
    assert error.type == "invalid_request_error"
    assert error.message


@pytest.mark.parametrize(
    ("currency", "amount", "code"),
    [
        ("eur", "12.5", "parameter_invalid_integer"),
        ("eur", "１２", "parameter_invalid_integer"),
        ("eur", "1e3", "parameter_invalid_integer"),
        ("eur", -100, "parameter_invalid_integer"),
        ("eur", 0, "amount_too_small"),
        ("eur", 49, "amount_too_small"),
        ("gbp", 29, "amount_too_small"),
        ("jpy", 49, "amount_too_small"),
        ("czk", 1499, "amount_too_small"),
        ("huf", 17_499, "amount_too_small"),
        ("isk", 1050, "parameter_invalid_integer"),
        ("ugx", 99, "parameter_invalid_integer"),
        ("kwd", 1005, "parameter_invalid_integer"),
        ("eur", 100_000_000, "amount_too_large"),
        ("xyz", 1000, None),
    ],
)
def test_an_amount_that_cannot_be_charged_is_refused(
    currency: str,
    amount: object,
    code: str | None,
    client: stripe.StripeClient,
) -> None:
    assert refusal(client, order(line_items=[item(currency, amount)])).code == code


def test_the_smallest_charge_of_every_currency_is_taken(new_session: NewSession) -> None:
    for code, currency in CURRENCIES.items():
        session = new_session(line_items=[item(code.upper(), currency.minimum)])

        assert (session.currency, session.amount_total) == (code, currency.minimum)


def test_items_are_added_up(new_session: NewSession) -> None:
    many = item("eur", 300) | {"quantity": 4}

    assert new_session(line_items=[item("eur", 20), many]).amount_total == 1220


def test_items_in_two_currencies_are_refused(client: stripe.StripeClient) -> None:
    error = refusal(client, order(line_items=[item("eur", 300), item("gbp", 300)]))

    assert error.param == "line_items"


def test_more_than_a_hundred_items_are_refused(client: stripe.StripeClient) -> None:
    assert refusal(client, order(line_items=[item("eur", 50)] * 101)).param == "line_items"


@pytest.mark.parametrize(
    "seconds",
    [HALF_HOUR - 1, DAY + 1],
    ids=["less than half an hour", "more than a day"],
)
def test_a_session_cannot_end_too_soon_or_too_late(
    seconds: int,
    client: stripe.StripeClient,
) -> None:
    assert refusal(client, order(expires_at=NOON + seconds)).param == "expires_at"


def test_a_session_can_be_closed_once(
    client: stripe.StripeClient,
    new_session: NewSession,
) -> None:
    id = new_session().id

    closed = plain(client.v1.checkout.sessions.expire(id))

    assert (closed["status"], closed["url"]) == ("expired", None)
    with pytest.raises(stripe.InvalidRequestError, match=r"status of `expired`"):
        client.v1.checkout.sessions.expire(id)


def test_a_paid_session_cannot_be_closed(
    client: stripe.StripeClient,
    new_session: NewSession,
    payer: Payer,
) -> None:
    id = new_session().id
    payer.pays(id)

    with pytest.raises(stripe.InvalidRequestError, match=r"status of `complete`"):
        client.v1.checkout.sessions.expire(id)


def test_an_unpaid_session_expires_by_itself(
    client: stripe.StripeClient,
    new_session: NewSession,
    payer: Payer,
    clock: Clock,
) -> None:
    unpaid, declined, paid = (new_session(expires_at=NOON + HALF_HOUR).id for _ in range(3))
    payer.pays(paid)
    payer.pays(declined, "4000000000000002")
    clock.advance(HALF_HOUR)

    def status(id: str) -> str | None:
        return client.v1.checkout.sessions.retrieve(id).status

    assert [status(unpaid), status(declined), status(paid)] == ["expired", "expired", "complete"]
    expand = ["payment_intent"]
    session = plain(client.v1.checkout.sessions.retrieve(declined, {"expand": expand}))
    assert session["payment_intent"]["status"] == "canceled"
    types = ["checkout.session.expired", "payment_intent.canceled"]
    events = [event.type for event in client.v1.events.list({"types": types}).data]
    assert sorted(events) == ["checkout.session.expired"] * 2 + ["payment_intent.canceled"]
