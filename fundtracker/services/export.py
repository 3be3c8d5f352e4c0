"""Export: a small file at once, a large one as a job that its owner fetches later."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import N_, Invalid, NotAllowed
from fundtracker.domain.exports import Access, ExportFormat
from fundtracker.reports.pdf import TooLong
from fundtracker.services.record import record, record_refusal
from fundtracker.services.schedule import EXPORT
from fundtracker.services.write_export import Request, is_list, lines, write
from fundtracker.store import exports, jobs
from fundtracker.store.exports import ExportRow

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from fundtracker.domain.exports import Order
    from fundtracker.domain.staff import Visitor
    from fundtracker.services.parts import Parts

# So many lines are written while the person waits; they are held in memory on the way.
MOST_AT_ONCE = 5000
# How long a file waits to be fetched; one with names of donors not so long.
KEPT, KEPT_WITH_NAMES = timedelta(days=7), timedelta(days=1)
MOST_WAITING = 3
# What the worker has not made by now needs somebody to look at the jobs.
LATE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Ready:
    """A file that was made at once; whoever takes it closes it."""

    file: IO[bytes]
    name: str


def export(parts: Parts, visitor: Visitor, order: Order) -> Ready | None:
    """Make a file at once, or leave a large one to the worker and return None.

    Raises NotAllowed, or Invalid with the field at fault.
    """
    try:
        return _export(parts, visitor, order)
    except NotAllowed as refusal:
        record_refusal(parts, Action.EXPORTED, f"export:{order.kind}", refusal.message)
        raise


def _export(parts: Parts, visitor: Visitor, order: Order) -> Ready | None:
    access = Access.of(visitor.grants, personal=order.personal, searched=order.searched)
    request = Request(order, access, visitor.name, parts.clock())
    found = list(islice(lines(parts, request), MOST_AT_ONCE + 1)) if is_list(order) else []
    if len(found) > MOST_AT_ONCE:
        _leave_to_the_worker(parts, visitor, request)
        return None
    file = TemporaryFile(dir=folder_of(parts))  # noqa: SIM115 - it leaves with the answer
    try:
        rows = write(parts, request, found, file, folder_of(parts))
        with parts.database.unit_of_work() as session:
            record_export(session, parts, order, rows)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return Ready(file, order.file_name(request.at.date()))


def record_export(session: Session, parts: Parts, order: Order, rows: int) -> None:
    """Record that a file was made, last in a unit of work; what was looked for may be personal."""
    facts = order.to_query()
    text = facts.pop("text", None)
    record(
        session,
        parts,
        Action.EXPORTED,
        f"export:{order.kind}",
        after={**facts, "rows": rows},
        private=None if text is None else {"text": text},
    )


def key_of(row: ExportRow) -> str:
    """Return the key of the job that makes an export."""
    return f"{EXPORT}:{row.token}"


def folder_of(parts: Parts) -> Path:
    """Return the folder of files that wait, which nobody else on the machine may open."""
    parts.exports.mkdir(mode=0o700, parents=True, exist_ok=True)
    return parts.exports


def _leave_to_the_worker(parts: Parts, visitor: Visitor, request: Request) -> None:
    order, access = request.order, request.access
    if order.format is ExportFormat.PDF:
        raise TooLong(most=f"{MOST_AT_ONCE:,}")
    with parts.database.unit_of_work() as session:
        if exports.waiting(session, visitor.staff_id, request.at - LATE) >= MOST_WAITING:
            raise Invalid(
                N_("Several of your files are still being made. Please wait for one of them.")
            )
        row = ExportRow(
            token=secrets.token_urlsafe(16),
            staff_id=visitor.staff_id,
            kind=order.kind,
            format=order.format,
            query=str(order),
            personal=order.personal,
            scope=str(access.scope),
            names=str(access.names),
            asked_at=request.at,
            expires_at=request.at + (KEPT_WITH_NAMES if order.personal else KEPT),
        )
        session.add(row)
        session.flush()
        jobs.enqueue(session, key_of(row), EXPORT, str(row.id), request.at)
