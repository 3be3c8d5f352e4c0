"""How gunicorn serves the app: one process, many threads, the worker beside them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fundtracker import worker as background

if TYPE_CHECKING:
    from gunicorn.workers.gthread import ThreadWorker

_host = os.environ.get("HOST") or "127.0.0.1"
_port = os.environ.get("PORT") or "8000"

bind = f"[{_host.strip('[]')}]:{_port}" if ":" in _host else f"{_host}:{_port}"
# SQLite takes one serving process; on PostgreSQL more of these are started side by side.
workers = 1
worker_class = "gthread"
# An open stream takes a thread for as long as somebody looks at it. The app caps streams well
# below this number, so that donations and webhooks always find a free one.
threads = 96
# A restart waits this many seconds for gifts that are being made; streams are ended at once by
# the app and come back by themselves.
graceful_timeout = 20
timeout = 60
keepalive = 5
control_socket_disable = True
loglevel = "warning"
errorlog = "-"


def post_worker_init(worker: ThreadWorker) -> None:
    """Start the background threads in the process that serves, after the fork."""
    background.start(worker.wsgi)
