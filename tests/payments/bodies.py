"""Objects of Stripe as its API shows them, with honest defaults; a test names what matters."""

from __future__ import annotations

import json
from typing import Any

Body = dict[str, Any]


def session(**fields: Any) -> Body:  # noqa: ANN401 - any JSON value
    return {
        "id": "cs_1",
        "object": "checkout.session",
        "mode": "payment",
        "status": "complete",
        "payment_status": "paid",
        "client_reference_id": "donation-1",
        "metadata": {"donation": "donation-1", "fund": "hall", "section": "GB"},
        "amount_total": 5000,
        "currency": "gbp",
        "payment_intent": "pi_1",
        "created": 1_765_537_471,
        "livemode": False,
    } | fields


def intent(**fields: Any) -> Body:  # noqa: ANN401
    return {
        "id": "pi_1",
        "object": "payment_intent",
        "status": "succeeded",
        "metadata": {"donation": "donation-1"},
        "amount": 5000,
        "currency": "gbp",
        "latest_charge": "ch_1",
        "livemode": False,
    } | fields


def charge(**fields: Any) -> Body:  # noqa: ANN401
    return {
        "id": "ch_1",
        "object": "charge",
        "status": "succeeded",
        "payment_intent": "pi_1",
        "metadata": {"donation": "donation-1"},
        "amount": 5000,
        "currency": "gbp",
        "balance_transaction": "txn_1",
        "failure_balance_transaction": None,
        "livemode": False,
    } | fields


def refund(**fields: Any) -> Body:  # noqa: ANN401
    return {
        "id": "re_1",
        "object": "refund",
        "status": "succeeded",
        "charge": "ch_1",
        "payment_intent": "pi_1",
        "amount": 2000,
        "currency": "gbp",
        "balance_transaction": "txn_2",
    } | fields


def dispute(**fields: Any) -> Body:  # noqa: ANN401
    return {
        "id": "du_1",
        "object": "dispute",
        "status": "needs_response",
        "charge": "ch_1",
        "payment_intent": "pi_1",
        "amount": 3000,
        "currency": "gbp",
        "balance_transactions": [],
        "livemode": False,
    } | fields


def transaction(**fields: Any) -> Body:  # noqa: ANN401
    return {
        "id": "txn_1",
        "object": "balance_transaction",
        "type": "charge",
        "amount": 5700,
        "fee": 137,
        "net": 5563,
        "currency": "eur",
        "source": "ch_1",
    } | fields


def event(type: str, thing: object, **fields: Any) -> Body:  # noqa: ANN401
    return {
        "id": "evt_1",
        "object": "event",
        "type": type,
        "created": 1_765_537_471,
        "livemode": False,
        "data": {"object": thing},
    } | fields


def listed(*things: Body) -> Body:
    return {"object": "list", "data": list(things), "has_more": False, "url": "/v1/refunds"}


def as_bytes(body: object) -> bytes:
    return json.dumps(body).encode()
