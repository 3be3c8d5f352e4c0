"""Whether a fact agrees with what we know: a contradiction is never merged, a person must look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.facts import DisputeFact, RefundFact

if TYPE_CHECKING:
    from fundtracker.domain.donations import Payment
    from fundtracker.domain.postings import Gift
    from fundtracker.services.identify import PaymentFact

# What Stripe says once and then never says otherwise; null means "not known yet".
_LASTING = ("charge", "intent", "transaction", "failure_transaction")


def contradiction(fact: PaymentFact, account: str, gift: Gift, payment: Payment) -> str | None:
    """Name what a fact contradicts, or None; the sentence holds no personal data."""
    if account != gift.holder:
        return f"{fact.id} came from {account}, the donation is of {gift.holder}"
    if fact.currency != gift.currency:
        return f"{fact.id} is in {fact.currency}, the donation in {gift.currency}"
    goes_back = isinstance(fact, RefundFact | DisputeFact)
    if not goes_back and fact.amount != gift.charged:
        return f"{fact.id} is over {fact.amount}, the donation over {gift.charged}"
    return _changed(fact, payment)


def _changed(fact: PaymentFact, payment: Payment) -> str | None:
    known = (
        payment.charges.get(fact.id)
        or payment.refunds.get(fact.id)
        or payment.disputes.get(fact.id)
    )
    if known is None:
        return None
    if known.amount != fact.amount:
        return f"{fact.id} was over {known.amount}, and now over {fact.amount}"
    for name in _LASTING:
        before, now = getattr(known, name, None), getattr(fact, name, None)
        if before and now and before != now:
            return f"the {name} of {fact.id} was {before}, and now {now}"
    return None
