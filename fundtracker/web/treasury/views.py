"""Every page of this audience, by the import of its module."""

from __future__ import annotations

from fundtracker.web.treasury import (
    donation,
    donations,
    enter,
    exports,
    figures,
    journals,
    overview,
    refund,
    refunds,
    reverse,
)
from fundtracker.web.treasury.blueprint import bp

__all__ = [
    "bp",
    "donation",
    "donations",
    "enter",
    "exports",
    "figures",
    "journals",
    "overview",
    "refund",
    "refunds",
    "reverse",
]
