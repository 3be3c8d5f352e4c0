"""Refunds: money on its way back, which may still turn around."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.simulator.objects.ids import new_id

if TYPE_CHECKING:
    from fundtracker.simulator.storage import Json


def new_refund(charge: Json, asked: Json, *, amount: int, pending: bool, now: int) -> Json:
    """Return a refund of a part of a charge, or of all of it."""
    return {
        "id": new_id("re_3"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "destination_details": {
            "card": {
                "reference": None,
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "pending" if pending else "refund",
            },
            "type": "card",
        },
        "failure_balance_transaction": None,
        "failure_reason": None,
        "metadata": asked.get("metadata", {}),
        "next_action": None,
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "pending_reason": "processing" if pending else None,
        "reason": asked.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if pending else "succeeded",
        "transfer_reversal": None,
    }


def delivered(refund: Json) -> Json:
    """Return a pending refund after the bank has taken it."""
    details = refund["destination_details"]
    return refund | {
        "destination_details": details | {"card": details["card"] | {"type": "refund"}},
        "pending_reason": None,
        "status": "succeeded",
    }


def failed(refund: Json, transaction: Json) -> Json:
    """Return a refund after the bank has sent it back; `transaction` brings the money back."""
    return refund | {
        "failure_balance_transaction": transaction["id"],
        "failure_reason": "expired_or_canceled_card",
        "status": "failed",
    }
