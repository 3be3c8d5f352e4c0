"""How gunicorn serves the app: one process, many threads, the background beside them."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

from gunicorn.arbiter import Arbiter

from config import ConfigError, Settings
from fundtracker import worker as background
from fundtracker.web.context import context_of

if TYPE_CHECKING:
    from types import FrameType

    from gunicorn.workers.gthread import ThreadWorker

try:
    _settings = Settings.from_env()
except ConfigError as error:
    sys.exit(f"Fundtracker does not start: {error}")

_host = f"[{_settings.host}]" if ":" in _settings.host else _settings.host
bind = f"{_host}:{_settings.port}"
# SQLite takes one serving process; on PostgreSQL more of these are started side by side.
workers = 1
worker_class = "gthread"
# An open stream takes a thread for as long as somebody looks at it: half of them are for streams,
# so that donations and webhooks always find a free one.
threads = 2 * _settings.streams
# A restart by SIGTERM waits at most this many seconds for gifts that are being made.
graceful_timeout = 20
timeout = 60
keepalive = 5
# Seconds after which a thread that computes lets another one on. One that holds a lock in the
# database comes back from each of its statements, twenty for a line of a teller's, and would wait
# Python's usual five milliseconds each time while everybody else waits for the lock.
SWITCH = 0.0005
control_socket_disable = True
# Below errors there is only whom it could not understand, with the address.
loglevel = "error"
# Nobody in front of us may move the app to another path: links would lead elsewhere.
forwarder_headers = ""
errorlog = "-"


def post_worker_init(worker: ThreadWorker) -> None:
    """Start the background in the process that serves, after the fork.

    If it refuses, the server ends, where another worker would only be refused again.
    """
    sys.setswitchinterval(SWITCH)
    try:
        background.start(worker.wsgi)
    except SystemExit as refusal:
        sys.stderr.write(f"{refusal}\n")
        sys.exit(Arbiter.WORKER_BOOT_ERROR)
    _end_streams_on_stop(worker)


def _end_streams_on_stop(worker: ThreadWorker) -> None:
    """Tell streams, which would go on for minutes, when the server is told to stop."""
    stop = signal.getsignal(signal.SIGTERM)

    def end_streams_and_stop(number: int, frame: FrameType | None) -> None:
        context_of(worker.wsgi).streams.close()
        if callable(stop):
            stop(number, frame)

    signal.signal(signal.SIGTERM, end_streams_and_stop)


def worker_int(_worker: ThreadWorker) -> None:
    """End at once on Ctrl-C: threads of open streams would keep the process for minutes.

    It is safe as a power cut is safe: what has been acknowledged is on disk.
    """
    os._exit(0)
