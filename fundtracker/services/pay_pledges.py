"""Pay pledges: what pledges are paid follows what is left of donations, in their transaction."""

from __future__ import annotations

import secrets
from collections import defaultdict
from typing import TYPE_CHECKING

from fundtracker.domain.allocations import NOTHING, AllocationStatus, Share, free, kept_part, share
from fundtracker.domain.pledge_postings import Part
from fundtracker.services.book_pledges import alter, merged
from fundtracker.services.merge import gift_of
from fundtracker.store import allocations, pledges
from fundtracker.store.allocations import AllocationRow

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from fundtracker.services.book_pledges import Books, Changes
    from fundtracker.store.donations import DonationRow
    from fundtracker.store.pledges import PledgeRow


def follow(books: Books, rows: Sequence[DonationRow], fresh: Collection[int]) -> Changes:
    """Let pledges follow donations that are locked and whose `kept` may have changed.

    Those in `fresh`, by id, have just succeeded: they pay the pledge that they were made for.
    Returns what `count` is to add.
    """
    if not rows:
        return {}
    agreed = allocations.confirmed_of(books.session, [row.id for row in rows])
    paying = [(row, row.pledge_id) for row in rows if row.id in fresh and row.pledge_id is not None]
    named = {part.pledge_id for parts in agreed.values() for part in parts}
    locked = pledges.lock(books.session, named | {number for _, number in paying})
    changes = rederive(books, rows, agreed, locked, "pledge_payment_changed")
    for row, number in paying:
        changes = merged(changes, _pay(books, row, locked[number]))
    return changes


def rederive(
    books: Books,
    rows: Sequence[DonationRow],
    agreed: Mapping[int, Sequence[AllocationRow]],
    locked: Mapping[int, PledgeRow],
    kind: str,
) -> Changes:
    """Work out anew what each confirmed part of donations pays, and let its pledge know."""
    moved: defaultdict[int, list[Part]] = defaultdict(list)
    for row in rows:
        gift = gift_of(row, books.currencies[row.fund_id])
        before = 0
        for each in agreed.get(row.id, ()):
            promise = books.promise(locked[each.pledge_id])
            part = kept_part(each.share, promise, gift, before, row.kept)
            before += each.given
            moved[each.pledge_id].append(
                Part(part.amount - each.kept_amount, part.base - each.kept_base)
            )
            each.kept_amount, each.kept_base = part.amount, part.base
    changed = [locked[number] for number, parts in sorted(moved.items()) if _sum(parts) != _NONE]
    return alter(books, changed, kind, lambda pledge: _paid(pledge, _sum(moved[pledge.id])))


def offer(books: Books, row: DonationRow, pledge: PledgeRow, most: int | None = None) -> Share:
    """What a donation would pay of a pledge now, at most so many minor units of the donation."""
    taken = allocations.confirmed_of(books.session, [row.id]).get(row.id, [])
    currency = books.currencies[row.fund_id]
    left = free(row.kept, [part.share for part in taken])
    left = left if most is None else min(left, most)
    before = sum(part.given for part in taken)
    return share(books.promise(pledge), gift_of(row, currency), before, left)


def add(books: Books, row: DonationRow, pledge: PledgeRow, agreed: Share) -> AllocationRow:
    """Write down a confirmed part; the pledge is to be told with `tell`."""
    part = new_part(books, row, pledge, agreed, AllocationStatus.CONFIRMED)
    part.kept_amount, part.kept_base = agreed.amount, agreed.base
    part.decided_by, part.decided_at = part.actor, part.made_at
    return part


def new_part(
    books: Books, row: DonationRow, pledge: PledgeRow, agreed: Share, status: AllocationStatus
) -> AllocationRow:
    """Add a part that pays nothing yet."""
    part = AllocationRow(
        token=secrets.token_urlsafe(16),
        donation_id=row.id,
        pledge_id=pledge.id,
        fund_id=pledge.fund_id,
        section_id=pledge.section_id,
        status=status,
        given=agreed.given,
        amount=agreed.amount,
        base=agreed.base,
        kept_amount=0,
        kept_base=0,
        actor=str(books.parts.actor),
        made_at=books.now,
    )
    books.session.add(part)
    books.session.flush()
    return part


def tell(books: Books, pledge: PledgeRow, part: Part, kind: str) -> Changes:
    """Let a pledge be paid by a part more; returns what `count` is to add."""
    return alter(books, [pledge], kind, lambda row: _paid(row, part))


def _pay(books: Books, row: DonationRow, pledge: PledgeRow) -> Changes:
    agreed = offer(books, row, pledge)
    if agreed == NOTHING:
        # Paid meanwhile, or withdrawn: all of it is a gift and no more.
        return {}
    add(books, row, pledge, agreed)
    return tell(books, pledge, agreed.part, "pledge_paid")


_NONE = Part(0, 0)


def _sum(parts: Sequence[Part]) -> Part:
    return Part(sum(part.amount for part in parts), sum(part.base for part in parts))


def _paid(pledge: PledgeRow, part: Part) -> None:
    pledge.paid += part.amount
    pledge.paid_base += part.base
    if pledge.paid < pledge.amount:
        # Only of one that is paid is there a rest to give up.
        pledge.rounded = 0
