"""The simulator's composition root."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from flask import Flask, render_template
from werkzeug.exceptions import HTTPException

from fundtracker.simulator import api, control, pages
from fundtracker.simulator.engine import Simulator
from fundtracker.simulator.security import secure
from fundtracker.simulator.settings import SimulatorSettings
from fundtracker.simulator.storage import Storage
from fundtracker.simulator.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as BaseResponse

__all__ = ["SimulatorSettings", "create_simulator", "simulator_of"]

LARGEST_REQUEST = 1_000_000


def create_simulator(
    settings: SimulatorSettings,
    *,
    clock: Callable[[], float] = time.time,
) -> Flask:
    """Make the app, and its file if there is none yet; starts nothing. `clock` is in seconds."""
    app = Flask(
        __name__,
        template_folder=str(settings.template_folder),
        static_folder=str(settings.static_folder),
        static_url_path="/static",
    )
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    storage = Storage(settings.storage)
    storage.prepare()
    app.extensions["simulator"] = Simulator(settings, storage, Switches(storage), clock)
    app.register_blueprint(api.bp)
    app.register_blueprint(pages.bp)
    app.register_blueprint(control.bp)
    app.after_request(secure)
    app.register_error_handler(HTTPException, _problem)
    return app


def simulator_of(app: Flask) -> Simulator:
    """Return what an app of create_simulator works with, its switches among it."""
    simulator: Simulator = app.extensions["simulator"]
    return simulator


def _problem(error: HTTPException) -> BaseResponse:
    response = error.get_response()
    response.set_data(render_template("problem.html", problem=error.name))
    return response
