"""Fetch an export: its owner alone, while it lasts, and while they may see all that is in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import N_, NotAllowed, NotFound
from fundtracker.domain.exports import Access, Order
from fundtracker.services.record import record, record_refusal
from fundtracker.store import exports

if TYPE_CHECKING:
    from pathlib import Path

    from fundtracker.domain.staff import Visitor
    from fundtracker.services.parts import Parts
    from fundtracker.store.exports import ExportRow


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that may be handed over, and how it is called."""

    path: Path
    name: str


def find_export(parts: Parts, visitor: Visitor, token: str) -> ExportRow:
    """Return somebody's own export that is ready; raises NotFound, NotAllowed.

    A colleague's is not there, as one that never was; that it was asked for is in the log.
    """
    with parts.database.reading() as session:
        row = exports.by_token(session, token, parts.clock())
    if row is None:
        raise NotFound
    if row.staff_id != visitor.staff_id:
        record_refusal(parts, Action.EXPORT_FETCHED, f"export:{row.kind}", "of somebody else")
        raise NotFound
    if row.ready_at is None or not (parts.exports / row.token).is_file():
        raise NotFound
    if not Access.of(visitor.grants, personal=row.personal).covers(row.scope, row.names):
        record_refusal(parts, Action.EXPORT_FETCHED, f"export:{row.kind}", "no longer in scope")
        raise NotAllowed(
            N_("What you may see has changed since this file was made. Please ask for a new one.")
        )
    return row


def fetch_export(parts: Parts, row: ExportRow) -> Fetched:
    """Record that an export leaves the house, and return where it is."""
    order = Order.read(row.query)
    with parts.database.unit_of_work() as session:
        record(
            session,
            parts,
            Action.EXPORT_FETCHED,
            f"export:{row.kind}",
            after={"format": row.format, "names": row.personal, "rows": row.rows},
        )
    return Fetched(parts.exports / row.token, order.file_name(row.asked_at.date()))
