"""From a webhook's arrival to the message on an open stream, as a screen would see it."""

from __future__ import annotations

import socket
import time
from statistics import quantiles
from typing import TYPE_CHECKING

from benchmarks.events import session_completed, webhook
from benchmarks.funds import SLUG, add_donations, make_fund
from benchmarks.load import send_all
from benchmarks.places import SECRET
from benchmarks.table import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.places import Place

COUNT = 200
# Seconds between two gifts: longer than the shortest pause between two pictures of the number.
BETWEEN = 0.15
LIMIT = 0.250


def measure(place: Place) -> list[Figure]:
    """Send one webhook at a time, and wait for the stream to say so."""
    sections = make_fund(place.database)
    tokens = add_donations(place.database, sections, "l", COUNT)
    place.server.start()
    waits = []
    with socket.create_connection(("127.0.0.1", place.server.port), timeout=30) as stream:
        messages = _messages(stream, place.server.port)
        next(messages)
        for token in tokens:
            request = webhook(session_completed(token), SECRET, place.server.port)
            time.sleep(BETWEEN)
            started = time.perf_counter()
            send_all(place.server.port, [request])
            next(messages)
            waits.append(time.perf_counter() - started)
    cuts = quantiles(waits, n=100)
    p50, p99 = cuts[49], cuts[98]
    return [
        Figure(
            f"{place.name}: webhook to stream, p99 of {COUNT}",
            f"{p99 * 1000:.0f} ms",
            f"p50 {p50 * 1000:.0f} ms",
            f"under {LIMIT * 1000:.0f} ms",
            met=p99 < LIMIT,
        ),
    ]


def _messages(stream: socket.socket, port: int) -> Iterator[bytes]:
    stream.sendall(
        f"GET /api/v1/funds/{SLUG}/stream HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode(),
    )
    buffer = b""
    while received := stream.recv(65536):
        buffer += received
        while b"event: snapshot" in buffer:
            _head, _, rest = buffer.partition(b"event: snapshot")
            if b"\n\n" not in rest:
                break
            message, _, buffer = rest.partition(b"\n\n")
            yield message
    raise SystemExit("the stream ended")
