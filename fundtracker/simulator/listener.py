"""The simulator's own server, so that the app's calls never wait for the app's own threads."""

from __future__ import annotations

from threading import Thread
from typing import TYPE_CHECKING

from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import WSGIRequestHandler, make_server

from fundtracker.simulator.delivery import deliver_until_stopped

if TYPE_CHECKING:
    from flask import Flask

    from fundtracker.simulator.engine import Simulator

MOUNT = "/simulator"
# How soon, in seconds, the server notices that it has to stop.
POLL = 0.05


class _Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class Listener:
    """A server on a free port of the loopback interface; it answers below /simulator too.

    The port is bound when the listener is made, no thread runs before `start`.
    """

    def __init__(self, app: Flask) -> None:
        self._simulator: Simulator = app.extensions["simulator"]
        self._server = make_server(
            "127.0.0.1",
            0,
            DispatcherMiddleware(app, {MOUNT: app}),
            threaded=True,
            request_handler=_Quiet,
        )
        self._threads = (
            Thread(
                target=self._server.serve_forever,
                args=(POLL,),
                name="simulator",
                daemon=True,
            ),
            Thread(
                target=deliver_until_stopped,
                args=(self._simulator,),
                name="simulator-webhooks",
                daemon=True,
            ),
        )

    @property
    def address(self) -> str:
        """The address of the server, without a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        """Answer requests and deliver events from now on."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stop both, for good; what is queued stays queued."""
        self._simulator.stopping.set()
        self._simulator.wake.set()
        if self._threads[0].is_alive():
            self._server.shutdown()
            for thread in self._threads:
                thread.join()
        self._server.server_close()
        self._simulator.storage.close()
