"""The double-entry ledger: a journal is one business fact, its entries sum to zero per currency.

Debit is positive. `amount` balances in each currency; `base`, in the fund's currency, stands only
on the accounts that the headline counts and is not balanced: the totals are sums of it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from fundtracker.domain.errors import Unbalanced
from fundtracker.domain.totals import Totals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fundtracker.domain.money import Money


class Account(StrEnum):
    """The chart of accounts."""

    # Charged, refunded or disputed while the balance transaction has not been seen; ends at 0.
    STRIPE_CLEARING = "stripe_clearing"
    # In the settlement currency; moved only by balance transactions, one journal for each.
    STRIPE = "stripe"
    # Money on its way, and arrived; these carry no fund.
    PAYOUT_TRANSIT = "payout_transit"
    BANK = "bank"
    CASH = "cash"
    REMITTANCE_TRANSIT = "remittance_transit"
    # Both sides of a conversion.
    EXCHANGE = "exchange"
    # Given, and given back: received = -(sum of base of both).
    GIFTS = "gifts"
    GIFTS_RETURNED = "gifts_returned"
    # Never in the headline: fees that donors covered, fees, and what was taken beyond the charge.
    FEE_COVER = "fee_cover"
    FEES = "fees"
    LOSS = "loss"
    # Unknown transaction types; anything but zero is an alarm.
    SUSPENSE = "suspense"
    # Memo accounts in the pledge's currency, outside accounting exports.
    PLEDGED = "pledged"
    UNCONFIRMED = "unconfirmed"
    PROMISES = "promises"


# The accounts whose base is counted; every other entry has none.
COUNTED = frozenset(
    {Account.GIFTS, Account.GIFTS_RETURNED, Account.PLEDGED, Account.UNCONFIRMED},
)
# Those whose base, negated, was received.
RECEIVED = frozenset({Account.GIFTS, Account.GIFTS_RETURNED})


@dataclass(frozen=True, slots=True)
class Entry:
    """One side of a journal: `amount` in minor units of `currency`, `base` in the fund's."""

    account: Account
    amount: int
    currency: str
    base: int | None = None
    fund: int | None = None
    section: int = 0
    holder: str = ""

    def __post_init__(self) -> None:
        """Refuse a base where none is counted, and none where one is."""
        if (self.base is not None) != (self.account in COUNTED):
            raise Unbalanced

    def __neg__(self) -> Entry:
        base = None if self.base is None else -self.base
        return replace(self, amount=-self.amount, base=base)


@dataclass(frozen=True, slots=True)
class Journal:
    """One business fact; (`source`, `kind`) is booked once.

    Raises Unbalanced unless its entries sum to zero in each currency.
    """

    source: str
    kind: str
    entries: tuple[Entry, ...]

    def __post_init__(self) -> None:
        """Refuse what does not balance before the database has to."""
        if not self.entries or any(balances(self.entries).values()):
            raise Unbalanced


def balances(entries: Iterable[Entry]) -> dict[str, int]:
    """The sum of the amounts for each currency."""
    sums: defaultdict[str, int] = defaultdict(int)
    for entry in entries:
        sums[entry.currency] += entry.amount
    return dict(sums)


def entry(account: Account, money: Money, *, holder: str = "") -> Entry:
    """An entry that no headline counts."""
    return Entry(account, money.minor, money.currency, holder=holder)


def totals(entries: Iterable[Entry]) -> dict[tuple[int, int], Totals]:
    """What entries add to the totals of each (fund, section); the one definition of each total.

    The counts of donations and pledges are not in the entries, and stay zero here.
    """
    sums: defaultdict[tuple[int, int], Totals] = defaultdict(Totals)
    for item in entries:
        if item.base is None or item.fund is None:
            continue
        sums[item.fund, item.section] += Totals(
            received=-item.base if item.account in RECEIVED else 0,
            pledged=item.base if item.account is Account.PLEDGED else 0,
            unconfirmed=item.base if item.account is Account.UNCONFIRMED else 0,
        )
    return dict(sums)
