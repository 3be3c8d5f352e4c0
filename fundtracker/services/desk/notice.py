"""Notice tellers: who is at a desk, and how many lines their browser has not got rid of."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from fundtracker.domain.errors import UnknownFund
from fundtracker.store import funds, tellers

if TYPE_CHECKING:
    from collections.abc import Callable

    from fundtracker.domain.scope import Scope
    from fundtracker.services.parts import Parts

# Seconds: the operator asks who was heard in the last ten.
BETWEEN = 3


class Attendance:
    """What this process has written down of tellers, so that it is not written with each look."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with nobody."""
        self._clock = clock
        self._noted: dict[tuple[str, str], tuple[float, int]] = {}

    def is_news(self, slug: str, teller: str, waiting: int) -> bool:
        """Tell whether it is time to write, and remember that it is done."""
        now = self._clock()
        noted = self._noted.get((slug, teller))
        if noted is not None and now - noted[0] < BETWEEN and bool(noted[1]) is bool(waiting):
            return False
        self._noted[slug, teller] = now, waiting
        return True


def notice(parts: Parts, slug: str, waiting: int, scope: Scope) -> None:
    """Write down that a teller is there, and how many lines wait in their browser.

    Raises UnknownFund.
    """
    with parts.database.unit_of_work() as session:
        fund = funds.by_slug(session, slug)
        if not scope.allows_fund(fund.id):
            raise UnknownFund
        tellers.notice(session, fund.id, parts.actor.name, parts.clock(), waiting)
