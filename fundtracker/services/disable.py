"""Disable somebody, let them in again, or end their sessions alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import Changed
from fundtracker.services.change_member import MEANWHILE, changing, refuse_last, subject_of
from fundtracker.services.links import LinkKind, end_links
from fundtracker.services.record import record
from fundtracker.services.sessions import end_sessions

if TYPE_CHECKING:
    from fundtracker.domain.members import Seen
    from fundtracker.services.parts import Parts


def disable(parts: Parts, token: str, seen: Seen | None = None) -> None:
    """Let somebody in no more, from this moment on; their grants stay written down.

    Raises NotFound, Changed, and LastAdministrator where nobody else could sign in as one.
    """
    now = parts.clock()
    with changing(parts, token, seen, Action.STAFF_DISABLED) as (session, row):
        if row.disabled_at is not None:
            raise Changed(MEANWHILE)
        refuse_last(session, row)
        row.disabled_at = now
        end_sessions(session, row.id, now)
        for kind in LinkKind:
            end_links(session, parts, row.id, kind)
        record(session, parts, Action.STAFF_DISABLED, subject_of(token))


def enable(parts: Parts, token: str, seen: Seen | None = None) -> None:
    """Let somebody in again, with the grants that they had; raises NotFound or Changed."""
    with changing(parts, token, seen, Action.STAFF_ENABLED) as (session, row):
        if row.disabled_at is None:
            raise Changed(MEANWHILE)
        row.disabled_at = None
        record(session, parts, Action.STAFF_ENABLED, subject_of(token))


def sign_out_everywhere(parts: Parts, token: str) -> None:
    """End the sessions of somebody, who may sign in again; raises NotFound."""
    with changing(parts, token, None, Action.SESSIONS_ENDED) as (session, row):
        end_sessions(session, row.id, parts.clock())
        record(session, parts, Action.SESSIONS_ENDED, subject_of(token))
