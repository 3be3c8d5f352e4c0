"""What each fact about money books: functions from known facts to journals.

Settling posts target minus posted. What came back takes the gift first, then the fee cover, then
`loss`; bases of what came back are cumulative differences, so that refunds in any parts end at
the base of what is kept, and a gift given back whole ends at zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.ledger import Account, Entry, Journal, entry
from fundtracker.domain.money import Money

if TYPE_CHECKING:
    from fundtracker.domain.donations import Back
    from fundtracker.domain.facts import TransactionFact
    from fundtracker.domain.rates import Rate

# Ledger lines that move a payout's money out, or back in when it did not arrive.
PAYOUTS = frozenset({"payout", "payout_cancel", "payout_failure"})


@dataclass(frozen=True, slots=True)
class Gift:
    """A donation as the ledger sees it; `amount` and `cover` in minor units of `currency`.

    `holder` is where the money arrives: the Stripe account, bank account or cash bag. `rate` is
    frozen on the donation; without one the gift cannot be counted yet, never at 1.
    """

    fund: int
    section: int
    holder: str
    currency: str
    amount: int
    base_currency: str
    rate: Rate | None
    cover: int = 0
    arrives: Account = Account.STRIPE_CLEARING

    @property
    def charged(self) -> int:
        """What the donor paid."""
        return self.amount + self.cover

    def kept(self, back: int) -> int:
        """What is left of the gift when `back` went back."""
        return self.amount - min(self.amount, max(back, 0))

    def base(self, amount: int) -> int:
        """`amount` in the fund's minor units, at the rate frozen on the donation."""
        return self._frozen().to_base(Money(amount, self.currency), self.base_currency).minor

    def of_base(self, base: int) -> int:
        """What so many of the fund's minor units are in this currency, at the frozen rate."""
        return self._frozen().from_base(Money(base, self.base_currency), self.currency).minor

    def _frozen(self) -> Rate:
        if self.rate is None:
            msg = "a gift without a rate has no base"
            raise ValueError(msg)
        return self.rate


def given(gift: Gift, source: str) -> Journal:
    """The money arrived."""
    return Journal(
        source,
        "gift",
        _nonzero(
            Entry(gift.arrives, gift.charged, gift.currency, holder=gift.holder),
            _counted(gift, Account.GIFTS, -gift.amount, -gift.base(gift.amount)),
            Entry(Account.FEE_COVER, -gift.cover, gift.currency, holder=gift.holder),
        ),
    )


def returned(gift: Gift, back: Back, before: int) -> Journal:
    """Money went back, or came again: `before` is the sum that had gone back until now."""
    after = before + back.amount
    kept_before, kept_after = gift.kept(before), gift.kept(after)
    cover = _cover(gift, after) - _cover(gift, before)
    loss = _loss(gift, after) - _loss(gift, before)
    return Journal(
        back.source,
        back.kind,
        _nonzero(
            _counted(
                gift,
                Account.GIFTS_RETURNED,
                kept_before - kept_after,
                gift.base(kept_before) - gift.base(kept_after),
            ),
            Entry(Account.FEE_COVER, cover, gift.currency, holder=gift.holder),
            Entry(Account.LOSS, loss, gift.currency, holder=gift.holder),
            Entry(gift.arrives, -back.amount, gift.currency, holder=gift.holder),
        ),
    )


def settled(transaction: TransactionFact, original: Money | None, holder: str) -> Journal | None:
    """A line of Stripe's own ledger: `original` is what the charge, refund or dispute moved.

    `original` is signed and in the donor's currency; None for a line of no object that we know,
    whose counter-side is `payout_transit` for a payout and `suspense` for anything else. A line
    that moves nothing books nothing.
    """
    if not transaction.amount and not transaction.fee:
        return None
    currency = transaction.currency
    amount = Money(transaction.amount, currency)
    stripe = [
        Entry(Account.STRIPE, transaction.net, currency, holder=holder),
        Entry(Account.FEES, transaction.fee, currency, holder=holder),
    ]
    if original is None:
        account = Account.PAYOUT_TRANSIT if transaction.kind in PAYOUTS else Account.SUSPENSE
        counter = [entry(account, -amount, holder=holder)]
    elif original.currency == currency:
        counter = [
            entry(Account.STRIPE_CLEARING, -original, holder=holder),
            # A settlement in the same currency of another amount is nothing that we can explain.
            entry(Account.SUSPENSE, original - amount, holder=holder),
        ]
    else:
        counter = [
            entry(Account.EXCHANGE, -amount, holder=holder),
            entry(Account.EXCHANGE, original, holder=holder),
            entry(Account.STRIPE_CLEARING, -original, holder=holder),
        ]
    return Journal(transaction.id, "settlement", _nonzero(*stripe, *counter))


def _counted(gift: Gift, account: Account, amount: int, base: int) -> Entry:
    return Entry(account, amount, gift.currency, base, gift.fund, gift.section, gift.holder)


def _cover(gift: Gift, back: int) -> int:
    return min(max(back - gift.amount, 0), gift.cover)


def _loss(gift: Gift, back: int) -> int:
    return max(back - gift.charged, 0)


def _nonzero(*entries: Entry) -> tuple[Entry, ...]:
    return tuple(item for item in entries if item.amount or item.base)
