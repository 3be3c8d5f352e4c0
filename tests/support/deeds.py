"""The audit log as a test reads it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from fundtracker.store.audit import AuditRow

if TYPE_CHECKING:
    from fundtracker.store.database import Database


class Deed(NamedTuple):
    """One entry."""

    actor: str
    action: str
    subject: str
    facts: dict[str, dict[str, object]]
    private: dict[str, object]

    @property
    def refused(self) -> object:
        """What somebody was told no to, if this is that."""
        return self.facts.get("after", {}).get("refused")


def deeds(database: Database) -> list[Deed]:
    """Everything that was recorded, in order."""
    with database.reading() as session:
        return [
            Deed(
                row.actor,
                row.action,
                row.subject,
                json.loads(row.facts),
                json.loads(row.private or "{}"),
            )
            for row in session.scalars(select(AuditRow).order_by(AuditRow.number))
        ]
