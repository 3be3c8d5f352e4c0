"""Whose payment a fact is about: tokens and ids of Stripe's meet in one donation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.facts import (
    ChargeFact,
    DisputeFact,
    IntentFact,
    RefundFact,
    SessionFact,
    TransactionFact,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fundtracker.domain.facts import Fact

PaymentFact = SessionFact | IntentFact | ChargeFact | RefundFact | DisputeFact

# Ledger lines of these objects belong to a donation; a line of anything else stands for itself.
DONATION_OBJECTS = ("ch_", "py_", "re_", "pyr_", "du_", "dp_")


@dataclass(frozen=True, slots=True)
class Identity:
    """What names a payment: the token that we gave it, and ids of Stripe's, the vaguest last."""

    token: str | None
    refs: tuple[str, ...]

    @property
    def wanted(self) -> str:
        """The id that will be linked when the payment turns up."""
        return self.refs[-1]


def identity(fact: PaymentFact) -> Identity:
    """The token and the ids that a fact carries."""
    if isinstance(fact, SessionFact):
        return Identity(fact.token, _present(fact.id, fact.intent))
    if isinstance(fact, IntentFact):
        return Identity(fact.token, (fact.id,))
    if isinstance(fact, ChargeFact):
        return Identity(fact.token, _present(fact.id, fact.intent))
    return Identity(None, _present(fact.id, fact.charge, fact.intent))


def tokens(facts: Iterable[Fact]) -> set[str]:
    """The donations that facts name by our own token."""
    found = {identity(f).token for f in facts if not isinstance(f, TransactionFact)}
    return {token for token in found if token is not None}


def refs(facts: Iterable[Fact]) -> set[str]:
    """Every id of Stripe's by which facts name a payment."""
    found: set[str] = set()
    for fact in facts:
        if isinstance(fact, TransactionFact):
            found.update(_present(fact.source))
        else:
            found.update(identity(fact).refs)
    return found


def _present(*ids: str | None) -> tuple[str, ...]:
    return tuple(item for item in ids if item)
