"""Challenges for passkeys: the browser's signed cookie keeps what it was asked, for one answer."""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import datetime

from flask import Response, session

from fundtracker.domain.errors import Invalid
from fundtracker.services.passkey_ceremony import (
    Challenge,
    creation_options,
    new_challenge,
    request_options,
)
from fundtracker.services.passkeys import REFUSED
from fundtracker.web.access import half_signed_in, me, public
from fundtracker.web.account.blueprint import bp
from fundtracker.web.context import parts
from fundtracker.web.identity import visitor

_KEPT = "challenge"


@bp.get("/passkeys/question")
@public
def passkey_question() -> Response:
    """Give a browser what it needs to sign with a passkey: its visitor's, or anybody's."""
    challenge = _ask()
    return _json(request_options(parts(), visitor(), challenge))


@bp.get("/passkeys/order")
@half_signed_in
def passkey_order() -> Response:
    """Give a browser what it needs to make a passkey for its visitor."""
    challenge = _ask()
    return _json(creation_options(parts(), me(), challenge))


def asked_challenge() -> Challenge:
    """Return what this browser was asked last, and forget it; raises Invalid if nothing."""
    kept = session.pop(_KEPT, None)
    if kept is None:
        raise Invalid(REFUSED, field="passkey")
    return Challenge(b64decode(kept["value"]), datetime.fromisoformat(kept["at"]))


def _ask() -> Challenge:
    challenge = new_challenge(parts())
    value = b64encode(challenge.value).decode()
    session[_KEPT] = {"value": value, "at": challenge.at.isoformat()}
    return challenge


def _json(options: str) -> Response:
    return Response(options, mimetype="application/json")
