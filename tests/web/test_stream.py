from __future__ import annotations

import gc
import socket
import time
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs
from werkzeug.serving import make_server

from fundtracker.domain.errors import UnknownFund
from fundtracker.web import api, stream
from fundtracker.web.context import Context
from fundtracker.web.stream import LONGEST, SHORTEST, SLOWEST, NoPlace, Stream, snapshots_of
from tests.web.small_app import Fund, make_app, make_parts, make_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from werkzeug.test import TestResponse

    from fundtracker.live.snapshots import Published

STREAM = "/api/v1/funds/conference/stream"
BEAT = b"event: beat\ndata: {}\n\n"
PULSE = b":\n\n"


def snapshot(version: int) -> bytes:
    return b'id: %d\nevent: snapshot\ndata: {"fund":"conference","version":%d}\n\n' % (
        version,
        version,
    )


class Evening(Fund):
    """A fund, and a clock that waiting moves; `plan` says which version comes at which second."""

    def __init__(self, plan: dict[int, int] | None = None) -> None:
        super().__init__()
        self.plan = dict(plan or {})
        self.now = 0.0
        self.held: int | None = None
        self.gone = False
        parts = replace(make_parts(), broker=self)
        self.context = Context(parts, make_settings(streams=2), self.snapshots)

    def announce(self, fund: str, version: int) -> None:
        raise NotImplementedError

    def newer(self, fund: str, version: int, timeout: float) -> int | None:
        assert timeout > 0
        until = self.now + timeout
        due = [second for second in sorted(self.plan) if second <= until]
        if not due:
            self.now = until
            return None
        self.now = max(self.now, due[0])
        self.version = self.plan.pop(due[0])
        return self.version if self.version > version else None

    def read_version(self, slug: str) -> int:
        if self.gone:
            raise UnknownFund
        return super().read_version(slug)

    def load(self, slug: str) -> Published:
        return self.published(slug, self.held or self.version)

    def follow(self, last_seen: str = "", lifetime: float = 9) -> list[bytes]:
        return list(self.stream(last_seen, lifetime))

    def stream(self, last_seen: str = "", lifetime: float = 9) -> Stream:
        events = snapshots_of(self.context, self.slug, last_seen, lifetime, lambda: self.now)
        return Stream(self.context, events)


def test_a_stream_begins_with_the_snapshot_of_now() -> None:
    assert Evening().follow()[:2] == [b"retry: 3000\n\n", snapshot(7)]


def test_whoever_comes_back_with_this_version_is_not_told_it_again() -> None:
    assert snapshot(7) not in Evening().follow(last_seen="7")


@pytest.mark.parametrize("last_seen", ["6", "8", "7 ", "nonsense", "07", "\xff"])
def test_whoever_comes_back_with_anything_else_is(last_seen: str) -> None:
    assert snapshot(7) in Evening().follow(last_seen=last_seen)


def test_every_version_is_told_once_and_in_order() -> None:
    evening = Evening({1: 8, 2: 9, 3: 9, 5: 12})

    told = [event for event in evening.follow() if event.startswith(b"id")]

    assert told == [snapshot(7), snapshot(8), snapshot(9), snapshot(12)]


def test_silence_is_broken_by_a_beat_each_ten_seconds_and_by_comments_in_between() -> None:
    told = Evening().follow(last_seen="7", lifetime=21)

    assert told[1:] == [PULSE, PULSE, BEAT, PULSE, PULSE, BEAT, PULSE]


def test_news_do_not_put_off_the_beat() -> None:
    evening = Evening({second: 7 + second for second in range(1, 30)})

    assert evening.follow(lifetime=29.5).count(BEAT) == 2


def test_a_held_fund_keeps_its_number_while_it_runs_on() -> None:
    evening = Evening({1: 8, 2: 9, 12: 10})
    evening.held = 7

    told = evening.follow(lifetime=15)

    assert [event for event in told if event.startswith(b"id")] == [snapshot(7)]
    assert BEAT in told


def test_a_stream_ends_by_itself_and_gives_its_place_back() -> None:
    evening = Evening()
    evening.follow(lifetime=300)

    assert evening.now == pytest.approx(300)
    assert evening.context.streams.taken == 0


def test_a_stream_that_cannot_see_the_truth_ends_without_a_word_to_the_client() -> None:
    evening = Evening({1: 8})
    followed = evening.stream("7")
    next(followed)
    evening.gone = True

    with capture_logs() as lines:
        assert list(followed) == []

    assert evening.context.streams.taken == 0
    assert [line["event"] for line in lines] == ["stream ended"]


