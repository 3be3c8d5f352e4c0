"""A load that costs little to make: ready bytes over kept connections, bounded in number."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

CLIENTS = 32


def send_all(port: int, requests: list[bytes]) -> float:
    """Send requests over thirty-two connections, each to be a 200; return the seconds it took."""
    shares = [requests[number::CLIENTS] for number in range(CLIENTS)]
    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda share: _send(port, share), shares))
    return time.perf_counter() - started


def _send(port: int, requests: list[bytes]) -> None:
    """Send one after the other; the server may close a connection between two of them."""
    with ExitStack() as stack:
        connection = stack.enter_context(_connect(port))
        for request in requests:
            answer = _exchange(connection, request)
            if not answer:
                connection = stack.enter_context(_connect(port))
                answer = _exchange(connection, request)
            if not answer.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(answer.split(b"\r\n", 1)[0].decode() or "closed")


def _connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port))


def _exchange(connection: socket.socket, request: bytes) -> bytes:
    try:
        connection.sendall(request)
        return connection.recv(65536)
    except ConnectionError:
        return b""
