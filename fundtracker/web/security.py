"""What browsers may do with our pages, and how much of a request we read.

Pages hold no inline script or style, so the policy needs no exception: what is not ours is not run.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from flask import Flask, Response

    from config import Settings

csrf = CSRFProtect()

# The longest form is a donation with a message; what is larger is refused before it is read.
LARGEST_FORM = 64 * 1024
MOST_FIELDS = 100
A_YEAR = 31_536_000
PORT = re.compile(r":[0-9]+$")

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action {forms}; base-uri 'none'; "
    "frame-ancestors 'none'"
)
# Everything that a page of ours never uses. The hall's screen needs full screen and a wake lock.
_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


def setup_security(app: Flask, settings: Settings) -> None:
    """Set cookies, limits, trusted names, CSRF protection and headers; call it before routes."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        # A browser takes a __Host- cookie from this very host over https and from nobody else, so
        # that no neighbouring site can plant a session. It makes the token alone enough: a check
        # of the Referer would lock out those whose browser sends none.
        SESSION_COOKIE_NAME="__Host-session" if settings.https else "session",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_SSL_STRICT=False,
        # A form may stay open through an evening of speeches; the session ends with the browser.
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=MOST_FIELDS,
    )
    if settings.https:
        # The server itself speaks http: https means one proxy in front, and that it tells who asks.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    headers = _headers(settings)
    names = frozenset(settings.hosts)

    # Flask's own TRUSTED_HOSTS knows no IPv6 address, and leaves the error page without addresses.
    @app.before_request
    def _refuse_strange_names() -> None:
        if PORT.sub("", request.host.lower()) not in names:
            raise SecurityError

    csrf.init_app(app)

    @app.after_request
    def _add_headers(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def add_static_headers(headers: MutableMapping[str, str], _path: str, _url: str) -> None:
    """Give files that never reach Flask the headers that matter to a file."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def _headers(settings: Settings) -> dict[str, str]:
    forms = "'self' https://checkout.stripe.com"
    if settings.simulated:
        # The simulator's page is ours, but a browser takes localhost and 127.0.0.1 for two sites.
        forms += f" {settings.public_url}"
    headers = {
        "Content-Security-Policy": _POLICY.format(forms=forms),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": _PERMISSIONS,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    if settings.https:
        headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"
    return headers
