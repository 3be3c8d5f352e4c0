"""Remove exports whose time is over, and files that belong to none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from fundtracker.store import exports

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts

# A file that is still being written belongs to nobody yet.
LONGEST_WRITING = timedelta(hours=1)


def clean_exports(parts: Parts) -> None:
    """Forget what has expired: the rows first, so that no link leads to nothing."""
    now = parts.clock()
    with parts.database.unit_of_work() as session:
        exports.forget(session, now)
        kept = exports.tokens(session)
    for path in parts.exports.glob("*"):
        touched = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        if path.name not in kept and touched < now - LONGEST_WRITING:
            path.unlink(missing_ok=True)
