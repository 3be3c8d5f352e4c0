"""The true version of a fund as server-sent events, for as long as the reader is of the staff."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from fundtracker.domain.roles import Permission
from fundtracker.store import funds
from fundtracker.web.access import me, requires
from fundtracker.web.context import context, parts
from fundtracker.web.desk.blueprint import bp
from fundtracker.web.desk.place import place_at, reach
from fundtracker.web.identity import still_in
from fundtracker.web.stream import BEAT, PULSE, RETRY, streamed

# Each version makes every desk ask for its state: ten tellers would ask a hundred times a second.
# One's own lines are there with their answer; those of others come at most so many seconds later.
# In a burst all desks are told at the same moments, so that what they ask for is read once.
BETWEEN = 0.4

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Response

    from fundtracker.web.context import Context


@bp.get("/<slug>/stream")
@requires(Permission.USE_DESK)
def stream(slug: str) -> Response:
    """Follow the versions of a fund, held or not; 503 to whoever had better poll."""
    with parts().database.reading(reach()) as session:
        place_at(session, slug)
    here, session_id = context(), me().session_id
    return streamed(lambda lifetime: versions(here, slug, session_id, lifetime))


def versions(
    here: Context,
    slug: str,
    session_id: int,
    lifetime: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[bytes]:
    """Yield the versions of a fund, and a beat in between, until the role or the time ends."""
    end, beat = clock() + lifetime, clock() + BEAT
    yield b"retry: %d\n\n" % RETRY
    with here.parts.database.reading() as session:
        known = funds.by_slug(session, slug).version
    yield _version(known)
    told = clock()
    while (now := clock()) < end and not here.streams.closing:
        newer = here.parts.broker.newer(slug, known, min(PULSE, end - now, beat - now))
        if newer is not None:
            sleep(_pause(told, clock()))
            # What came during the pause is told with it.
            known = here.parts.broker.newer(slug, newer, 0) or newer
            yield _version(known)
            told = clock()
        elif clock() < beat:
            yield b":\n\n"
        if clock() >= beat:
            # Whoever loses the role is signed out: neither beat nor number comes after that.
            if not still_in(here.parts, session_id):
                return
            beat += BEAT
            yield b"event: beat\ndata: {}\n\n"


def _pause(told: float, now: float) -> float:
    """How long to wait before telling again: not at all, or until the next of the moments."""
    return 0.0 if now - told >= BETWEEN else BETWEEN - now % BETWEEN


def _version(number: int) -> bytes:
    return b'id: %d\nevent: version\ndata: {"version":%d}\n\n' % (number, number)
