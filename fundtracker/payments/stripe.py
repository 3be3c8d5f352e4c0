"""Stripe behind the gateway: the only place that knows its SDK.

No error leaves this file with what Stripe's carry (bodies, headers, parts of the key): ours are
raised after the SDK's have been dealt with, so that they are not even chained to them.
"""

from __future__ import annotations

import json
import logging
import re
from http import HTTPStatus
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, TypeVar

import stripe

from fundtracker.domain.errors import Busy, GatewayRefused, GatewayUnavailable
from fundtracker.payments.fields import Fields, Malformed, is_plain
from fundtracker.payments.gateway import BadSignature, Page, Priority, Seen, Session

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from stripe.params import (
        BalanceTransactionListParams,
        EventListParams,
        RefundCreateParams,
        RefundListParams,
    )
    from stripe.params.checkout import SessionCreateParams

    from fundtracker.payments.budget import CallBudget
    from fundtracker.payments.gateway import RefundOrder, SessionOrder

T = TypeVar("T")

TOLERANCE = 300  # seconds that a signature may lie in the past or in the future
PAGE_SIZE = 100
DONORS_AT_ONCE = 32  # a third of the threads that serve
LIVE_KEYS = ("sk_live_", "rk_live_")
ID = re.compile("[A-Za-z0-9_]{1,255}")
# The time comes first, so that ours is the one that the SDK finds; of other letters it is afraid.
SIGNATURE = re.compile(r"t=([0-9]{1,12})(?:,[\x20-\x2b\x2d-\x7e]+)+")
TRY_AGAIN = (HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS)
# Over an answer that is JSON, but not as it should be, the SDK stumbles in its own ways.
FAILURES = (
    *(stripe.StripeError, Malformed),
    *(AttributeError, KeyError, TypeError, ValueError, RecursionError),
)
# The languages of Stripe's page; with any other the donor's browser decides.
LOCALES = (
    "auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hi-IN hr hu id it ja ko lt lv ms mt"
    " nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW"
)

stripe.enable_telemetry = False  # it would write a file into the home folder
logging.getLogger("stripe").setLevel(logging.WARNING)  # below that it logs bodies


