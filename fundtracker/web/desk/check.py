"""What a second person says of lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import jsonify

from fundtracker.domain.roles import Permission
from fundtracker.services.desk.check import check
from fundtracker.web.access import requires
from fundtracker.web.acting import acting
from fundtracker.web.desk.answers import lines_of, told_as_json
from fundtracker.web.desk.asked import checked
from fundtracker.web.desk.blueprint import bp
from fundtracker.web.desk.place import reach

if TYPE_CHECKING:
    from flask import Response


@bp.post("/<slug>/check")
@requires(Permission.USE_DESK)
@told_as_json
def check_save(slug: str) -> Response:
    """Do it to all of the lines, or to none where one is not as it was shown."""
    taken = check(acting(), slug, checked(), reach())
    return jsonify(changed=lines_of(slug, taken.numbers))
