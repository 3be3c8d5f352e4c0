"""What a payment provider can tell us: facts about its objects, each true once seen.

Facts only grow. Merging is union, or, max, so that the same facts in any order, any number of
times, give the same state. Amounts are minor units of the named currency, in Stripe's exponents.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class SessionState(IntEnum):
    """How far a Checkout Session has come; the larger one is kept."""

    OPEN = 1
    EXPIRED = 2
    COMPLETE = 3


class ChargeState(IntEnum):
    """How far a charge has come; a failed charge is one declined attempt."""

    PENDING = 1
    FAILED = 2
    SUCCEEDED = 3


class RefundStatus(StrEnum):
    """Stripe's word for a refund, ours spelt in British."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SessionFact:
    """A Checkout Session as it was seen; `token` is the donation that we put on it."""

    id: str
    token: str | None
    state: SessionState
    paid: bool
    async_failed: bool
    amount: int
    currency: str
    intent: str | None
    livemode: bool


@dataclass(frozen=True, slots=True)
class IntentFact:
    """A payment intent as it was seen."""

    id: str
    token: str | None
    cancelled: bool
    amount: int
    currency: str
    livemode: bool


@dataclass(frozen=True, slots=True)
class ChargeFact:
    """A charge, one attempt to take the money of an intent; `method` is Stripe's own word."""

    id: str
    intent: str | None
    token: str | None
    state: ChargeState
    amount: int
    currency: str
    transaction: str | None
    failure_transaction: str | None
    livemode: bool
    method: str | None = None


@dataclass(frozen=True, slots=True)
class RefundFact:
    """Money that goes back to the donor, in the charge's currency."""

    id: str
    charge: str | None
    intent: str | None
    amount: int
    currency: str
    status: RefundStatus
    transaction: str | None
    failure_transaction: str | None


@dataclass(frozen=True, slots=True)
class DisputeFact:
    """Money that a bank took back; what counts is the set of its balance transactions.

    `withdrawn` and `reinstated` are ids (`txn_`); `status` is Stripe's word, for display only.
    """

    id: str
    charge: str | None
    intent: str | None
    amount: int
    currency: str
    status: str
    withdrawn: frozenset[str]
    reinstated: frozenset[str]


@dataclass(frozen=True, slots=True)
class TransactionFact:
    """A line of Stripe's own ledger, immutable, in the settlement currency."""

    id: str
    kind: str
    amount: int
    fee: int
    net: int
    currency: str
    source: str | None


Fact = SessionFact | IntentFact | ChargeFact | RefundFact | DisputeFact | TransactionFact
