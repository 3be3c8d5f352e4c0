"""Verify the audit log: follow its chain from the first entry to the last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.chain import follow
from fundtracker.store import audit

if TYPE_CHECKING:
    from fundtracker.domain.chain import Finding, Head
    from fundtracker.services.parts import Parts


def verify_audit(parts: Parts, kept: Head | None = None) -> Finding:
    """Find the first entry that is not as it was recorded, reading only.

    Without a head that was kept elsewhere, an end that is missing cannot be noticed.
    """
    with parts.database.reading() as session:
        return follow(audit.links(session), kept)
