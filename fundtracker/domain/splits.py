"""Split what came over what is open: each by its share, no minor unit lost and none too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def pro_rata(amount: int, open_: Sequence[int]) -> list[int]:
    """Split minor units over what is open, in proportion; what is beyond all of it is left.

    The parts are differences of cumulative shares, so that they add up exactly.
    """
    whole = sum(open_)
    if amount >= whole:
        return list(open_)
    parts: list[int] = []
    upto = told = 0
    for each in open_:
        upto += each
        share = amount * upto // whole
        parts.append(share - told)
        told = share
    return parts
