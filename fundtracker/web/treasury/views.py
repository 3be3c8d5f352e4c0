"""Every page of this audience, by the import of its module."""

from __future__ import annotations

from fundtracker.web.treasury import (
    allocate,
    donation,
    donations,
    enter,
    exports,
    figures,
    journals,
    matches,
    overview,
    owed,
    pledge,
    pledge_decide,
    pledge_edit,
    pledge_new,
    pledges,
    promises,
    refund,
    refunds,
    reverse,
)
from fundtracker.web.treasury.blueprint import bp

__all__ = [
    "allocate",
    "bp",
    "donation",
    "donations",
    "enter",
    "exports",
    "figures",
    "journals",
    "matches",
    "overview",
    "owed",
    "pledge",
    "pledge_decide",
    "pledge_edit",
    "pledge_new",
    "pledges",
    "promises",
    "refund",
    "refunds",
    "reverse",
]
