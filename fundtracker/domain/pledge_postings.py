"""What a pledge books: promised, checked, paid in parts, given up, and what is still open.

A pledge counts while it is expected: max(0, base(promised) - what its allocations are worth in the
fund's currency), in the layer of what is promised or of what is still being checked. Every change
books what it counts now, less what it counted. Whether it is paid is decided in its own currency. A
donation made for a pledge lowers what is open by as much as it raises `received`; what is over-paid
stays the gift's free part.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fundtracker.domain.desk.values import PaidBy
from fundtracker.domain.ledger import Account, Entry, Journal
from fundtracker.domain.money import Money
from fundtracker.domain.pledges import PledgeStatus

if TYPE_CHECKING:
    from fundtracker.domain.rates import Rate

# Of these more money is expected.
EXPECTED = frozenset({PledgeStatus.UNCONFIRMED, PledgeStatus.OPEN})


@dataclass(frozen=True, slots=True)
class Part:
    """What an allocation pays of a pledge: minor units of its currency, and of the fund's."""

    amount: int
    base: int


@dataclass(frozen=True, slots=True)
class Promise:
    """A pledge as the ledger sees it: `promised` and `paid` in minor units of `currency`.

    `paid_base` is what the allocations are worth in minor units of the fund's currency, `rounded`
    what was given up of a rest that rates had left of a pledge that is paid. `layer` is
    the account on which the open part is counted; None where none is, though more may be
    `expected`: a promise that nobody has confirmed can be paid before it counts.
    """

    fund: int
    section: int
    currency: str
    promised: int
    base_currency: str
    rate: Rate
    paid: int = 0
    paid_base: int = 0
    rounded: int = 0
    layer: Account | None = Account.PLEDGED
    expected: bool = True

    @property
    def promised_base(self) -> int:
        """The promise in the fund's minor units."""
        return self.rate.to_base(Money(self.promised, self.currency), self.base_currency).minor

    @property
    def open_base(self) -> int:
        """What is outstanding in the fund's minor units: what the headline counts."""
        if not self.expected:
            return 0
        return max(0, self.promised_base - self.paid_base - self.rounded)

    @property
    def open_amount(self) -> int:
        """What is outstanding in the pledge's own minor units."""
        return max(0, self.promised - self.paid) if self.expected else 0

    def part_of(self, money: Money, base: int) -> Part:
        """What money worth `base` pays; what is beyond the open part is not taken.

        Money in the pledge's own currency pays so much of it. Other money pays at the pledge's
        rate, and all that is left when it covers the base, so that no cent stays for rounding.
        """
        return Part(
            min(self.open_amount, self._worth(money, base)),
            min(base, self.open_base),
        )

    def uncounted(self) -> Promise:
        """The pledge as if it counted nowhere."""
        return replace(self, layer=None)

    def paying(self, part: Part) -> Promise:
        """The pledge with one more part paid; a reversed allocation is a negative part."""
        return replace(self, paid=self.paid + part.amount, paid_base=self.paid_base + part.base)

    def _worth(self, money: Money, base: int) -> int:
        """What money is worth in the pledge's currency."""
        if money.currency == self.currency:
            return money.minor
        if base >= self.open_base:
            return self.promised
        return self.rate.from_base(Money(base, self.base_currency), self.currency).minor


def layer(status: PledgeStatus, paid_by: PaidBy | None, *, counted: bool) -> Account | None:
    """Return the account on which the open part of a pledge is counted.

    Cash is being checked until it is counted, whoever has confirmed that it was called out.
    """
    if not counted or status not in EXPECTED:
        return None
    if status is PledgeStatus.UNCONFIRMED or paid_by is PaidBy.CASH:
        return Account.UNCONFIRMED
    return Account.PLEDGED


def change(before: Promise | None, after: Promise, source: str, kind: str) -> Journal | None:
    """Book what a pledge counts after a change, less what it counted; None where nothing moved."""
    entries = [] if before is None else _counted(before, -1)
    moved = _merged([*entries, *_counted(after, 1)])
    return Journal(source, kind, moved) if moved else None


def _counted(promise: Promise, sign: int) -> list[Entry]:
    if promise.layer is None:
        return []
    amount, base = sign * promise.open_amount, sign * promise.open_base
    return [
        Entry(promise.layer, amount, promise.currency, base, promise.fund, promise.section),
        Entry(Account.PROMISES, -amount, promise.currency),
    ]


def _merged(entries: list[Entry]) -> tuple[Entry, ...]:
    """One entry for each account and section; those that came to nothing are left out."""
    sums: dict[tuple[Account, int | None, int], Entry] = {}
    for item in entries:
        place = (item.account, item.fund, item.section)
        known = sums.get(place)
        if known is None:
            sums[place] = item
            continue
        base = None if item.base is None else (known.base or 0) + item.base
        sums[place] = replace(known, amount=known.amount + item.amount, base=base)
    return tuple(item for item in sums.values() if item.amount or item.base)
