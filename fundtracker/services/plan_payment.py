"""Plan a payment: what a gift would do to pledges, one behind the other, before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.allocations import NOTHING, free, share
from fundtracker.domain.errors import N_, Invalid, NotNow
from fundtracker.domain.splits import pro_rata
from fundtracker.services.allocate import Effect, Wanted
from fundtracker.services.merge import gift_of
from fundtracker.store import allocations, donations, funds, pledges
from fundtracker.store.pledges import promise_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope
    from fundtracker.store.donations import DonationRow


@dataclass(frozen=True, slots=True)
class Planned:
    """One pledge of a plan: what is agreed to, with what it would do."""

    wanted: Wanted
    effect: Effect


@dataclass(frozen=True, slots=True)
class Plan:
    """What a gift would pay; `free` minor units of it pay nothing before, `left` after."""

    free: int
    left: int
    lines: tuple[Planned, ...]

    @property
    def lowers(self) -> int:
        """By what the headline falls, in minor units of the fund's currency."""
        return sum(line.effect.lowers for line in self.lines)


def free_of(session: Session, row: DonationRow) -> int:
    """What of a gift pays nothing yet, in minor units of its currency."""
    taken = allocations.confirmed_of(session, [row.id]).get(row.id, [])
    return free(row.kept, [part.share for part in taken])


def plan(session: Session, donation: str, several: Sequence[Wanted], scope: Scope) -> Plan:
    """Say what a gift would pay of each pledge, in this order; nothing is written.

    Raises UnknownDonation, UnknownPledge, Invalid, or NotNow where a pledge would get nothing.
    """
    row = donations.by_token(session, donation, scope)
    currency = funds.by_ids(session, [row.fund_id])[row.fund_id].currency
    gift = gift_of(row, currency)
    taken = allocations.confirmed_of(session, [row.id]).get(row.id, [])
    before = sum(part.given for part in taken)
    unpaid = left = free(row.kept, [part.share for part in taken])
    lines = []
    for each in several:
        pledge = pledges.by_token(session, each.pledge, scope)
        if pledge.fund_id != row.fund_id:
            raise Invalid(N_("This gift and this pledge are of different funds."))
        promise = promise_of(pledge, currency)
        if each.most is not None and each.most > left:
            raise Invalid(N_("That is more than is left of this gift."), field="amounts")
        agreed = share(promise, gift, before, left if each.most is None else each.most)
        if agreed == NOTHING or not row.booked_at:
            raise NotNow(N_("There is nothing open on this pledge, or nothing free of this gift."))
        after = promise.paying(agreed.part)
        lowers = 0 if promise.layer is None else promise.open_base - after.open_base
        effect = Effect(agreed, lowers, after.open_amount)
        lines.append(Planned(Wanted(each.pledge, agreed.given, agreed), effect))
        before += agreed.given
        left -= agreed.given
    return Plan(unpaid, left, tuple(lines))


def in_proportion(
    session: Session, donation: str, tokens: Sequence[str], scope: Scope
) -> list[Wanted]:
    """Split what is free of a gift over pledges by what is open of each, at the fund's worth."""
    row = donations.by_token(session, donation, scope)
    currency = funds.by_ids(session, [row.fund_id])[row.fund_id].currency
    gift = gift_of(row, currency)
    rows = [pledges.by_token(session, token, scope) for token in tokens]
    promises = [promise_of(pledge, currency) for pledge in rows]
    if all(promise.currency == row.currency for promise in promises):
        open_ = [promise.open_amount for promise in promises]
    else:
        # In the gift's own currency, as far as the gift goes.
        worth = gift.base(row.kept) or 1
        open_ = [-(-promise.open_base * row.kept // worth) for promise in promises]
    parts = pro_rata(free_of(session, row), open_)
    return [Wanted(token, part) for token, part in zip(tokens, parts, strict=True) if part]


def paying(session: Session, row: DonationRow) -> bool:
    """Tell whether a gift pays any pledge."""
    return bool(allocations.confirmed_of(session, [row.id]))
