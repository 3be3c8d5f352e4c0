"""Whether a fact agrees with what we know: a contradiction is never merged, a person must look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.facts import ChargeFact, DisputeFact, RefundFact

if TYPE_CHECKING:
    from fundtracker.domain.donations import Payment
    from fundtracker.domain.postings import Gift
    from fundtracker.services.identify import PaymentFact


def contradiction(fact: PaymentFact, gift: Gift, payment: Payment) -> str | None:
    """Name what a fact contradicts, or None; the sentence holds no personal data."""
    if fact.currency != gift.currency:
        return f"{fact.id} is in {fact.currency}, the donation in {gift.currency}"
    if isinstance(fact, RefundFact | DisputeFact):
        known = payment.refunds.get(fact.id) or payment.disputes.get(fact.id)
        if known is not None and known.amount != fact.amount:
            return f"{fact.id} was over {known.amount}, and now over {fact.amount}"
        return None
    if fact.amount != gift.charged:
        return f"{fact.id} is over {fact.amount}, the donation over {gift.charged}"
    if isinstance(fact, ChargeFact):
        charge = payment.charges.get(fact.id, fact)
        lines = {charge.transaction, fact.transaction} - {None}
        if len(lines) > 1:
            return f"{fact.id} has two balance transactions"
    return None
