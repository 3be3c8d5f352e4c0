"""Where Stripe tells us things: the bytes as they came are verified, kept, and answered.

Nothing is read from them here. What they mean is settled later, so that Stripe never waits for it.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from fundtracker.domain.errors import NotFound
from fundtracker.web.access import public
from fundtracker.web.context import context, parts
from fundtracker.web.security import csrf

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from fundtracker.web.context import Context

bp = Blueprint("webhooks", __name__)
csrf.exempt(bp)  # a signature proves the sender; there is no session

# Stripe's largest events are a tenth of this.
LARGEST_EVENT = 512 * 1024
PATH = "/webhooks/stripe"


@bp.post(PATH)
@public
def stripe() -> Response:
    """Receive an event of the default account."""
    return _receive()


@bp.post("/webhooks/stripe/<account>")
@public
def stripe_account(account: str) -> Response:
    """Receive an event of a named account; 404 if it is not ours."""
    if account != parts().gateway.account:
        raise NotFound
    return _receive()


def _receive() -> Response:
    # One byte more than is allowed: a body that does not tell its length is cut off there, and must
    # not be taken for a whole one.
    request.max_content_length = LARGEST_EVENT + 1
    body = request.get_data(cache=False)
    if len(body) > LARGEST_EVENT:
        raise RequestEntityTooLarge
    context().intake.receive(body, request.headers.get("Stripe-Signature", ""))
    return Response(status=200)


class FrontDoor:
    """Takes the ordinary webhook before Flask, which costs more than all that is done with it.

    Whatever is not ordinary (another address, no length, too long, not signed, not readable) goes
    the long way, where it finds its answer.
    """

    def __init__(self, app: WSGIApplication, context: Context) -> None:
        self._app = app
        self._intake = context.intake

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer as WSGI wants it."""
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "POST":
            return self._app(environ, start)
        length = environ.get("CONTENT_LENGTH", "")
        if not (length.isascii() and length.isdecimal() and int(length) <= LARGEST_EVENT):
            return self._app(environ, start)
        body = environ["wsgi.input"].read(int(length))
        try:
            self._intake.receive(body, environ.get("HTTP_STRIPE_SIGNATURE", ""))
        except Exception:  # noqa: BLE001 - the long way meets it again, and answers and logs it
            environ["wsgi.input"] = BytesIO(body)
            return self._app(environ, start)
        start("200 OK", [("Content-Length", "0")])
        return ()
