from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
import stripe

from tests.simulator.world import API_KEY, order

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from fundtracker.simulator.listener import Listener
    from fundtracker.simulator.switches import Switches
    from tests.simulator.world import Clock

BEARER = {"Authorization": f"Bearer {API_KEY}"}


def test_a_key_is_needed(visitor: FlaskClient) -> None:
    answer = visitor.get("/v1/charges")

    assert answer.status_code == 401
    assert answer.get_json()["error"]["type"] == "invalid_request_error"
    assert "did not provide an API key" in answer.get_json()["error"]["message"]
    assert answer.headers["Request-Id"].startswith("req_")


def test_another_key_is_refused(listener: Listener) -> None:
    stranger = stripe.StripeClient(
        "sk_test_of_somebody_else",
        base_addresses={"api": listener.address},
    )

    with pytest.raises(stripe.AuthenticationError, match=r"Invalid API Key provided: sk_test_\*"):
        stranger.v1.charges.list()


@pytest.mark.parametrize("user", [f"{API_KEY}:", "nobody:", None])
def test_a_key_may_come_as_the_name_of_a_user(user: str | None, visitor: FlaskClient) -> None:
    encoded = base64.b64encode(user.encode()).decode() if user else "no base 64"

    answer = visitor.get("/v1/charges", headers={"Authorization": f"Basic {encoded}"})

    assert answer.status_code == (200 if user == f"{API_KEY}:" else 401)


def test_any_version_is_accepted_and_named(visitor: FlaskClient) -> None:
    other = visitor.get("/v1/charges", headers=BEARER | {"Stripe-Version": "2024-06-20"})

    assert other.headers["Stripe-Version"] == "2024-06-20"
    assert visitor.get("/v1/charges", headers=BEARER).headers["Stripe-Version"] == (
        "2026-10-28.endive"
    )


@pytest.mark.parametrize("prefix", ["", "/simulator"])
def test_the_api_stands_at_both_addresses(prefix: str, listener: Listener) -> None:
    client = stripe.StripeClient(
        API_KEY,
        base_addresses={"api": f"{listener.address}{prefix}"},
    )

    assert client.v1.charges.list().url == "/v1/charges"


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_address_is_not_found(method: str, visitor: FlaskClient) -> None:
    answer = visitor.open("/v1/customers", method=method, headers=BEARER)

    assert answer.status_code == 404
    assert answer.get_json()["error"]["message"].startswith(
        f"Unrecognized request URL ({method}: /v1/customers)",
    )


def test_the_26th_request_in_a_second_is_too_many(
    visitor: FlaskClient,
    switches: Switches,
    clock: Clock,
) -> None:
    switches.set(rate_limit=25)

    answers = [visitor.get("/v1/charges", headers=BEARER) for _ in range(27)]
    assert [answer.status_code for answer in answers] == [200] * 25 + [429] * 2
    assert answers[-1].get_json()["error"]["code"] == "rate_limit"

    clock.advance(1)
    assert visitor.get("/v1/charges", headers=BEARER).status_code == 200


def test_the_next_requests_can_be_made_to_fail(
    client: stripe.StripeClient,
    switches: Switches,
) -> None:
    switches.set(fail_next="500", times=2)
    for _ in range(2):
        with pytest.raises(stripe.APIError) as broken:
            client.v1.charges.list()
        assert broken.value.http_status == 500
    assert client.v1.charges.list().data == []

    switches.set(fail_next="429")
    with pytest.raises(stripe.RateLimitError):
        client.v1.charges.list()
    assert client.v1.charges.list().data == []


def impatient(listener: Listener, *, retries: int = 0) -> stripe.StripeClient:
    return stripe.StripeClient(
        API_KEY,
        base_addresses={"api": listener.address},
        http_client=stripe.RequestsClient(timeout=(3, 0.5)),
        max_network_retries=retries,
    )


def test_a_request_that_times_out_has_done_nothing(
    listener: Listener,
    switches: Switches,
) -> None:
    client = impatient(listener)
    switches.set(fail_next="timeout")

    with pytest.raises(stripe.APIConnectionError):
        client.v1.checkout.sessions.create(order())

    assert client.v1.checkout.sessions.list().data == []


def test_a_kept_request_is_answered_with_an_error_in_the_end(
    visitor: FlaskClient,
    switches: Switches,
) -> None:
    switches.set(fail_next="timeout", hold=0)

    assert visitor.get("/v1/charges", headers=BEARER).status_code == 500


def test_an_answer_that_is_lost_is_given_again_to_the_same_key(
    client: stripe.StripeClient,
    listener: Listener,
    switches: Switches,
) -> None:
    switches.set(fail_next="lost")
    with pytest.raises(stripe.APIConnectionError):
        client.v1.checkout.sessions.create(order())
    assert len(client.v1.checkout.sessions.list().data) == 1

    switches.set(fail_next="lost")
    persistent = impatient(listener, retries=2)
    session = persistent.v1.checkout.sessions.create(order())

    assert session.last_response is not None
    assert session.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(client.v1.checkout.sessions.list().data) == 2


@pytest.mark.parametrize(
    "form",
    [
        {"[line_items]": "1"},
        {"a" + "[b]" * 9: "1"},
        {"metadata": "1", "metadata[key]": "2"},
        {"metadata[key]": "2", "metadata": "1"},
    ],
)
def test_a_form_that_makes_no_sense_is_refused(
    form: dict[str, str],
    visitor: FlaskClient,
) -> None:
    answer = visitor.post("/v1/checkout/sessions", data=form, headers=BEARER)

    assert answer.status_code == 400
