"""What an object of Stripe says: its own facts, and those of the objects that stand in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.facts import (
    ChargeFact,
    ChargeState,
    DisputeFact,
    Fact,
    IntentFact,
    RefundFact,
    RefundStatus,
    SessionFact,
    SessionState,
    TransactionFact,
)
from fundtracker.payments.fields import Fields, Malformed, is_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SESSION_STATES = {
    "open": SessionState.OPEN,
    "expired": SessionState.EXPIRED,
    "complete": SessionState.COMPLETE,
}
CHARGE_STATES = {
    "pending": ChargeState.PENDING,
    "failed": ChargeState.FAILED,
    "succeeded": ChargeState.SUCCEEDED,
}
REFUND_STATES = {
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.REQUIRES_ACTION,
    "succeeded": RefundStatus.SUCCEEDED,
    "canceled": RefundStatus.CANCELLED,
    "failed": RefundStatus.FAILED,
}


def token_of(fields: Fields) -> str | None:
    """Return the donation that we put on an object; what cannot be ours is not there."""
    metadata = fields.values.get("metadata")
    donation = metadata.get("donation") if isinstance(metadata, dict) else None
    for token in (fields.values.get("client_reference_id"), donation):
        if isinstance(token, str) and is_plain(token):
            return token
    return None


def session(event: str, fields: Fields) -> Fact | None:
    """Read a Checkout Session, unless it begins a monthly gift or takes no money."""
    if fields.text("mode") != "payment":
        return None
    return SessionFact(
        id=fields.text("id"),
        token=token_of(fields),
        state=fields.word("status", SESSION_STATES),
        # "no_payment_required" is no payment.
        paid=fields.text("payment_status") == "paid",
        async_failed=event == "checkout.session.async_payment_failed",
        amount=fields.amount("amount_total"),
        currency=fields.currency("currency"),
        intent=fields.reference("payment_intent"),
        livemode=fields.flag("livemode"),
    )


def intent(event: str, fields: Fields) -> Fact | None:
    """Read a payment intent."""
    return IntentFact(
        id=fields.text("id"),
        token=token_of(fields),
        cancelled=event == "payment_intent.canceled" or fields.text("status") == "canceled",
        amount=fields.amount("amount"),
        currency=fields.currency("currency"),
        livemode=fields.flag("livemode"),
    )


def charge(_event: str, fields: Fields) -> Fact | None:
    """Read a charge."""
    return ChargeFact(
        id=fields.text("id"),
        intent=fields.reference("payment_intent"),
        token=token_of(fields),
        state=fields.word("status", CHARGE_STATES),
        amount=fields.amount("amount"),
        currency=fields.currency("currency"),
        transaction=fields.reference("balance_transaction"),
        failure_transaction=fields.reference("failure_balance_transaction"),
        livemode=fields.flag("livemode"),
        method=next(
            (each.text("type") for each in fields.expanded("payment_method_details")), None
        ),
    )


def refund(_event: str, fields: Fields) -> Fact | None:
    """Read a refund."""
    return RefundFact(
        id=fields.text("id"),
        charge=fields.reference("charge"),
        intent=fields.reference("payment_intent"),
        amount=fields.amount("amount"),
        currency=fields.currency("currency"),
        status=fields.word("status", REFUND_STATES),
        transaction=fields.reference("balance_transaction"),
        failure_transaction=fields.reference("failure_balance_transaction"),
    )


def dispute(_event: str, fields: Fields) -> Fact | None:
    """Read a dispute; the sign of each of its transactions tells which way the money went."""
    moves = [
        (each.text("id"), each.signed("amount")) for each in fields.expanded("balance_transactions")
    ]
    return DisputeFact(
        id=fields.text("id"),
        charge=fields.reference("charge"),
        intent=fields.reference("payment_intent"),
        amount=fields.amount("amount"),
        currency=fields.currency("currency"),
        status=fields.text("status"),
        withdrawn=frozenset(id for id, amount in moves if amount < 0),
        reinstated=frozenset(id for id, amount in moves if amount > 0),
    )


def transaction(_event: str, fields: Fields) -> Fact | None:
    """Read a line of Stripe's ledger, whose sums must agree."""
    fact = TransactionFact(
        id=fields.text("id"),
        kind=fields.text("type"),
        amount=fields.signed("amount"),
        fee=fields.signed("fee"),
        net=fields.signed("net"),
        currency=fields.currency("currency"),
        source=fields.reference("source"),
    )
    if fact.net != fact.amount - fact.fee:
        raise Malformed("net")
    return fact


# How each kind of object is read, and in which of its fields other objects may stand in full.
KINDS: Mapping[str, tuple[Callable[[str, Fields], Fact | None], tuple[str, ...]]] = {
    "checkout.session": (session, ("payment_intent",)),
    "payment_intent": (intent, ("latest_charge",)),
    "charge": (
        charge,
        ("payment_intent", "balance_transaction", "failure_balance_transaction", "refunds"),
    ),
    "refund": (
        refund,
        ("charge", "payment_intent", "balance_transaction", "failure_balance_transaction"),
    ),
    "dispute": (dispute, ("charge", "payment_intent", "balance_transactions")),
    "balance_transaction": (transaction, ("source",)),
}


def read(event: str, body: Mapping[str, object]) -> tuple[Fact, ...]:
    """Return what an object says, outermost first; `event` is the event's type, or its own.

    Raises Malformed if an object of a kind that we know is not as documented.
    """
    facts = []
    # A list instead of a recursion: how deep objects stand in each other is not ours to trust.
    unread = [Fields(body)]
    for fields in unread:
        kind = fields.text("object")
        if kind not in KINDS:
            continue
        read_one, names = KINDS[kind]
        fact = read_one(event, fields)
        if fact is not None:
            facts.append(fact)
            unread.extend(inner for name in names for inner in fields.expanded(name))
    return tuple(facts)
