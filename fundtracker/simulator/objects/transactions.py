"""Balance transactions: what a charge or a refund does to the balance, in euros."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.simulator.currencies import CURRENCIES, SETTLEMENT
from fundtracker.simulator.objects.ids import new_id

if TYPE_CHECKING:
    from fundtracker.simulator.storage import Json

AVAILABLE_AFTER = 2 * 24 * 60 * 60

# 1.5 % and 25 cents.
FEE_PER_THOUSAND = 15
FEE_FIXED = 25


def of_charge(charge: Json, *, now: int) -> Json:
    """Return what a charge brings, less the fee."""
    gross = CURRENCIES[charge["currency"]].settled(charge["amount"])
    fee = (gross * FEE_PER_THOUSAND + 500) // 1000 + FEE_FIXED
    return _transaction("charge", charge, gross, fee, now)


def of_refund(refund: Json, *, now: int) -> Json:
    """Return what a refund takes; the charge's fee stays with Stripe."""
    gross = CURRENCIES[refund["currency"]].settled(refund["amount"])
    return _transaction("refund", refund, -gross, 0, now)


def of_failed_refund(refund: Json, *, now: int) -> Json:
    """Return what comes back when a refund could not be delivered."""
    gross = CURRENCIES[refund["currency"]].settled(refund["amount"])
    return _transaction("refund_failure", refund, gross, 0, now)


def as_of(transaction: Json, *, now: int) -> Json:
    """Return it with the status that it has at a time; nobody writes when it becomes available."""
    status = "available" if transaction["available_on"] <= now else "pending"
    return transaction | {"status": status}


def _transaction(type: str, source: Json, amount: int, fee: int, now: int) -> Json:
    same = source["currency"] == SETTLEMENT
    fee_details = [
        {
            "amount": fee,
            "application": None,
            "currency": SETTLEMENT,
            "description": "Stripe processing fees",
            "type": "stripe_fee",
        },
    ]
    return {
        "id": new_id("txn_3"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now + AVAILABLE_AFTER,
        "balance_type": "payments",
        "created": now,
        "currency": SETTLEMENT,
        "description": source.get("description"),
        "exchange_rate": None if same else float(CURRENCIES[source["currency"]].rate),
        "fee": fee,
        "fee_details": fee_details if fee else [],
        "net": amount - fee,
        "reporting_category": type,
        "source": source["id"],
        "status": "pending",
        "type": type,
    }
