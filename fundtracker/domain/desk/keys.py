"""By what a queue of lines knows for which desk it was typed."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fundtracker.domain.funds import Fund


def desk_key(key: str, fund: Fund) -> str:
    """Return what a browser keeps with its queue: another one once the rehearsal is real."""
    kind = "rehearsal" if fund.rehearsal else "real"
    return sha256(f"{key}\x1f{fund.slug}\x1f{fund.currency}\x1f{kind}".encode()).hexdigest()[:24]
