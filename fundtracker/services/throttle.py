"""Throttle attempts to prove who somebody is, also those that come at the same moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from fundtracker.domain.errors import TooManyRequests
from fundtracker.store import attempts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fundtracker.domain.attempts import Limit
    from fundtracker.services.parts import Parts

log = structlog.get_logger(__name__)


def count_attempt(parts: Parts, limits: Sequence[Limit]) -> list[int]:
    """Count an attempt before it is judged; return by what it is forgiven if it was right.

    Raises TooManyRequests, and then counts nothing: whoever waits, waits no longer for having
    knocked. What is said is what the first of the limits says that was reached.
    """
    now = parts.clock()
    with parts.database.unit_of_work() as session:
        attempts.lock(session, limits)
        attempts.forget(session, now)
        for limit in limits:
            if attempts.count(session, limit, now) >= limit.most:
                if limit.alarm:
                    log.error("brake on attempts", kind=limit.kind, most=limit.most)
                raise TooManyRequests(limit.told)
        return attempts.add(session, limits, now)
