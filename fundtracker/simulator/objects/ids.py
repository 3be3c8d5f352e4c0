"""Ids that look like Stripe's."""

from __future__ import annotations

import secrets

# Characters after the prefix; a session's id is as long as Stripe's, so that columns are tested.
LENGTHS = {"cs_test_": 58, "evt_": 24}


def new_id(prefix: str) -> str:
    """Return an id that nobody can guess."""
    length = LENGTHS.get(prefix, 24)
    return prefix + secrets.token_hex(length // 2)
