"""A browser in which somebody has signed in before: who guesses elsewhere does not lock it out.

Its cookie is a number with our signature over it and the e-mail address, so that it says nothing
and is worth nothing for anybody else. It lets nobody in: wrong passwords are counted for it alone.
"""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256
from typing import TYPE_CHECKING

from flask import request, url_for

from fundtracker.services.sign_in import known_spelling
from fundtracker.web.context import settings

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

_LASTS = 365 * 24 * 60 * 60
_NUMBER = 16


def known_device(email: str) -> str:
    """Return the number of this browser, if somebody with this address has signed in at it."""
    number, _, signature = request.cookies.get(_name(), "").partition(".")
    return number if hmac.compare_digest(signature.encode(), _signature(number, email)) else ""


def remember_device(answer: Response, email: str) -> Response:
    """Let an answer leave its number at the browser in which somebody just signed in."""
    number = known_device(email) or secrets.token_urlsafe(_NUMBER)
    answer.set_cookie(
        _name(),
        f"{number}.{_signature(number, email).decode()}",
        max_age=_LASTS,
        path=url_for("account.sign_in"),
        secure=settings().https,
        httponly=True,
        samesite="Lax",
    )
    return answer


def _signature(number: str, email: str) -> bytes:
    signed = f"device:{number}:{known_spelling(email)}".encode()
    return hmac.new(settings().secret_key.encode(), signed, sha256).hexdigest().encode()


def _name() -> str:
    return "__Secure-device" if settings().https else "device"
