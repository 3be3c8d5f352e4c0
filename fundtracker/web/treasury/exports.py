"""Exports: ask for one, see one's own, fetch it. Nobody's is anybody else's."""

from __future__ import annotations

import os
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO, TYPE_CHECKING

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext

from fundtracker.domain.donations import DonationStatus, Method
from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.exports import ExportFormat, ExportKind, Order
from fundtracker.domain.facts import RefundStatus
from fundtracker.domain.filters import WITHOUT_SECTION, Dates
from fundtracker.domain.roles import Permission
from fundtracker.domain.sections import NO_SECTION
from fundtracker.services.export import LATE, export
from fundtracker.services.fetch_export import fetch_export, find_export
from fundtracker.store import exports as store
from fundtracker.store import sections, statistics
from fundtracker.web.access import me, requires, scope
from fundtracker.web.acting import acting
from fundtracker.web.context import parts, settings
from fundtracker.web.treasury.blueprint import bp
from fundtracker.web.treasury.rehearsal import is_of_rehearsal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session
    from werkzeug.wrappers import Response as AnyResponse

    from fundtracker.domain.scope import Scope
    from fundtracker.store.exports import ExportRow

READS = Permission.READ_LEDGER
# What is chosen from, by field; statuses of donations and of refunds have words in common.
_CHOICES: dict[str, list[tuple[str, str]]] = {
    "what": [(kind, kind.label) for kind in ExportKind],
    "format": [(form, form.label) for form in ExportFormat],
    "dates": [(Dates.EVENT, N_("given")), (Dates.BOOKING, N_("booked"))],
    "method": [
        (Method.ONLINE, N_("online")),
        (Method.BANK, N_("bank")),
        (Method.CASH, N_("cash")),
        (Method.CHEQUE, N_("cheque")),
    ],
    "status": [
        *((status, status.label) for status in DonationStatus),
        (RefundStatus.PENDING, N_("refund pending")),
        (RefundStatus.REQUIRES_ACTION, N_("refund needs an action")),
    ],
}
_PIECE = 64 * 1024
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "beancount": "text/plain; charset=utf-8",
}


@bp.get("/exports")
@requires(READS)
def exports() -> str:
    """Show what one asked for, and the form to ask for more."""
    return _page(request.args)


@bp.get("/exports/new")
@requires(READS)
def export_new() -> str:
    """Show the form as an address fills it in: what a page shows is what is taken home."""
    return _page(request.args)


@bp.post("/exports/new")
@requires(READS)
def export_make() -> AnyResponse | tuple[str, int]:
    """Hand a small file over at once; leave a large one to the worker."""
    try:
        order = Order.parse(request.form.to_dict())
        if order.personal and me().may(Permission.READ_NAMES) and not _is_fresh():
            return _prove(f"{url_for('treasury.export_new')}?{order}")
        ready = export(acting(), me(), order)
    except Invalid as problem:
        return _page(request.form, problem), problem.status
    if ready is None:
        flash(gettext("Your file is being made. It will wait for you on this page."))
        return redirect(url_for("treasury.exports"), HTTPStatus.SEE_OTHER)
    return _attachment(ready.file, ready.name)


@bp.get("/exports/<token>")
@requires(READS)
def export_file(token: str) -> AnyResponse:
    """Hand over a file that was made, to its owner alone."""
    held = acting()
    row = find_export(held, me(), token)
    if row.personal and not _is_fresh():
        return _prove(request.path)
    fetched = fetch_export(held, row)
    return _attachment(fetched.path.open("rb"), fetched.name)


def _is_fresh() -> bool:
    return me().is_fresh(parts().clock())


def _prove(address: str) -> AnyResponse:
    """Ask for the second factor, and come back to where names are asked for."""
    return redirect(url_for("account.second_factor", next=address), HTTPStatus.SEE_OTHER)


def _attachment(file: IO[bytes], name: str) -> Response:
    """Send a file a piece at a time; its name has letters, digits, hyphens and one point."""
    response = Response(_pieces(file), content_type=_TYPES[name.rpartition(".")[2]])
    response.content_length = os.fstat(file.fileno()).st_size
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    response.call_on_close(file.close)
    return response


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


@dataclass(frozen=True, slots=True)
class Listed:
    """One of one's exports, in words; `state` is ready, failed, late or waiting."""

    row: ExportRow
    label: str
    format: str
    filters: str
    state: str
    kilobytes: int


def _page(typed: Mapping[str, str], problem: Invalid | None = None) -> str:
    reach = scope(READS)
    with parts().database.reading(reach) as session:
        funds = statistics.funds_within(session, reach)
        return render_template(
            "treasury/exports.html",
            typed=typed,
            rehearsal=is_of_rehearsal(typed.get("fund", "")),
            problem=problem,
            funds=[(fund.slug, fund.name) for fund in funds],
            sections=_sections(session, reach, [fund.id for fund in funds]),
            choices={
                name: [(value, gettext(words)) for value, words in options]
                for name, options in _CHOICES.items()
            },
            may_names=me().may(Permission.READ_NAMES),
            listed=_listed(session, parts().clock()),
            simulated=settings().simulated,
        )


def _sections(session: Session, reach: Scope, fund_ids: Sequence[int]) -> list[tuple[str, str]]:
    """The sections in which one may read anything, by code, and "no section" after them."""
    found = {
        part.section.code: part.section.name
        for fund_id in fund_ids
        for part in sections.of_fund(session, fund_id, reach)
    }
    if any(reach.allows(fund_id, NO_SECTION) for fund_id in fund_ids):
        found[WITHOUT_SECTION] = gettext("no section")
    return list(found.items())


def _listed(session: Session, now: datetime) -> list[Listed]:
    return [_line(row, now) for row in store.of_member(session, me().staff_id, now)]


def _line(row: ExportRow, now: datetime) -> Listed:
    order = Order.read(row.query)
    wanted = order.wanted.to_query()
    late = now - row.asked_at > LATE
    unmade = "failed" if row.failed_at else "late" if late else "waiting"
    return Listed(
        row=row,
        label=order.kind.label,
        format=order.format.label,
        filters=", ".join(wanted.values()),
        state="ready" if row.ready_at else unmade,
        kilobytes=-(-(row.size or 0) // 1000),
    )