class StripeGateway:
    """One account at Stripe, or at what speaks like Stripe at `base_address`.

    `timeout` is seconds to connect, and seconds between two bytes of the answer.
    """

    def __init__(
        self,
        *,
        account: str,
        key: str,
        webhook_secrets: Sequence[str],
        base_address: str | None,
        budget: CallBudget,
        timeout: tuple[float, float] = (3.05, 20),
    ) -> None:
        self.account = account
        self.livemode = key.startswith(LIVE_KEYS)
        self._secrets = tuple(webhook_secrets)
        self._budget = budget
        self._donors = BoundedSemaphore(DONORS_AT_ONCE)
        self._api = stripe.StripeClient(
            key,
            base_addresses={"api": base_address} if base_address else {},
            max_network_retries=2,
            http_client=stripe.RequestsClient(timeout=timeout),
        ).v1

    def create_session(self, order: SessionOrder) -> Session:
        """Make a Checkout Session, or find it again: the token is the idempotency key.

        Raises Busy at once when many are being made: each holds a thread for as long as Stripe
        takes, and the threads that are left have to show the number and take the webhooks.
        """
        if not self._donors.acquire(blocking=False):
            raise Busy
        try:
            return self._ask(
                lambda: self._api.checkout.sessions.create(
                    _session_params(order), {"idempotency_key": order.token}
                ),
                self._session,
                Priority.DONOR,
            )
        finally:
            self._donors.release()

    def retrieve_session(self, id: str, *, priority: Priority = Priority.BACKGROUND) -> Seen:
        """Read a session with its intent, charge and fee."""
        return self._ask(
            lambda: self._api.checkout.sessions.retrieve(
                _checked(id), {"expand": ["payment_intent.latest_charge.balance_transaction"]}
            ),
            self._seen,
            priority,
        )

    def expire_session(self, id: str) -> Seen:
        """Close an open session; Stripe refuses for one that is complete or expired."""
        return self._ask(lambda: self._api.checkout.sessions.expire(_checked(id)), self._seen)

    def retrieve_intent(self, id: str) -> Seen:
        """Read a payment intent with its latest charge and the fee."""
        return self._ask(
            lambda: self._api.payment_intents.retrieve(
                _checked(id), {"expand": ["latest_charge.balance_transaction"]}
            ),
            self._seen,
        )

    def retrieve_charge(self, id: str) -> Seen:
        """Read a charge with its fee."""
        return self._ask(
            lambda: self._api.charges.retrieve(_checked(id), {"expand": ["balance_transaction"]}),
            self._seen,
        )

    def create_refund(self, order: RefundOrder) -> Seen:
        """Ask for a refund; its key is the idempotency key, and on it for the time after that."""
        params: RefundCreateParams = {
            "payment_intent": order.intent,
            "amount": order.amount.minor,
            "metadata": {"refund": order.key},
        }
        if order.reason is not None:
            params["reason"] = order.reason
        return self._ask(
            lambda: self._api.refunds.create(params, {"idempotency_key": order.key}), self._seen
        )

    def retrieve_refund(self, id: str) -> Seen:
        """Read a refund with its ledger line."""
        return self._ask(
            lambda: self._api.refunds.retrieve(_checked(id), {"expand": ["balance_transaction"]}),
            self._seen,
        )

    def list_refunds(self, intent: str, *, after: str | None = None) -> Page:
        """List the refunds of a payment intent."""
        params: RefundListParams = {"payment_intent": intent, "limit": PAGE_SIZE}
        if after is not None:
            params["starting_after"] = after
        return self._ask(lambda: self._api.refunds.list(params), self._page)

    def list_transactions(self, *, created_from: int, after: str | None) -> Page:
        """List balance transactions with their sources."""
        params: BalanceTransactionListParams = {
            "created": {"gte": created_from},
            "limit": PAGE_SIZE,
            "expand": ["data.source"],
        }
        if after is not None:
            params["starting_after"] = after
        return self._ask(lambda: self._api.balance_transactions.list(params), self._page)

    def list_events(self, *, created_from: int, after: str | None) -> Page:
        """List events, which Stripe keeps for thirty days."""
        params: EventListParams = {"created": {"gte": created_from}, "limit": PAGE_SIZE}
        if after is not None:
            params["starting_after"] = after
        return self._ask(lambda: self._api.events.list(params), self._page)

    def verify(self, body: bytes, signature: str, now: datetime) -> None:
        """Raise BadSignature unless one of the secrets signed this within five minutes of `now`."""
        header = SIGNATURE.fullmatch(signature)
        # The SDK compares with its own clock, and takes any time in the future.
        if header is None or abs(now.timestamp() - int(header[1])) > TOLERANCE:
            raise BadSignature
        if not any(_signed(body, signature, secret) for secret in self._secrets):
            raise BadSignature

    def _ask(
        self,
        call: Callable[[], stripe.StripeObject],
        read: Callable[[dict[str, object]], T],
        priority: Priority = Priority.BACKGROUND,
    ) -> T:
        failure: GatewayRefused | GatewayUnavailable = GatewayUnavailable()
        for _attempt in self._budget.attempts(priority):
            try:
                return read(call().to_dict(for_json=True))
            except FAILURES as error:
                failure = _translated(error)
                # The SDK tries again by itself, except when it calls too often.
                if not isinstance(error, stripe.RateLimitError):
                    break
        raise failure

    def _seen(self, body: Mapping[str, object]) -> Seen:
        fields = Fields(body)
        kind = fields.text("object")
        return Seen(
            id=fields.text("id"),
            type=fields.text("type") if kind == "event" else kind,
            # Refunds and ledger lines do not say; the key does.
            livemode=fields.flag("livemode") if "livemode" in body else self.livemode,
            body=json.dumps(body, separators=(",", ":")).encode(),
        )

    def _session(self, body: dict[str, object]) -> Session:
        seen, url = self._seen(body), body.get("url")
        return Session(
            id=seen.id,
            url=str(url) if url else None,
            expires_at=Fields(body).amount("expires_at"),
            seen=seen,
        )

    def _page(self, body: dict[str, object]) -> Page:
        page = Fields(body)
        items = tuple(self._seen(each.values) for each in page.listed("data"))
        more = page.flag("has_more") and items
        return Page(items, next=items[-1].id if more else None)


def _session_params(order: SessionOrder) -> SessionCreateParams:
    metadata = {"donation": order.token, "fund": order.fund_slug, "section": order.section_code}
    return {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "submit_type": "donate",
        "client_reference_id": order.token,
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": order.amount.currency.lower(),
                    "unit_amount": order.amount.minor,
                    "product_data": {"name": order.fund_name},
                },
            }
        ],
        "metadata": metadata,
        # The intent and its charges do not inherit it from the session.
        "payment_intent_data": {"metadata": metadata},
        # The donor has chosen the currency; left out, the dashboard would decide.
        "adaptive_pricing": {"enabled": False},
        "success_url": order.success_url,
        "cancel_url": order.cancel_url,
        "expires_at": order.expires_at,
        "locale": order.locale if order.locale in LOCALES.split() else "auto",
    }


def _checked(id: str) -> str:
    """Return what may become part of a path: an empty id would read a list."""
    if not ID.fullmatch(id):
        raise GatewayRefused
    return id


def _signed(body: bytes, signature: str, secret: str) -> bool:
    try:
        return bool(stripe.WebhookSignature.verify_header(body, signature, secret))
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False


def _translated(error: Exception) -> GatewayRefused | GatewayUnavailable:
    """Return our error for the SDK's, with what helps to find the cause and tells nothing else."""
    status = getattr(error, "http_status", None) or 0
    refused = (
        HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
        and status not in TRY_AGAIN
        and not isinstance(error, stripe.RateLimitError)
    )
    code = getattr(error, "code", None)
    return (GatewayRefused if refused else GatewayUnavailable)(
        cause=type(error).__name__, http_status=status, code=code if is_plain(code) else None
    )
