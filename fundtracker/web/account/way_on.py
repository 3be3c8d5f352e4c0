"""Where somebody wanted to go when they were asked who they are: a page of ours, or none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import redirect, request, url_for

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

# A path of ours as a browser reads it too: not another site's after two slashes, no backslash that
# becomes a slash, no control character that is left out, and nothing that needs to be guessed.
_OURS = re.compile(r"/(?!/)[!-\[\]-~]{0,2000}")


def way_on() -> str:
    """Return the page that was wanted, from the address or the form; empty for none of ours."""
    wanted = request.values.get("next", "")
    return wanted if _OURS.fullmatch(wanted) else ""


def go_on(endpoint: str = "account.home") -> Response:
    """Send somebody on to the page that they wanted, or else to one of ours."""
    return redirect(way_on() or url_for(endpoint), 303)
