"""Where Stripe tells us things: the bytes as they came are verified, kept, and answered.

Nothing is read from them here. What they mean is settled later, so that Stripe never waits for it.
"""

from __future__ import annotations

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from fundtracker.domain.errors import NotFound
from fundtracker.services.receive import receive
from fundtracker.web.access import public
from fundtracker.web.context import parts
from fundtracker.web.security import csrf

bp = Blueprint("webhooks", __name__)
csrf.exempt(bp)  # a signature proves the sender; there is no session

# Stripe's largest events are a tenth of this.
LARGEST_EVENT = 512 * 1024


@bp.post("/webhooks/stripe")
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
    receive(parts(), body, request.headers.get("Stripe-Signature", ""))
    return Response(status=200)
