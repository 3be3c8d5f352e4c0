"""What Stripe tells of one payment, as the JSON of its objects; a test names what matters."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

Body = dict[str, Any]
_EVENTS = itertools.count(1)
_PAYMENTS = itertools.count(1)

# What an object's kind is called in the type of an event about it.
_KINDS = {"dispute": "charge.dispute"}


def event(thing: Body, what: str = "updated", **fields: Any) -> Body:  # noqa: ANN401 - any JSON value
    """Wrap an object into an event that says what became of it."""
    kind = thing["object"]
    return {
        "id": f"evt_{next(_EVENTS)}",
        "object": "event",
        "type": f"{_KINDS.get(kind, kind)}.{what}",
        "created": 1_781_287_200,
        "livemode": False,
        "data": {"object": thing},
    } | fields


@dataclass(frozen=True)
class Payment:
    """A payment of one donation; its objects carry one number: cs_7, pi_7, ch_7, re_7, txn_7."""

    token: str
    amount: int = 5000
    currency: str = "gbp"
    number: int = field(default_factory=lambda: next(_PAYMENTS))

    def session(self, **fields: Any) -> Body:  # noqa: ANN401
        """Return the page, paid."""
        return {
            "id": f"cs_{self.number}",
            "object": "checkout.session",
            "mode": "payment",
            "status": "complete",
            "payment_status": "paid",
            "client_reference_id": self.token,
            "amount_total": self.amount,
            "currency": self.currency,
            "payment_intent": f"pi_{self.number}",
            "livemode": False,
        } | fields

    def intent(self, **fields: Any) -> Body:  # noqa: ANN401
        """Return the payment intent, which names the donation as well."""
        return {
            "id": f"pi_{self.number}",
            "object": "payment_intent",
            "status": "succeeded",
            "metadata": {"donation": self.token},
            "amount": self.amount,
            "currency": self.currency,
            "latest_charge": f"ch_{self.number}",
            "livemode": False,
        } | fields

    def charge(self, **fields: Any) -> Body:  # noqa: ANN401
        """Return the charge, bare: only its intent tells whose it is."""
        return {
            "id": f"ch_{self.number}",
            "object": "charge",
            "status": "succeeded",
            "payment_intent": f"pi_{self.number}",
            "metadata": {},
            "amount": self.amount,
            "currency": self.currency,
            "balance_transaction": None,
            "failure_balance_transaction": None,
            "livemode": False,
        } | fields

    def refund(self, amount: int = 2000, part: str = "", **fields: Any) -> Body:  # noqa: ANN401
        """Return a refund that has been carried out; `part` tells one from another."""
        return {
            "id": f"re_{self.number}{part}",
            "object": "refund",
            "status": "succeeded",
            "charge": f"ch_{self.number}",
            "payment_intent": f"pi_{self.number}",
            "amount": amount,
            "currency": self.currency,
            "balance_transaction": None,
            "failure_balance_transaction": None,
        } | fields

    def dispute(self, amount: int = 3000, *moves: Body, **fields: Any) -> Body:  # noqa: ANN401
        """Return a dispute with the ledger lines that moved its money."""
        return {
            "id": f"du_{self.number}",
            "object": "dispute",
            "status": "needs_response",
            "charge": f"ch_{self.number}",
            "payment_intent": f"pi_{self.number}",
            "amount": amount,
            "currency": self.currency,
            "balance_transactions": list(moves),
            "livemode": False,
        } | fields

    def line(self, source: Body, amount: int, part: str = "", **fields: Any) -> Body:  # noqa: ANN401
        """Return a line of Stripe's ledger, in euros, of one of the objects above."""
        fee = fields.pop("fee", 0)
        return {
            "id": f"txn_{self.number}{part}",
            "object": "balance_transaction",
            "type": source["object"],
            "amount": amount,
            "fee": fee,
            "net": amount - fee,
            "currency": "eur",
            "source": source["id"],
            "created": 1_781_287_200,
        } | fields
