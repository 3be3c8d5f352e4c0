"""Giving money back, all of it or a part, and what the bank says to it later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.simulator.cards import BY_LAST4
from fundtracker.simulator.checks import metadata, one_of, shape, text, whole
from fundtracker.simulator.currencies import CURRENCIES, LARGEST_BY_CURRENCY
from fundtracker.simulator.errors import Missing, Refused
from fundtracker.simulator.events import emit
from fundtracker.simulator.objects import refunds, transactions
from fundtracker.simulator.payments import settle
from fundtracker.simulator.switches import positions

if TYPE_CHECKING:
    from fundtracker.simulator.storage import Json, Work

CREATE = shape(
    {
        "amount": whole(1, max(LARGEST_BY_CURRENCY.values())),
        "charge": text(),
        "metadata": metadata,
        "payment_intent": text(),
        "reason": one_of("duplicate", "fraudulent", "requested_by_customer"),
    },
)
LATER = {"pending": "refund_succeeds", "failing": "refund_fails"}


def create(work: Work, asked: Json) -> Json:
    """Refund a charge, or the charge of an intent; raises Refused for more than is left."""
    charge = settle(work, _charge(work, asked))
    left = charge["amount"] - charge["amount_refunded"]
    amount = asked.get("amount", left)
    _check(charge, amount, left)
    behaviour = BY_LAST4[charge["payment_method_details"]["card"]["last4"]].refund
    refund = refunds.new_refund(
        charge,
        asked,
        amount=amount,
        pending=behaviour == "pending",
        now=work.second,
    )
    transaction = transactions.of_refund(refund, now=work.second)
    work.add(transaction)
    refund["balance_transaction"] = transaction["id"]
    work.add(refund)
    before = {"amount_refunded": charge["amount_refunded"]}
    charge = _refunded(charge, charge["amount_refunded"] + amount)
    work.save(charge)
    emit(work, "refund.created", refund)
    emit(work, "charge.refunded", charge, before)
    if behaviour in LATER:
        wait = positions(work.connection).refund_delay
        work.later(work.now + wait, LATER[behaviour], refund["id"])
    return refund


def succeed(work: Work, id: str) -> None:
    """Let a pending refund arrive."""
    refund = refunds.delivered(work.get("refund", id))
    work.save(refund)
    previous = {"pending_reason": "processing", "status": "pending"}
    emit(work, "refund.updated", refund, previous)
    emit(work, "charge.refund.updated", refund, previous)


def fail(work: Work, id: str) -> None:
    """Let a refund come back from the bank: the charge is as if it had never been."""
    refund = work.get("refund", id)
    transaction = transactions.of_failed_refund(refund, now=work.second)
    work.add(transaction)
    refund = refunds.failed(refund, transaction)
    work.save(refund)
    charge = work.get("charge", refund["charge"])
    work.save(_refunded(charge, charge["amount_refunded"] - refund["amount"]))
    previous = {
        "failure_balance_transaction": None,
        "failure_reason": None,
        "status": "succeeded",
    }
    emit(work, "refund.updated", refund, previous)
    emit(work, "refund.failed", refund, previous)
    emit(work, "charge.refund.updated", refund, previous)


def _charge(work: Work, asked: Json) -> Json:
    if "charge" in asked:
        charge = work.find("charge", asked["charge"])
        if charge is None:
            raise Missing.thing("charge", asked["charge"], "charge")
        return charge
    if "payment_intent" not in asked:
        raise Refused(
            "One of the following params should be provided for this request: payment_intent or"
            " charge.",
            code="parameter_missing",
        )
    intent = work.find("payment_intent", asked["payment_intent"])
    if intent is None:
        raise Missing.thing("payment_intent", asked["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded":
        raise Refused(
            f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
            code="payment_intent_unexpected_state",
            param="payment_intent",
            executed=True,
        )
    return work.get("charge", intent["latest_charge"])


def _check(charge: Json, amount: int, left: int) -> None:
    currency = CURRENCIES[charge["currency"]]
    if charge["status"] != "succeeded":
        raise Refused(
            f"This charge ({charge['id']}) has not been successful and cannot be refunded.",
            code="charge_not_refundable",
            executed=True,
        )
    if not left:
        raise Refused(
            f"Charge {charge['id']} has already been refunded.",
            code="charge_already_refunded",
            executed=True,
        )
    if amount > left:
        raise Refused(
            f"Refund amount ({currency.written(amount)}) is greater than unrefunded amount on"
            f" charge ({currency.written(left)})",
            param="amount",
            executed=True,
        )
    if amount % currency.step:
        raise Refused(
            f"Invalid amount: {charge['currency']} amounts must be evenly divisible by"
            f" {currency.step}.",
            code="parameter_invalid_integer",
            param="amount",
            executed=True,
        )


def _refunded(charge: Json, total: int) -> Json:
    return charge | {"amount_refunded": total, "refunded": total == charge["amount"]}
