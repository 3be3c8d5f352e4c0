"""What browsers may do with our pages, and how much of a request we read.

Pages hold no inline script or style: what is not ours is not run. The one exception is a style
sheet that plotly.js writes into the pages that draw with it, named by its digest.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from flask import current_app, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

    from flask import Flask, Response

    from config import Settings

View = TypeVar("View", bound=Callable[..., Any])

csrf = CSRFProtect()

# The longest form is a donation with a message; what is larger is refused before it is read.
LARGEST_FORM = 64 * 1024
MOST_FIELDS = 100
A_YEAR = 31_536_000
PORT = re.compile(r":[0-9]+$")

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src {styles}; img-src {images}; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action {forms}; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_OURS = {"styles": "'self'", "images": "'self'"}
# The sheet that plotly.js begins with is empty (the first digest is that of nothing) and is filled
# rule by rule, which no policy forbids; the second is the sheet of its maps, which it always has
# with it. A chart is saved as a picture by way of blob: and data:.
_DRAWN = {
    "styles": (
        "'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
        " 'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='"
    ),
    "images": "'self' blob: data:",
}
# On the function itself, from where decorators that wrap it carry it on.
_MARK = "draws_with_plotly"
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
    headers, drawn = _headers(settings), _policy(settings, _DRAWN)
    names = frozenset(settings.hosts)

    # Flask's own TRUSTED_HOSTS knows no IPv6 address, and leaves the error page without addresses.
    @app.before_request
    def _refuse_strange_names() -> None:
        if PORT.sub("", request.host.lower()) not in names:
            raise SecurityError

    csrf.init_app(app)

    @app.after_request
    def _add_headers(response: Response) -> Response:
        if _draws():
            response.headers.setdefault("Content-Security-Policy", drawn)
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def add_static_headers(headers: MutableMapping[str, str], _path: str, _url: str) -> None:
    """Give files that never reach Flask the headers that matter to a file."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


def plotly_page(view: View) -> View:
    """Let a view's page draw with plotly.js, and save what it drew as a picture."""
    vars(view)[_MARK] = True
    return view


def _draws() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return view is not None and _MARK in vars(view)


def _policy(settings: Settings, sources: Mapping[str, str]) -> str:
    forms = "'self' https://checkout.stripe.com"
    if settings.simulated:
        # The simulator's page is ours, but a browser takes localhost and 127.0.0.1 for two sites.
        forms += f" {settings.public_url}"
    return _POLICY.format(forms=forms, **sources)


def _headers(settings: Settings) -> dict[str, str]:
    headers = {
        "Content-Security-Policy": _policy(settings, _OURS),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": _PERMISSIONS,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    if settings.https:
        headers["Strict-Transport-Security"] = f"max-age={A_YEAR}"
    return headers
