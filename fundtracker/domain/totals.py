"""The sums that are kept for each section of a fund, and what the headline makes of them."""

from __future__ import annotations

from dataclasses import dataclass

from fundtracker.domain.funds import CountingRule


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums in minor units of the fund's currency, and how many gifts and promises they are of."""

    received: int = 0
    pledged: int = 0
    unconfirmed: int = 0
    donations: int = 0
    pledges: int = 0

    def __add__(self, other: Totals) -> Totals:
        return Totals(
            self.received + other.received,
            self.pledged + other.pledged,
            self.unconfirmed + other.unconfirmed,
            self.donations + other.donations,
            self.pledges + other.pledges,
        )


def headline(rule: CountingRule, totals: Totals) -> int:
    """Return the one number of the hall, in minor units of the fund's currency."""
    counted = totals.received
    if rule is not CountingRule.RECEIVED:
        counted += totals.pledged
    if rule is CountingRule.EVERYTHING_ANNOUNCED:
        counted += totals.unconfirmed
    return counted


def permille(headline: int, target: int) -> int:
    """Return the tenths of a per cent of a positive target, floored: 99.96 % never shows as 100."""
    return headline * 1000 // target
