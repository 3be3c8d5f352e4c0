"""What a change would do to the number that the hall sees, before anybody confirms it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.funds import FundStatus
from fundtracker.domain.money import Money
from fundtracker.domain.totals import Totals, headline, permille
from fundtracker.store import snapshots

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import CountingRule, Fund


@dataclass(frozen=True, slots=True)
class Effect:
    """The headline, its per cents and the target as they are shown and as they would be.

    While the count is held these are the held numbers: the true ones are not for everybody.
    """

    before: Money
    after: Money
    permille_before: int
    permille_after: int
    target_before: Money
    target_after: Money
    is_held: bool
    reached: bool


def needs_confirming(fund: Fund) -> bool:
    """Tell whether a hall may be looking at this very moment."""
    return fund.status is FundStatus.OPEN


def effect(
    session: Session,
    fund: Fund,
    *,
    rule: CountingRule | None = None,
    targets: tuple[int, int] | None = None,
) -> Effect:
    """Return what another counting rule, or another target and first target, would do."""
    shown = json.loads(snapshots.load(session, fund.slug))
    totals = Totals(shown["received"], shown["pledged"], shown["unconfirmed"])
    target, first = targets or (shown["target"], shown["first_target"])
    after = headline(rule or fund.counting_rule, totals)
    return Effect(
        before=Money(shown["headline"], fund.currency),
        after=Money(after, fund.currency),
        permille_before=shown["permille"],
        permille_after=permille(after, first),
        target_before=Money(shown["target"], fund.currency),
        target_after=Money(target, fund.currency),
        is_held=shown["mode"] == "hold",
        reached=after >= target,
    )