def test_no_more_streams_than_there_are_places() -> None:
    evening = Evening()
    open_ones = [evening.stream() for _ in range(2)]

    with pytest.raises(NoPlace):
        evening.stream()

    open_ones[0].close()
    open_ones[0].close()
    assert evening.context.streams.taken == 1
    evening.stream().close()


def test_a_stream_that_was_never_begun_gives_its_place_back() -> None:
    evening = Evening()
    context = evening.context

    forgotten = evening.stream()
    assert context.streams.taken == 1
    del forgotten
    gc.collect()

    assert context.streams.taken == 0


@pytest.fixture
def fund() -> Fund:
    return Fund()


@pytest.fixture
def app(fund: Fund) -> Flask:
    app = make_app(make_settings(streams=2), fund=fund)
    app.register_blueprint(api.bp)
    return app


def taken(app: Flask) -> int:
    context: Context = app.extensions["fundtracker"]
    return context.streams.taken


def follow(app: Flask) -> TestResponse:
    return app.test_client().get(STREAM)


def test_a_stream_is_not_collected_kept_or_closed_to_other_sites(app: Flask) -> None:
    answer = follow(app)

    assert answer.status_code == 200
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Length" not in answer.headers
    answer.close()


def test_beyond_the_last_place_the_client_is_sent_to_poll(app: Flask) -> None:
    places = [follow(app), follow(app)]

    refused = follow(app)
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "5"
    assert "ask for the total" in refused.get_json()["error"]
    assert refused.headers["Access-Control-Allow-Origin"] == "*"

    places[0].close()
    again = follow(app)
    assert again.status_code == 200
    places[1].close()
    again.close()
    assert taken(app) == 0


def test_a_reader_that_takes_nothing_does_not_hold_its_place(app: Flask) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        app.test_client().get(STREAM, environ_overrides={"gunicorn.socket": ours}).close()

        assert ours.gettimeout() == SLOWEST


def test_asking_for_the_head_or_an_unknown_fund_takes_no_place(app: Flask) -> None:
    client = app.test_client()
    for _ in range(5):
        assert client.head(STREAM).status_code == 200
        assert client.get("/api/v1/funds/nowhere/stream").status_code == 404

    assert taken(app) == 0


def test_an_answer_that_is_replaced_gives_its_place_back(app: Flask) -> None:
    app.logger.disabled = True  # pytest keeps what is logged, and with it the answer

    @app.after_request
    def fail(_answer: object) -> None:
        raise ZeroDivisionError

    for _ in range(5):
        assert follow(app).status_code == 500
    gc.collect()

    assert taken(app) == 0


def test_streams_last_about_five_minutes_and_not_all_as_long(
    app: Flask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lifetimes = []

    def noted(context: Context, fund: str, last_seen: str, lifetime: float) -> Iterator[bytes]:
        lifetimes.append(lifetime)
        return snapshots_of(context, fund, last_seen, lifetime)

    monkeypatch.setattr(stream, "snapshots_of", noted)
    for _ in range(50):
        follow(app).close()

    assert len(set(lifetimes)) > 10
    assert all(SHORTEST <= lifetime <= LONGEST for lifetime in lifetimes)


@pytest.fixture
def served(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], socket.socket]]:
    """Serve the app for real, with a quick pulse; call it to open a stream."""
    monkeypatch.setattr(stream, "PULSE", 0.01)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()

    def connect() -> socket.socket:
        client = socket.create_connection(("127.0.0.1", server.port), timeout=60)
        client.sendall(b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % STREAM.encode())
        return client

    yield connect
    server.shutdown()
    thread.join()
    server.server_close()


def eventually(true: Callable[[], bool]) -> bool:
    for _ in range(3000):
        if true():
            return True
        time.sleep(0.02)
    return False


def read_until(client: socket.socket, wanted: bytes) -> bytes:
    seen = b""
    while wanted not in seen:
        received = client.recv(4096)
        assert received, seen
        seen += received
    return seen


def test_a_number_reaches_everyone_who_follows(
    served: Callable[[], socket.socket],
    fund: Fund,
) -> None:
    with served() as first, served() as second:
        for client in (first, second):
            read_until(client, snapshot(7))
        fund.reach(8)
        for client in (first, second):
            read_until(client, snapshot(8))


def test_a_client_that_goes_frees_its_place(
    served: Callable[[], socket.socket],
    app: Flask,
) -> None:
    with served() as client:
        read_until(client, snapshot(7))
        assert taken(app) == 1

    assert eventually(lambda: taken(app) == 0)
