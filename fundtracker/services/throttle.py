"""Throttle attempts to prove who somebody is, also those that come at the same moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_, TooManyRequests
from fundtracker.store import attempts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fundtracker.domain.attempts import Limit
    from fundtracker.services.parts import Parts

TOO_MANY = N_("That was too many tries. Please wait a quarter of an hour and try again.")


def count_attempt(parts: Parts, limits: Sequence[Limit]) -> list[int]:
    """Count an attempt before it is judged; return by what it is forgiven if it was right.

    Raises TooManyRequests, and then counts nothing: whoever waits, waits no longer for having
    knocked. The order of the limits does not matter.
    """
    now = parts.clock()
    with parts.database.unit_of_work() as session:
        attempts.lock(session, limits)
        attempts.forget(session, now)
        if any(attempts.count(session, limit, now) >= limit.most for limit in limits):
            raise TooManyRequests(TOO_MANY)
        return attempts.add(session, limits, now)
