"""The published total for programs: phones and embeds that poll, screens that follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from fundtracker.web.access import public
from fundtracker.web.context import snapshots
from fundtracker.web.stream import stream_answer

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

bp = Blueprint("api", __name__)


@bp.get("/api/v1/funds/<fund>/total")
@public
def total(fund: str) -> AnyResponse:
    """Return the snapshot of a fund, or 304 to whoever has this one already."""
    published = snapshots().get(fund)
    answer = Response(published.body, mimetype="application/json")
    answer.set_etag(published.etag)
    # To be kept, but asked about each time: a total is never shown older than it has to be.
    answer.headers["Cache-Control"] = "no-cache"
    return answer.make_conditional(request)


@bp.get("/api/v1/funds/<fund>/stream")
@public
def stream(fund: str) -> Response:
    """Follow the snapshots of a fund as they come; 503 to whoever had better poll."""
    return stream_answer(fund)


@bp.after_request
def _let_everyone_read(answer: Response) -> Response:
    """Open public numbers, and the errors about them, to scripts of every site."""
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Access-Control-Allow-Headers"] = "If-None-Match"
    answer.headers["Access-Control-Expose-Headers"] = "ETag"
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
