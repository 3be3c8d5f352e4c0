from __future__ import annotations

import ast
import inspect
import logging
import socket
import traceback
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st
from stripe.params.checkout import _session_create_params

from fundtracker.domain.errors import Busy, FundtrackerError, GatewayRefused, GatewayUnavailable
from fundtracker.domain.money import Money
from fundtracker.payments.budget import CallBudget
from fundtracker.payments.gateway import BadSignature, Priority, RefundOrder, SessionOrder
from fundtracker.payments.stripe import LOCALES, StripeGateway
from tests.payments import bodies
from tests.payments.provider import DROP, HANG, Provider, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fundtracker.payments.gateway import Gateway

KEY = "sk_test_secretkey"
SECRETS = ("whsec_new", "whsec_old")
NOW = datetime(2026, 6, 12, 18, 4, 31, tzinfo=UTC)
PERSON = "Ada Lovelace"
ERROR = {"error": {"type": "invalid_request_error", "message": f"no {PERSON}", "code": "odd"}}
ORDER = SessionOrder(
    token="donation-1",
    amount=Money(5000, "GBP"),
    fund_slug="hall",
    fund_name="The Founding Conference",
    section_code="GB",
    success_url="https://give.example/f/hall/thanks?session_id={CHECKOUT_SESSION_ID}",
    cancel_url="https://give.example/f/hall/cancelled",
    expires_at=1_765_541_071,
)
OPEN_SESSION = bodies.session(
    status="open",
    url="https://checkout.example/c/" + "x" * 400,
    expires_at=1_765_541_071,
    customer_details={"name": PERSON},
)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running() as started:
        yield started


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the SDK try again without its pauses."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0)


def gateway(address: str | None, **given: Any) -> StripeGateway:  # noqa: ANN401
    """Return a gateway whose budget never sleeps."""
    budget = CallBudget(1000, 1000, clock=lambda: 0.0, sleep=lambda _seconds: None)
    settings: dict[str, Any] = {
        "account": "main",
        "key": KEY,
        "webhook_secrets": SECRETS,
        "base_address": address,
        "budget": budget,
        "timeout": (2.0, 20.0),
    }
    return StripeGateway(**settings | given)


def failure_of(call: Callable[[], object]) -> FundtrackerError:
    """Return how a call ended, having seen that it tells nothing about a person or a key."""
    with pytest.raises((GatewayRefused, GatewayUnavailable)) as raised:
        call()
    error = raised.value
    assert error.__cause__ is None
    assert error.__context__ is None
    told = f"{error!r} {error.args} {error.values} " + "".join(traceback.format_exception(error))
    assert PERSON not in told
    assert KEY not in told
    return error


class TestCreateSession:
    def test_sends_the_order_as_a_donation_in_the_donors_currency(self, provider: Provider) -> None:
        provider.will(200, OPEN_SESSION)
        gateway(provider.address).create_session(ORDER)
        (request,) = provider.requests
        assert (request.method, request.path) == ("POST", "/v1/checkout/sessions")
        assert request.headers["Idempotency-Key"] == "donation-1"
        assert request.fields == {
            "mode": "payment",
            "ui_mode": "hosted_page",
            "submit_type": "donate",
            "client_reference_id": "donation-1",
            "line_items[0][quantity]": "1",
            "line_items[0][price_data][currency]": "gbp",
            "line_items[0][price_data][unit_amount]": "5000",
            "line_items[0][price_data][product_data][name]": "The Founding Conference",
            "metadata[donation]": "donation-1",
            "metadata[fund]": "hall",
            "metadata[section]": "GB",
            "payment_intent_data[metadata][donation]": "donation-1",
            "payment_intent_data[metadata][fund]": "hall",
            "payment_intent_data[metadata][section]": "GB",
            "adaptive_pricing[enabled]": "false",
            "success_url": ORDER.success_url,
            "cancel_url": ORDER.cancel_url,
            "expires_at": "1765541071",
            "locale": "auto",
        }

    def test_returns_the_page_and_what_goes_into_the_inbox(self, provider: Provider) -> None:
        provider.will(200, OPEN_SESSION)
        session = gateway(provider.address).create_session(ORDER)
        assert session.id == "cs_1"
        assert session.url == OPEN_SESSION["url"]
        assert session.expires_at == 1_765_541_071
        assert (session.seen.type, session.seen.livemode) == ("checkout.session", False)
        assert session.seen.body == bodies.as_bytes(OPEN_SESSION).replace(b": ", b":").replace(
            b", ", b","
        )

    def test_of_a_session_that_was_paid_has_no_page(self, provider: Provider) -> None:
        provider.will(200, OPEN_SESSION | {"url": None, "status": "complete"})
        assert gateway(provider.address).create_session(ORDER).url is None

    def test_under_a_path_goes_there(self, provider: Provider) -> None:
        provider.will(200, OPEN_SESSION)
        gateway(provider.address + "/simulator").create_session(ORDER)
        assert provider.requests[0].path == "/simulator/v1/checkout/sessions"

    @pytest.mark.parametrize(("locale", "sent"), [("pt-BR", "pt-BR"), ("eo", "auto"), ("", "auto")])
    def test_asks_for_a_language_only_if_stripe_has_it(
        self, provider: Provider, locale: str, sent: str
    ) -> None:
        provider.will(200, OPEN_SESSION)
        order = SessionOrder(**{name: getattr(ORDER, name) for name in ORDER.__slots__} | {"locale": locale})
        gateway(provider.address).create_session(order)
        assert provider.requests[0].fields["locale"] == sent

    def test_tells_stripe_nothing_about_this_machine(self, provider: Provider) -> None:
        provider.will(200, OPEN_SESSION)
        calls = gateway(provider.address)
        calls.create_session(ORDER)
        calls.create_session(ORDER)
        for request in provider.requests:
            assert "X-Stripe-Client-Telemetry" not in request.headers
            assert "telemetry_id" not in request.headers["X-Stripe-Client-User-Agent"]
