"""The API: every request takes the same way through, and is answered as Stripe answers."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, request

from fundtracker.simulator import idempotency, traffic
from fundtracker.simulator.checks import many, text
from fundtracker.simulator.errors import ApiError, Broken, Missing
from fundtracker.simulator.expansion import shown
from fundtracker.simulator.forms import decode
from fundtracker.simulator.idempotency import Answer
from fundtracker.simulator.objects.events import API_VERSION
from fundtracker.simulator.objects.ids import new_id
from fundtracker.simulator.resources import ENDPOINTS, Endpoint

if TYPE_CHECKING:
    from collections.abc import Callable

    from fundtracker.simulator.engine import Simulator
    from fundtracker.simulator.storage import Json, Work

bp = Blueprint("api", __name__, url_prefix="/v1")

EXPAND = many(text(), 20)


@dataclass(frozen=True, slots=True)
class Call:
    """One request; `key` is its idempotency key, which only a POST may have."""

    simulator: Simulator
    endpoint: Endpoint
    subject: str
    request_id: str
    form: list[tuple[str, str]]
    key: str | None

    def answer(self) -> tuple[Answer, bool]:
        """Return the answer, and whether it was given before; raises ApiError."""
        if self.key is None:
            traffic.slow_down(self.simulator)
            return self._work(), False
        print_ = idempotency.fingerprint(self.endpoint.method, request.path, self.form)
        now = self.simulator.clock()
        earlier = idempotency.claim(self.simulator.storage, self.key, print_, now)
        if earlier is not None:
            return earlier, True
        try:
            traffic.slow_down(self.simulator)
            return self._work(), False
        except ApiError as error:
            if error.executed:
                answer = Answer(error.status, json.dumps(error.body(self.request_id)))
                with self.simulator.storage.writing() as connection:
                    idempotency.keep(connection, self.key, answer)
            raise
        finally:
            idempotency.release(self.simulator.storage, self.key)

    def _work(self) -> Answer:
        tree = decode(self.form)
        expand = EXPAND(tree.pop("expand", []), "expand")
        asked = self.endpoint.check(tree, "")
        if self.endpoint.method == "GET":
            with self.simulator.looking() as work:
                return self._act(work, asked, expand)
        cause = {"id": self.request_id, "idempotency_key": self.key}
        with self.simulator.working(cause) as work:
            answer = self._act(work, asked, expand)
            if self.key is not None:
                idempotency.keep(work.connection, self.key, answer)
        return answer

    def _act(self, work: Work, asked: Json, expand: list[str]) -> Answer:
        thing = self.endpoint.act(work, asked, self.subject)
        return Answer(200, json.dumps(shown(work, thing, expand)))


def _view(endpoint: Endpoint) -> Callable[..., Response]:
    def view(id: str = "") -> Response:
        simulator: Simulator = current_app.extensions["simulator"]
        values = request.args if endpoint.method == "GET" else request.form
        call = Call(
            simulator=simulator,
            endpoint=endpoint,
            subject=id,
            request_id=new_id("req_"),
            form=list(values.items(multi=True)),
            key=request.headers.get("Idempotency-Key") if endpoint.method == "POST" else None,
        )
        return _respond(call)

    return view


def _respond(call: Call) -> Response:
    replayed, failure = False, ""
    try:
        traffic.check_key(call.simulator, request.headers.get("Authorization", ""))
        traffic.check_rate(call.simulator)
        failure = traffic.fail_as_asked(call.simulator)
        answer, replayed = call.answer()
        if failure == "lost":
            _hang_up()
            raise Broken
    except ApiError as error:
        answer = Answer(error.status, json.dumps(error.body(call.request_id)))
    response = Response(answer.body, answer.status, content_type="application/json")
    response.headers["Request-Id"] = call.request_id
    response.headers["Stripe-Version"] = request.headers.get("Stripe-Version", API_VERSION)
    response.headers["Cache-Control"] = "no-cache, no-store"
    if call.key is not None:
        response.headers["Idempotency-Key"] = call.key
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return response


def _hang_up() -> None:
    """Close the connection, so that whoever called never learns that the work was done."""
    for server in ("werkzeug.socket", "gunicorn.socket"):
        connection = request.environ.get(server)
        if isinstance(connection, socket.socket):
            connection.shutdown(socket.SHUT_RDWR)


def _unrecognised(_work: Work, _asked: Json, _id: str) -> Json:
    raise Missing(
        f"Unrecognized request URL ({request.method}: {request.path}). Please see"
        " https://stripe.com/docs or we can help at https://support.stripe.com/.",
    )


for number, each in enumerate(ENDPOINTS):
    bp.add_url_rule(each.path, f"endpoint_{number}", _view(each), methods=[each.method])
bp.add_url_rule(
    "/<path:id>",
    "unrecognised",
    _view(Endpoint("GET", "", lambda _value, _param: {}, _unrecognised)),
    methods=["GET", "POST", "DELETE", "PUT", "PATCH"],
)
