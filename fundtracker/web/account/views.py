"""Every page of this audience, by the import of its module."""

from __future__ import annotations

from fundtracker.web.account import (
    challenges,
    demo,
    factors,
    home,
    links,
    own,
    second_factor,
    sign_in,
)
from fundtracker.web.account.blueprint import bp

__all__ = [
    "bp",
    "challenges",
    "demo",
    "factors",
    "home",
    "links",
    "own",
    "second_factor",
    "sign_in",
]
