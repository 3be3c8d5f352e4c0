"""The running number as server-sent events: absolute snapshots, a beat, and an end.

A stream holds one of the server's threads, so there are only so many, and each ends by itself: the
client comes back and says which version it has. Whoever finds no place polls instead.
"""

from __future__ import annotations

import secrets
import time
import weakref
from typing import TYPE_CHECKING

import structlog
from flask import Response, request

from fundtracker.domain.errors import N_, FundtrackerError
from fundtracker.web.context import context
from fundtracker.web.logs import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fundtracker.live.snapshots import Published
    from fundtracker.web.context import Context

# Milliseconds after which a browser that has lost its stream asks for another.
RETRY = 3000
# Seconds between signs of life, by which a client knows that the number is not merely old.
BEAT = 10
# A client that has gone is noticed at the second write after it left. A comment in between is the
# first, so that its place is free again within one beat.
PULSE = 4
# A reader that takes nothing of what is written for so many seconds is dropped, with its place.
SLOWEST = 20
# Streams end after about five minutes, not all in the same second after a restart.
SHORTEST, LONGEST = 270, 330

_log = structlog.get_logger(__name__)


class NoPlace(FundtrackerError):
    """All streams that this process may carry are open."""

    status = 503
    message = N_("Too many screens are following live. Please ask for the total instead.")


class Stream:
    """The bytes of one stream; its place is given back when it is closed or forgotten."""

    def __init__(self, context: Context, events: Iterator[bytes]) -> None:
        if not context.streams.take(context.settings.streams):
            raise NoPlace
        # Whatever happens to an answer, sent, refused or replaced, this runs, and runs once.
        self.close = weakref.finalize(self, context.streams.free)
        self._events = events

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._events)
        except StopIteration:
            self.close()
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the client asks again and is told
            _log.warning("stream ended", error=describe(error))
            self.close()
            raise StopIteration from None


def stream_answer(fund: str) -> Response:
    """Answer with the stream of a fund; an unknown one is told before it begins."""
    here = context()
    here.snapshots.get(fund)
    last_seen = request.headers.get("Last-Event-ID", "")
    return streamed(lambda lifetime: snapshots_of(here, fund, last_seen, lifetime))


def streamed(events: Callable[[float], Iterator[bytes]]) -> Response:
    """Answer with what follows for so many seconds as it is told; 503 where there is no place."""
    _drop_slow_reader()
    lifetime = SHORTEST + secrets.randbelow(LONGEST - SHORTEST)
    body = () if request.method == "HEAD" else Stream(context(), events(lifetime))
    answer = Response(body, mimetype="text/event-stream")
    # A proxy that collects a page before it passes it on would collect for five minutes.
    answer.headers["X-Accel-Buffering"] = "no"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _drop_slow_reader() -> None:
    """Let writing fail where it would wait: the server itself waits without end."""
    connection = request.environ.get("gunicorn.socket")
    if connection is not None:
        connection.settimeout(SLOWEST)


def snapshots_of(
    context: Context,
    fund: str,
    last_seen: str,
    lifetime: float,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[bytes]:
    """Yield what the world sees of a fund, each time that it is otherwise, and a beat between."""
    end, beat = clock() + lifetime, clock() + BEAT
    yield b"retry: %d\n\n" % RETRY
    shown = context.snapshots.get(fund, patient=True)
    if last_seen != str(shown.version):
        yield _snapshot(shown)
    known = shown.version
    while (now := clock()) < end and not context.streams.closing:
        newer = context.parts.broker.newer(fund, known, min(PULSE, end - now, beat - now))
        if newer is not None:
            latest = context.snapshots.get(fund, patient=True)
            # A held fund runs on while what it publishes stays.
            known = max(newer, latest.version)
            if latest.version > shown.version:
                shown = latest
                yield _snapshot(shown)
        elif clock() < beat:
            yield b":\n\n"
        if clock() >= beat:
            beat += BEAT
            yield b"event: beat\ndata: {}\n\n"


def _snapshot(published: Published) -> bytes:
    head = b"id: %d\nevent: snapshot\ndata: " % published.version
    return head + published.body + b"\n\n"
