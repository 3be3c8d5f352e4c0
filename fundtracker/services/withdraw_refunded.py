"""Withdraw what was refunded: pledges whose donors wanted their money back, and not to owe it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.pledge_postings import EXPECTED
from fundtracker.services.book_pledges import alter
from fundtracker.services.decide_pledge import cancelled
from fundtracker.services.follow_line import follow_later
from fundtracker.store import allocations, pledges

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from fundtracker.services.book_pledges import Books, Changes
    from fundtracker.store.refund_orders import RefundOrderRow


def what_is_paid(session: Session, orders: Sequence[RefundOrderRow]) -> dict[int, int]:
    """What each part of the gifts of these orders pays, before something goes back."""
    if not orders:
        return {}
    paying = allocations.confirmed_of(session, {order.donation_id for order in orders})
    return {part.id: part.kept_amount for parts in paying.values() for part in parts}


def withdraw_refunded(
    books: Books, orders: Sequence[RefundOrderRow], paid_before: Mapping[int, int]
) -> Changes:
    """Cancel the pledges that refunds were to cancel, now that these have gone through.

    Of gifts that are locked and have just lost something, only those that are paid less than
    `paid_before`: another refund may have left one open on purpose. Otherwise a pledge is open
    again by itself. Returns what `count` is to add.
    """
    if not orders:
        return {}
    for order in orders:
        order.withdrawn_at = books.now
    paying = allocations.confirmed_of(books.session, {order.donation_id for order in orders})
    ids = {
        part.pledge_id
        for parts in paying.values()
        for part in parts
        if part.kept_amount < paid_before.get(part.id, part.amount)
    }
    rows = [row for row in pledges.lock(books.session, ids).values() if row.status in EXPECTED]
    changes = alter(books, rows, "pledge_cancelled", cancelled)
    follow_later(books.session, rows, books.now)
    return changes
