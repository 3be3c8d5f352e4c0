"""Withdraw what was refunded: pledges whose donors wanted their money back, and not to owe it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.pledge_postings import EXPECTED
from fundtracker.services.book_pledges import alter
from fundtracker.services.decide_pledge import cancelled
from fundtracker.store import allocations, pledges, refund_orders

if TYPE_CHECKING:
    from collections.abc import Collection

    from fundtracker.services.book_pledges import Books, Changes


def withdraw_refunded(books: Books, donation_ids: Collection[int]) -> Changes:
    """Cancel the pledges that refunds were to cancel, once these have gone through.

    Of donations that are locked and have just lost something. Otherwise a pledge is open again by
    itself. Returns what `count` is to add.
    """
    orders = refund_orders.withdrawing(books.session, donation_ids)
    if not orders:
        return {}
    for order in orders:
        order.withdrawn_at = books.now
    paying = allocations.confirmed_of(books.session, {order.donation_id for order in orders})
    ids = {
        part.pledge_id
        for parts in paying.values()
        for part in parts
        if part.kept_amount < part.amount
    }
    rows = [row for row in pledges.lock(books.session, ids).values() if row.status in EXPECTED]
    return alter(books, rows, "pledge_cancelled", cancelled)
