"""The ledger as treasurers read it: by a filter, within a scope, a page at a time.

    lines = donations(session, wanted, scope, limit=50)
    older = donations(session, wanted, scope, limit=50, after=lines[-1].id)

`refunds` and `journals` are read in the same way. A page costs the same at any size.
"""

from __future__ import annotations

from fundtracker.store.treasury_donations import by_token, donations
from fundtracker.store.treasury_journals import journals, of_donation
from fundtracker.store.treasury_lines import (
    DonationLine,
    EntryLine,
    JournalLine,
    OrderLine,
    RefundLine,
    Sum,
)
from fundtracker.store.treasury_places import zone_of
from fundtracker.store.treasury_refunds import open_orders, refunds
from fundtracker.store.treasury_sums import sums

__all__ = [
    "DonationLine",
    "EntryLine",
    "JournalLine",
    "OrderLine",
    "RefundLine",
    "Sum",
    "by_token",
    "donations",
    "journals",
    "of_donation",
    "open_orders",
    "refunds",
    "sums",
    "zone_of",
]
