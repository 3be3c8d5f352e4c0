"""The script that draws figures: plotly.js as the package itself carries it, and no other copy.

Its address holds its digest, so that browsers keep it for good and an upgrade is fetched at once.
"""

from __future__ import annotations

import gzip
from functools import cache
from hashlib import sha256

import brotli
from flask import Response, request, url_for
from plotly.offline import get_plotlyjs

from fundtracker.domain.errors import NotFound
from fundtracker.web.access import public
from fundtracker.web.security import A_YEAR
from fundtracker.web.treasury.blueprint import bp

# Nine parts of what the best quality saves, in a fifteenth of its time.
_QUALITY = 9
_PACKINGS = ("br", "gzip")


def plotly_address() -> str:
    """Return where a page finds the script."""
    return url_for("treasury.plotly", digest=_digest())


@bp.get("/plotly-<digest>.js", endpoint="plotly")
@public
def plotly(digest: str) -> Response:
    """Serve the script to everybody: it is the same for all, and no secret."""
    if digest != _digest():
        raise NotFound
    encoding = request.accept_encodings.best_match(_PACKINGS)
    answer = Response(_packed(encoding) if encoding else _source(), mimetype="text/javascript")
    answer.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    answer.set_etag(f"{digest}-{encoding or 'plain'}")
    answer.vary.add("Accept-Encoding")
    if encoding:
        answer.content_encoding = encoding
    answer.make_conditional(request)
    return answer


@cache
def _source() -> bytes:
    return str(get_plotlyjs()).encode()


@cache
def _digest() -> str:
    return sha256(_source()).hexdigest()[:16]


@cache
def _packed(encoding: str) -> bytes:
    """Pack the script once in each process, when it is first asked for."""
    if encoding == "gzip":
        return gzip.compress(_source(), mtime=0)
    return bytes(brotli.compress(_source(), quality=_QUALITY))
