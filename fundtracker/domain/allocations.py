"""So much of a donation pays so much of a pledge: what each part is worth, refunds or not.

The parts of a donation stand one behind the other, in the order in which they were agreed. A refund
takes what is free first, then the newest part. What a part is worth in the fund's currency is a
difference of cumulative sums, so that the parts together come to what is kept, to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_
from fundtracker.domain.money import Money
from fundtracker.domain.pledge_postings import Part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fundtracker.domain.pledge_postings import Promise
    from fundtracker.domain.postings import Gift


class AllocationStatus(StrEnum):
    """Whether a part counts; only a confirmed one does."""

    # Offered, with its effect; nothing is booked.
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    # Taken back, or refused; what it paid is open again, and the gift's part free.
    REVERSED = "reversed"

    @property
    def label(self) -> str:
        """The status in words, to be translated."""
        return _LABELS[self]


_LABELS = {
    AllocationStatus.PROPOSED: N_("proposed"),
    AllocationStatus.CONFIRMED: N_("confirmed"),
    AllocationStatus.REVERSED: N_("taken back"),
}


@dataclass(frozen=True, slots=True)
class Share:
    """What a part was agreed to be.

    `given` of the donation and `amount` of the pledge, each in minor units of its own currency, and
    `base` in the fund's.
    """

    given: int
    amount: int
    base: int

    @property
    def part(self) -> Part:
        """What it pays."""
        return Part(self.amount, self.base)


NOTHING = Share(0, 0, 0)


def share(promise: Promise, gift: Gift, before: int, free: int) -> Share:
    """What `free` minor units of a gift would pay of a pledge, behind `before` that are taken.

    What is beyond the open part of the pledge stays free; NOTHING where nothing would be paid.
    """
    if promise.open_amount <= 0 or free <= 0:
        return NOTHING
    if gift.currency == promise.currency:
        given = min(free, promise.open_amount)
        base = min(_worth(promise, gift, before, given), promise.open_base)
        return Share(given, given, base)
    worth = _worth(promise, gift, before, free)
    # No more than what the open part is worth is taken, and the rest stays free.
    most = free if worth <= promise.open_base else gift.of_base(promise.open_base)
    given = min(free, most)
    part = promise.part_of(Money(given, gift.currency), min(worth, promise.open_base))
    # What is worth less than the least of the gift cannot be paid with it.
    return Share(given, part.amount, part.base) if given and part.amount else NOTHING


def kept_part(agreed: Share, promise: Promise, gift: Gift, before: int, kept: int) -> Part:
    """What is left of a part when only `kept` minor units are left of the whole gift.

    `before` is what stands in front of it. A whole part is what was agreed.
    """
    left = min(agreed.given, max(kept - before, 0))
    if left == agreed.given:
        return agreed.part
    base = min(agreed.base, _worth(promise, gift, before, left))
    return Part(agreed.amount * left // agreed.given, base)


def free(kept: int, agreed: Iterable[Share]) -> int:
    """What is left of a gift that pays nothing yet, in its minor units."""
    return max(0, kept - sum(each.given for each in agreed))


def _worth(promise: Promise, gift: Gift, before: int, given: int) -> int:
    """What a part of a gift is worth in the fund's minor units.

    In the pledge's own currency it counts at the pledge's rate, whatever the gift's was.
    """
    if gift.currency == promise.currency and gift.rate != promise.rate:
        upto, from_ = (
            promise.rate.to_base(Money(minor, promise.currency), promise.base_currency).minor
            for minor in (before + given, before)
        )
        return upto - from_
    return gift.base(before + given) - gift.base(before)
