"""The services at another time: what the sample says happened then is booked as of then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from fundtracker.services.parts import Parts


def at(parts: Parts, moment: datetime) -> Parts:
    """The same parts at another time."""
    return replace(parts, clock=lambda: moment)
