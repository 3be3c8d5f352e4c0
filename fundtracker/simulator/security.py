"""Headers of every answer: nothing runs on our pages, and their forms lead where they should."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from flask import Response

SELF = "'self'"
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def policy(*addresses: str | None) -> str:
    """Return the content policy of a page whose form may end at one of these addresses.

    Browsers hold `form-action` against the redirect that answers a form, too.
    """
    origins = {f"{urlsplit(each).scheme}://{urlsplit(each).netloc}" for each in addresses if each}
    return (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action"
        f" {' '.join((SELF, *sorted(origins)))}; base-uri 'none'; frame-ancestors 'none'"
    )


def secure(response: Response) -> Response:
    """Set what every answer carries; a page may have set its own content policy before."""
    response.headers.setdefault("Content-Security-Policy", policy())
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.update(HEADERS)
    return response
