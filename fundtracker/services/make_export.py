"""Make an export that was left to the worker, if its owner may still have it."""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, BinaryIO, cast

from fundtracker.domain.actors import Actor
from fundtracker.domain.audit import Action
from fundtracker.domain.errors import Invalid, NotAllowed
from fundtracker.domain.exports import Access, Order
from fundtracker.services.export import folder_of, key_of, record_export
from fundtracker.services.record import record_refusal
from fundtracker.services.write_export import Request, lines, write
from fundtracker.store import jobs, staff
from fundtracker.store.exports import ExportRow
from fundtracker.store.staff import StaffRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fundtracker.services.parts import Parts
    from fundtracker.services.write_export import Line

# Lines that are written well within a lease, on the slowest machine.
RENEWED_AFTER = 20_000


def make_export(parts: Parts, subject: str) -> None:
    """Make the file of the export with this id; what cannot be made says why on its row."""
    with parts.database.reading() as session:
        row = session.get(ExportRow, int(subject))
        if row is None or row.ready_at is not None or row.failed_at is not None:
            return
        owner = session.get_one(StaffRow, row.staff_id)
        grants = [] if owner.disabled_at is not None else staff.grants_of(session, owner.id)
    parts = parts.acting(Actor.staff(owner.token))
    order = Order.read(row.query)
    try:
        access = Access.of(grants, personal=order.personal, searched=order.searched)
        _make(parts, row, Request(order, access, owner.name, parts.clock()))
    except (Invalid, NotAllowed) as problem:
        if isinstance(problem, NotAllowed):
            record_refusal(parts, Action.EXPORTED, f"export:{order.kind}", problem.message)
        with parts.database.unit_of_work() as session:
            kept = session.get_one(ExportRow, row.id)
            kept.failed_at, kept.problem = parts.clock(), str(problem)


def _make(parts: Parts, row: ExportRow, request: Request) -> None:
    """Write beside its place and move it there whole: nobody ever fetches half of one."""
    folder = folder_of(parts)
    # Only its owner on this machine may open a temporary file, and what it becomes.
    with NamedTemporaryFile(dir=folder, delete=False) as file:
        path = Path(file.name)
        try:
            listed = _keeping_the_job(parts, row, lines(parts, request))
            count = write(parts, request, listed, cast("BinaryIO", file), folder)
            file.flush()
            size = path.stat().st_size
            path.rename(folder / row.token)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    with parts.database.unit_of_work() as session:
        kept = session.get_one(ExportRow, row.id)
        kept.ready_at, kept.rows, kept.size = parts.clock(), count, size
        kept.scope, kept.names = str(request.access.scope), str(request.access.names)
        record_export(session, parts, request.order, count)


def _keeping_the_job(parts: Parts, row: ExportRow, listed: Iterable[Line]) -> Iterator[Line]:
    """Hand lines on, and keep other workers from beginning the same meanwhile."""
    for number, line in enumerate(listed, start=1):
        if number % RENEWED_AFTER == 0:
            with parts.database.unit_of_work() as session:
                jobs.renew(session, key_of(row), parts.clock())
        yield line
