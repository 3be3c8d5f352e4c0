"""Rename a member of staff: someone was mistyped, or is called otherwise now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.editions import edition
from fundtracker.domain.errors import Changed
from fundtracker.domain.members import staff_name
from fundtracker.services.change_member import MEANWHILE, changing, subject_of
from fundtracker.services.record import record

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts


def rename(parts: Parts, token: str, name: str, *, made_from: str | None = None) -> bool:
    """Call somebody otherwise from now on; return whether they were not called that before.

    `made_from` is the edition of the name that the form showed. Raises NotFound, Invalid or
    Changed.
    """
    with changing(parts, token, None, Action.STAFF_CHANGED) as (session, row):
        if made_from is not None and made_from != edition(row.name):
            raise Changed(MEANWHILE)
        before, row.name = row.name, staff_name(name)
        if row.name == before:
            return False
        record(
            session,
            parts,
            Action.STAFF_CHANGED,
            subject_of(token),
            private={"name": row.name, "name_before": before},
        )
        return True
