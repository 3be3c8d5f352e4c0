"""What a pledge books: promised, paid in parts, and what is still open.

A pledge counts while it is open: max(0, base(promised) - what its allocations are worth in the
fund's currency). Whether it is paid is decided in its own currency. A donation made for a pledge
lowers `pledged` by as much as it raises `received`; what is over-paid stays the gift's free part.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fundtracker.domain.ledger import Account, Entry, Journal
from fundtracker.domain.money import Money

if TYPE_CHECKING:
    from fundtracker.domain.rates import Rate


@dataclass(frozen=True, slots=True)
class Promise:
    """A pledge as the ledger sees it: `promised` and `paid` in minor units of `currency`.

    `paid_base` is what the allocations are worth in minor units of the fund's currency.
    """

    fund: int
    section: int
    currency: str
    promised: int
    base_currency: str
    rate: Rate
    paid: int = 0
    paid_base: int = 0

    @property
    def promised_base(self) -> int:
        """The promise in the fund's minor units."""
        return self.rate.to_base(Money(self.promised, self.currency), self.base_currency).minor

    @property
    def open_base(self) -> int:
        """What is outstanding in the fund's minor units: what the headline counts."""
        return max(0, self.promised_base - self.paid_base)

    def made(self, source: str) -> Journal:
        """The promise itself."""
        return self._memo(source, "promised", self.promised, self.promised_base)

    def pay(self, source: str, money: Money, base: int) -> tuple[Promise, Journal | None]:
        """Allocate money worth `base`; what is beyond the open part is not taken.

        Money in the pledge's own currency pays so much of it. Other money pays at the pledge's
        rate, and all that is left when it covers the base, so that no cent stays for rounding.
        """
        part_base = min(base, self.open_base)
        part = min(self.promised - self.paid, self._worth(money, base))
        if not part and not part_base:
            return self, None
        paid = replace(self, paid=self.paid + part, paid_base=self.paid_base + part_base)
        return paid, self._memo(source, "allocated", -part, -part_base)

    def _worth(self, money: Money, base: int) -> int:
        """What money is worth in the pledge's currency."""
        if money.currency == self.currency:
            return money.minor
        if base >= self.open_base:
            return self.promised
        return self.rate.from_base(Money(base, self.base_currency), self.currency).minor

    def _memo(self, source: str, kind: str, amount: int, base: int) -> Journal:
        counted = Entry(Account.PLEDGED, amount, self.currency, base, self.fund, self.section)
        return Journal(source, kind, (counted, Entry(Account.PROMISES, -amount, self.currency)))
