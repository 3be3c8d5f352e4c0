"""What a person sees when something goes wrong: a status, a title and a sentence, never a trace.

Programs get the same sentence as JSON. The errors know their sentence and status themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from flask import current_app, jsonify, render_template, request
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from markupsafe import Markup
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from fundtracker.domain.errors import N_, FundtrackerError, TooManyRequests
from fundtracker.web.i18n import say
from fundtracker.web.logs import describe

if TYPE_CHECKING:
    from flask import Flask

FOR_PROGRAMS = ("/api/", "/webhooks/")

# How soon the same request may work, in seconds: a limit counts by the minute, and what is
# overloaded or restarting is back sooner.
RETRY_AFTER = {429: 60, 503: 5}

TITLES = {
    400: N_("This request cannot be read"),
    401: N_("Please sign in"),
    403: N_("Not for your role"),
    404: N_("Nothing here"),
    405: N_("This cannot be done here"),
    409: N_("Not at the moment"),
    413: N_("Too much at once"),
    422: N_("Please check what you typed"),
    429: N_("Too many tries"),
    502: N_("The payment was refused"),
    503: N_("Please try again in a moment"),
}
FAILED = N_("Something went wrong")

SENTENCES = {
    400: N_("Your browser sent something that we cannot read. Please go back and try again."),
    404: N_("There is nothing at this address. Please check it, or start from our first page."),
    405: N_("This address does not take that kind of request."),
    413: N_("What was sent is larger than anything that we ask for."),
    429: TooManyRequests.message,
    500: FundtrackerError.message,
}
UNTRUSTED_NAME = N_("This server is not known by the name that was asked for.")
STALE_FORM = N_(
    "This form has been open for too long, or your browser refuses cookies."
    " You have not been charged. Please go back, load the page again and try once more.",
)
RECORDS_AWAY = N_("We cannot reach our records at this moment. Please try again in a minute.")

_BARE = Markup(
    "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>{title}</title><h1>{title}</h1><p>{sentence}</p>",
)

_log = structlog.get_logger(__name__)


def setup_errors(app: Flask) -> None:
    """Answer every error with a page, or with JSON where programs ask."""
    app.register_error_handler(FundtrackerError, _ours)
    app.register_error_handler(HTTPException, answer_http)
    for away in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(away, _records_away)
    app.register_error_handler(Exception, _unexpected)


def _ours(error: FundtrackerError) -> Response:
    if error.status == 500:  # noqa: PLR2004 - a mistake of ours, whose sentence is for us
        return _unexpected(error)
    return _answer(error.status, say(error))


def answer_http(error: HTTPException) -> Response:
    """Answer what Flask or a view refused."""
    status = error.code or 500
    answer = _answer(status, gettext(_sentence_of(error, status)))
    for name, value in error.get_headers():
        if name.lower() != "content-type":
            answer.headers.setdefault(name, value)  # 405 says what is allowed
    return answer


def _sentence_of(error: HTTPException, status: int) -> str:
    if isinstance(error, CSRFError):
        return STALE_FORM
    if isinstance(error, SecurityError):
        return UNTRUSTED_NAME
    return SENTENCES.get(status, SENTENCES[400 if status < 500 else 500])  # noqa: PLR2004


def _records_away(error: Exception) -> Response:
    _log.error("records away", rule=_rule(), error=describe(error))
    return _answer(503, gettext(RECORDS_AWAY))


def _unexpected(error: Exception) -> Response:
    if current_app.debug:
        raise error
    _log.error("unexpected", method=request.method, rule=_rule(), error=describe(error))
    return _answer(500, gettext(SENTENCES[500]))


def _answer(status: int, sentence: str) -> Response:
    if request.path.startswith(FOR_PROGRAMS) or _is_asked_by_a_script():
        answer: Response = jsonify(error=sentence)
    else:
        answer = Response(_page(status, sentence), mimetype="text/html")
    answer.status_code = status
    if status in RETRY_AFTER:
        answer.headers["Retry-After"] = str(RETRY_AFTER[status])
    return answer


def _is_asked_by_a_script() -> bool:
    """Whether a page's own script asks, which says what it takes; a browser takes pages first."""
    return request.accept_mimetypes.best == "application/json"


def _page(status: int, sentence: str) -> str:
    title = gettext(TITLES.get(status, FAILED))
    try:
        return render_template("errors/error.html", status=status, title=title, sentence=sentence)
    except Exception as error:  # noqa: BLE001 - a page about an error must not raise another
        _log.error("error page", status=status, error=describe(error))
    return _BARE.format(title=title, sentence=sentence)


def _rule() -> str | None:
    """Return the pattern of the route: the address itself may hold somebody's token."""
    return request.url_rule.rule if request.url_rule else None
