"""Take a line, or do a command, as often as it arrives, once."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import jsonify

from fundtracker.domain.roles import Permission
from fundtracker.services.desk.take import take
from fundtracker.web.access import requires
from fundtracker.web.acting import acting
from fundtracker.web.desk.answers import lines_taken, told_as_json
from fundtracker.web.desk.asked import sent
from fundtracker.web.desk.blueprint import bp
from fundtracker.web.desk.line_json import money_json
from fundtracker.web.desk.place import reach

if TYPE_CHECKING:
    from flask import Response


@bp.post("/<slug>/lines")
@requires(Permission.USE_DESK)
@told_as_json
def lines(slug: str) -> tuple[Response, int]:
    """Return the line that was made, and those that changed with it."""
    asked = sent()
    taken = take(acting(), slug, asked, reach())
    changed = lines_taken(slug, taken)
    is_line = bool(changed) and not asked.is_command
    line, others = (changed[0], changed[1:]) if is_line else (None, changed)
    status = HTTPStatus.OK if taken.repeated else HTTPStatus.CREATED
    level = {} if taken.level is None else {"level": money_json(taken.level.amount)}
    return jsonify(line=line, changed=others, **level), status
