"""A server on a port of this machine that keeps what it is asked, and answers as it is told."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import SimpleQueue
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.payments.bodies import Body

HANG = "hang"  # takes the request and never answers
DROP = "drop"  # promises more than it sends


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    fields: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Provider:
    """Answers in turn, the last answer again and again; an answer is (status, body)."""

    address: str
    answers: list[tuple[int, bytes] | str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    arrived: SimpleQueue[Request] = field(default_factory=SimpleQueue)
    over: threading.Event = field(default_factory=threading.Event)

    def will(self, status: int, body: Body | bytes | str) -> Provider:
        """Say what comes next."""
        known = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers.append((status, known))
        return self

    def will_misbehave(self, how: str) -> Provider:
        """Say that it hangs or drops the connection next."""
        self.answers.append(how)
        return self

    def next(self) -> tuple[int, bytes] | str:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def running() -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET", urlsplit(self.path).query.encode())

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            self._answer("POST", self.rfile.read(length))

        def _answer(self, method: str, form: bytes) -> None:
            path = urlsplit(self.path).path
            fields = dict(parse_qsl(form.decode(), keep_blank_values=True))
            request = Request(method, path, fields, dict(self.headers), form)
            provider.requests.append(request)
            provider.arrived.put(request)
            answer = provider.next()
            if answer == HANG:
                provider.over.wait()
                return
            status, body = (200, b'{"id":') if isinstance(answer, str) else answer
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Request-Id", "req_1")
            self.send_header("Content-Length", str(len(body) + (100 if answer == DROP else 0)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield provider
    finally:
        provider.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
