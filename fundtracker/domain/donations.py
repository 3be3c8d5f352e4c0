"""A donation's payment: the facts known of it, and the status and money that follow from them.

Facts only grow (`Payment.with_…`), in any order and any number of times; nothing known is ever
unlearned. The status is derived, and so is what came back: refunds, disputes and late failures
are separate from the status, each with its own id.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_
from fundtracker.domain.facts import (
    ChargeFact,
    ChargeState,
    DisputeFact,
    RefundFact,
    RefundStatus,
    SessionState,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fundtracker.domain.facts import IntentFact, SessionFact


class Method(StrEnum):
    """How the money arrives; Stripe's own method is kept beside it."""

    ONLINE = "online"
    BANK = "bank"
    CASH = "cash"
    CHEQUE = "cheque"


class DonationStatus(StrEnum):
    """Where a donation stands; how much of it went back is never a status."""

    CREATED = "created"
    OPEN = "open"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The word for people, to be translated."""
        return _LABELS[self]


_LABELS = {
    DonationStatus.CREATED: N_("not started"),
    DonationStatus.OPEN: N_("waiting for payment"),
    DonationStatus.PROCESSING: N_("processing"),
    DonationStatus.SUCCEEDED: N_("received"),
    DonationStatus.FAILED: N_("failed"),
    DonationStatus.EXPIRED: N_("expired"),
    DonationStatus.CANCELLED: N_("cancelled"),
}

# How far a refund has come; the larger one is kept, and only SUCCEEDED counts.
REFUND_ORDER = {
    RefundStatus.PENDING: 1,
    RefundStatus.REQUIRES_ACTION: 2,
    RefundStatus.SUCCEEDED: 3,
    RefundStatus.CANCELLED: 4,
    RefundStatus.FAILED: 5,
}


@dataclass(frozen=True, slots=True)
class Back:
    """One movement of money out of a donation, in minor units; negative where it came again."""

    source: str
    kind: str
    amount: int


@dataclass(frozen=True, slots=True)
class Payment:
    """Everything known of one donation's payment, in minor units of its currency."""

    session: SessionState | None = None
    paid: bool = False
    async_failed: bool = False
    cancelled: bool = False
    charges: Mapping[str, ChargeFact] = field(default_factory=dict)
    refunds: Mapping[str, RefundFact] = field(default_factory=dict)
    disputes: Mapping[str, DisputeFact] = field(default_factory=dict)

    def with_session(self, fact: SessionFact) -> Payment:
        """Learn a Checkout Session."""
        state = fact.state if self.session is None else max(self.session, fact.state)
        return replace(
            self,
            session=state,
            paid=self.paid or fact.paid,
            async_failed=self.async_failed or fact.async_failed,
        )

    def with_intent(self, fact: IntentFact) -> Payment:
        """Learn a payment intent; only that it was cancelled tells anything new."""
        return replace(self, cancelled=self.cancelled or fact.cancelled)

    def with_charge(self, fact: ChargeFact) -> Payment:
        """Learn a charge."""
        known = self.charges.get(fact.id, fact)
        merged = replace(
            known,
            intent=known.intent or fact.intent,
            state=max(known.state, fact.state),
            transaction=known.transaction or fact.transaction,
            failure_transaction=known.failure_transaction or fact.failure_transaction,
            method=known.method or fact.method,
        )
        return replace(self, charges={**self.charges, fact.id: merged})

    def with_refund(self, fact: RefundFact) -> Payment:
        """Learn a refund."""
        known = self.refunds.get(fact.id, fact)
        merged = replace(
            known,
            charge=known.charge or fact.charge,
            intent=known.intent or fact.intent,
            status=max(known.status, fact.status, key=REFUND_ORDER.__getitem__),
            transaction=known.transaction or fact.transaction,
            failure_transaction=known.failure_transaction or fact.failure_transaction,
        )
        return replace(self, refunds={**self.refunds, fact.id: merged})

    def with_dispute(self, fact: DisputeFact) -> Payment:
        """Learn a dispute: its transactions are a set that grows, its status is the newest seen."""
        known = self.disputes.get(fact.id, fact)
        merged = replace(
            fact,
            charge=known.charge or fact.charge,
            intent=known.intent or fact.intent,
            withdrawn=known.withdrawn | fact.withdrawn,
            reinstated=known.reinstated | fact.reinstated,
        )
        return replace(self, disputes={**self.disputes, fact.id: merged})

    @property
    def succeeded(self) -> bool:
        """Whether money was taken, at any time."""
        return self.paid or any(c.state is ChargeState.SUCCEEDED for c in self.charges.values())

    @property
    def stripe_method(self) -> str:
        """Stripe's own word for how the money came, such as card; empty while it is not known."""
        took = (c for _, c in sorted(self.charges.items()) if c.state is ChargeState.SUCCEEDED)
        return next((charge.method for charge in took if charge.method), "")

    @property
    def status(self) -> DonationStatus:
        """The status that follows from the facts."""
        if self.succeeded:
            return DonationStatus.SUCCEEDED
        if self.async_failed:
            return DonationStatus.FAILED
        if self.cancelled:
            return DonationStatus.CANCELLED
        if self.session is SessionState.EXPIRED:
            return DonationStatus.EXPIRED
        if self.session is SessionState.COMPLETE or any(
            c.state is ChargeState.PENDING for c in self.charges.values()
        ):
            return DonationStatus.PROCESSING
        return DonationStatus.CREATED if self.session is None else DonationStatus.OPEN

    def backs(self) -> Iterator[Back]:
        """Every movement back, and the mirror of each that failed or was reinstated.

        Sorted, so that a batch books them in the same order wherever it runs.
        """
        yield from _failed_late(self.charges)
        for _, refund in sorted(self.refunds.items()):
            yield from _refunded(refund)
        for _, dispute in sorted(self.disputes.items()):
            for transaction in sorted(dispute.withdrawn):
                yield Back(transaction, "dispute_withdrawn", dispute.amount)
            # Money that a bank put back waits until we hear that it was taken.
            for transaction in sorted(dispute.reinstated) if dispute.withdrawn else ():
                yield Back(transaction, "dispute_reinstated", -dispute.amount)


def _failed_late(charges: Mapping[str, ChargeFact]) -> Iterator[Back]:
    """What charges took and then failed to bring, however late each of both is heard.

    The gift is booked once: a charge that took the money anew makes good an earlier failure.
    """
    took = [
        charge
        for _, charge in sorted(charges.items())
        if charge.state is ChargeState.SUCCEEDED or charge.failure_transaction
    ]
    for charge in took:
        if charge.failure_transaction:
            yield Back(charge.id, "late_failure", charge.amount)
    for charge in took[1:]:
        yield Back(charge.id, "charged_again", -charge.amount)


def _refunded(refund: RefundFact) -> Iterator[Back]:
    reached = REFUND_ORDER[refund.status]
    if reached >= REFUND_ORDER[RefundStatus.SUCCEEDED]:
        yield Back(refund.id, "refund", refund.amount)
    if reached > REFUND_ORDER[RefundStatus.SUCCEEDED]:
        yield Back(refund.id, "refund_failed", -refund.amount)
