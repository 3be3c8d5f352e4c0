"""Write down who of the staff asked for a page that is not theirs, or is not there at all.

Whoever guesses ids gets the same answer for what is a colleague's and for what is nobody's; whoever
reads the log shall see that somebody guessed.
"""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import current_app, request

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import Busy
from fundtracker.services.record import record_refusal
from fundtracker.web.access import rule_of
from fundtracker.web.acting import acting
from fundtracker.web.identity import visitor

if TYPE_CHECKING:
    from flask import Flask, Response

_REFUSED = {
    HTTPStatus.FORBIDDEN: "not for this role",
    HTTPStatus.NOT_FOUND: "not there, or not theirs",
}
# Their use cases write it down themselves, also for commands.
_KNOWN = ("office.people_", "treasury.export_file")


def setup_refusals(app: Flask) -> None:
    """Record refusals of staff's pages."""
    app.after_request(_record)


def _record(answer: Response) -> Response:
    reason = _REFUSED.get(HTTPStatus(answer.status_code))
    if reason is not None and _is_of_staff() and visitor() is not None:
        asked = "/".join(str(part) for part in (request.view_args or {}).values())
        # Nobody is told otherwise because the log is busy.
        with suppress(Busy):
            subject = f"page:{request.url_rule}"
            record_refusal(acting(), Action.PAGE_OPENED, subject, reason, typed=asked)
    return answer


def _is_of_staff() -> bool:
    endpoint = request.endpoint
    if endpoint is None or endpoint == "static" or endpoint.startswith(_KNOWN):
        return False
    return rule_of(current_app.view_functions[endpoint]).staff
