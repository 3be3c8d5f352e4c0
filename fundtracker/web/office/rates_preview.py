"""What other exchange rates would touch, and what they would not: told before they are set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.money import Money
from fundtracker.domain.rate_tables import compare
from fundtracker.domain.totals import Totals
from fundtracker.store import rates, totals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.rate_tables import RateChange
    from fundtracker.domain.rates import Rate
    from fundtracker.domain.scope import Scope


@dataclass(frozen=True, slots=True)
class Waiting:
    """Donations in a currency without a rate: how many, and their sum in it."""

    currency: str
    count: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Preview:
    """The changes, the gifts that keep what they are worth, and those that would be counted."""

    changes: list[RateChange]
    kept: int
    received: Money
    released: list[Waiting]
    is_locked: bool


def waiting_of(session: Session, fund: Fund, scope: Scope) -> list[Waiting]:
    """Return what waits for a rate, by currency."""
    found = rates.waiting(session, fund.id, scope)
    return [
        Waiting(code, count, Money(minor, code)) for code, (count, minor) in sorted(found.items())
    ]


def preview(session: Session, fund: Fund, after: Mapping[str, Rate], scope: Scope) -> Preview:
    """Hold rates for the whole fund against those that it has."""
    before = rates.current(session, fund)
    before.pop(fund.currency)
    kept = sum(totals.of_fund(session, fund.id, scope).values(), Totals())
    return Preview(
        changes=compare(before, after),
        kept=kept.donations,
        received=Money(kept.received, fund.currency),
        released=[each for each in waiting_of(session, fund, scope) if each.currency in after],
        is_locked=rates.locked_table(session, fund.rate_table_id) is not None,
    )
