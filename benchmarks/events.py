"""Webhooks as Stripe sends them: what a paid Checkout Session announces, signed."""

from __future__ import annotations

import json
import time

from benchmarks.funds import AMOUNT
from fundtracker.simulator.signing import signature_header


def session_completed(token: str) -> bytes:
    """The event that a donation's session was completed and paid, about as large as Stripe's."""
    now = int(time.time())
    thing = {
        "id": f"cs_{token}",
        "object": "checkout.session",
        "amount_subtotal": AMOUNT,
        "amount_total": AMOUNT,
        "cancel_url": "https://give.example.org/f/bench/cancelled",
        "client_reference_id": token,
        "created": now,
        "currency": "eur",
        "customer_details": {"email": "somebody@example.org", "name": "Somebody", "phone": None},
        "expires_at": now + 3600,
        "livemode": False,
        "locale": "auto",
        "metadata": {"donation": token, "fund": "bench", "section": "S1"},
        "mode": "payment",
        "payment_intent": f"pi_{token}",
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_status": "paid",
        "status": "complete",
        "submit_type": "donate",
        "success_url": "https://give.example.org/f/bench/thanks?session_id={CHECKOUT_SESSION_ID}",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": None,
    }
    event = {
        "id": f"evt_{token}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": now,
        "data": {"object": thing},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": "checkout.session.completed",
    }
    return json.dumps(event, indent=2).encode()


def webhook(body: bytes, secret: str, port: int) -> bytes:
    """The bytes of a request that brings an event, for a connection that is kept."""
    signature = signature_header(body, secret, int(time.time()))
    head = (
        "POST /webhooks/stripe HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{port}\r\n"
        "Content-Type: application/json\r\n"
        f"Stripe-Signature: {signature}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
