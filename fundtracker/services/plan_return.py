"""Plan a return: what it would do to pledges and to the number if a gift were kept no longer.

A pledge that it paid is open again by itself; the number then falls by less, or not at all.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fundtracker.domain.allocations import kept_part
from fundtracker.domain.ledger import Account
from fundtracker.domain.money import Money
from fundtracker.domain.pledge_postings import Part
from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals, headline
from fundtracker.services.merge import gift_of
from fundtracker.store import allocations, donations, funds, pledges
from fundtracker.store.pledges import promise_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.pledge_postings import Promise
    from fundtracker.services.parts import Parts
    from fundtracker.store.donations import DonationRow


@dataclass(frozen=True, slots=True)
class Opened:
    """A pledge of which more is open afterwards, by so much in its own currency."""

    pledge_id: int
    by: Money


@dataclass(frozen=True, slots=True)
class Return:
    """What happens where less of a gift is kept: the headline falls by `falls`."""

    falls: Money
    opened: tuple[Opened, ...]


def plan_return(
    parts: Parts, donation: str, kept: int, scope: Scope, *, withdrawn: bool = False
) -> Return:
    """Say what would follow if so many minor units of a gift were kept, and do nothing.

    With `withdrawn` nothing more is expected of the pledges that it touches. Raises
    UnknownDonation.
    """
    with parts.database.reading(scope) as session:
        donations.by_token(session, donation, scope)
    # The number moves by what it pays outside the scope too.
    with parts.database.reading() as session:
        row = donations.by_token(session, donation, Scope.everything())
        return _follows(session, row, kept, withdrawn=withdrawn)


def _follows(session: Session, row: DonationRow, kept: int, *, withdrawn: bool) -> Return:
    fund = funds.by_ids(session, [row.fund_id])[row.fund_id]
    gift = gift_of(row, fund.currency)
    change = Totals(received=gift.base(kept) - gift.base(row.kept))
    opened = []
    for pledge_id, (promise, lost) in _losing(session, row, fund.currency, kept).items():
        # Only of one that is paid is there a rest to give up, and this one is not any more.
        after = replace(promise.paying(Part(-lost.amount, -lost.base)), rounded=0)
        if withdrawn:
            after = replace(after, layer=None, expected=False)
        change += _counted(after, 1) + _counted(promise, -1)
        by = after.open_amount - promise.open_amount
        if by > 0:
            opened.append(Opened(pledge_id, Money(by, promise.currency)))
    falls = Money(-headline(fund.counting_rule, change), fund.currency)
    return Return(falls, tuple(opened))


def _losing(
    session: Session, row: DonationRow, currency: str, kept: int
) -> dict[int, tuple[Promise, Part]]:
    """The pledges that would be paid less, by id, and how much less."""
    parts = allocations.confirmed_of(session, [row.id]).get(row.id, [])
    known = pledges.by_ids(session, {part.pledge_id for part in parts})
    promises = {number: promise_of(pledge, currency) for number, pledge in known.items()}
    gift, before = gift_of(row, currency), 0
    lost: defaultdict[int, list[Part]] = defaultdict(list)
    for each in parts:
        left = kept_part(each.share, promises[each.pledge_id], gift, before, kept)
        before += each.given
        if left.amount < each.kept_amount:
            less = Part(each.kept_amount - left.amount, each.kept_base - left.base)
            lost[each.pledge_id].append(less)
    return {
        number: (
            promises[number],
            Part(sum(part.amount for part in less), sum(part.base for part in less)),
        )
        for number, less in lost.items()
    }


def _counted(promise: Promise, sign: int) -> Totals:
    if promise.layer is None:
        return Totals()
    if promise.layer is Account.UNCONFIRMED:
        return Totals(unconfirmed=sign * promise.open_base)
    return Totals(pledged=sign * promise.open_base)
