"""Where things are made to go wrong: the switches as a page, and for a script with curl."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request

from fundtracker.simulator.switches import FAILURES, BadSwitch, described, explained

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as BaseResponse

    from fundtracker.simulator.engine import Simulator
    from fundtracker.simulator.storage import Json

bp = Blueprint("control", __name__)

ROWS = 30
# Neither is a switch: both are done once.
ONCE = frozenset({"reset", "hurry"})


@bp.get("/")
def start() -> BaseResponse:
    """Lead on to the page."""
    return redirect("control")


@bp.get("/control")
def show() -> Response:
    """Show how the switches stand and what was sent last; as JSON to whoever is no browser."""
    return _answer(_simulator(), 200)


@bp.post("/control")
def change() -> BaseResponse:
    """Turn the switches that the form names; `reset` puts all back first, `hurry` ends waits."""
    simulator = _simulator()
    values = {name: value for name, value in request.form.items() if name not in ONCE}
    try:
        if request.form.get("reset"):
            simulator.switches.reset()
        simulator.switches.set(**values)
    except BadSwitch as error:
        return _answer(simulator, 400, str(error))
    if request.form.get("hurry"):
        simulator.switches.hurry()
        simulator.catch_up()
    simulator.wake.set()
    return redirect("control", 303) if _is_browser() else _answer(simulator, 200)


def _simulator() -> Simulator:
    simulator: Simulator = current_app.extensions["simulator"]
    return simulator


def _is_browser() -> bool:
    return "text/html" in request.headers.get("Accept", "")


def _answer(simulator: Simulator, status: int, problem: str = "") -> Response:
    stand = simulator.switches.now()
    if not _is_browser():
        answer = jsonify({"error": problem} if problem else described(stand))
        answer.status_code = status
        return answer
    page = render_template(
        "control.html",
        switches=[(name, value, explained(name)) for name, value in described(stand).items()],
        failures=FAILURES,
        problem=problem,
        deliveries=_deliveries(simulator),
    )
    return Response(page, status)


def _deliveries(simulator: Simulator) -> list[Json]:
    with simulator.looking() as work:
        rows = work.connection.execute(
            "SELECT object.type, event, state, attempts, answer FROM delivery"
            " JOIN object ON object.id = delivery.event ORDER BY delivery.seq DESC LIMIT ?",
            (ROWS,),
        ).fetchall()
    names = ("type", "event", "state", "attempts", "answer")
    return [dict(zip(names, row, strict=True)) for row in rows]
