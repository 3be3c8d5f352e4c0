"""Write what was asked for into a file: read a page at a time, in the memory of a page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import TextIOWrapper
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import urlencode

from fundtracker import __version__
from fundtracker.domain.errors import N_, Invalid, NotAllowed
from fundtracker.domain.exports import NAMED, ExportFormat, ExportKind, covers
from fundtracker.domain.funds import written_name
from fundtracker.domain.scope import Reach, Scope
from fundtracker.reports import beancount, columns
from fundtracker.reports.csv import COMMA, ENCODING, SEMICOLON, write_csv
from fundtracker.reports.pdf import write_pdf
from fundtracker.reports.tables import Document, Part, instant
from fundtracker.reports.xlsx import write_xlsx
from fundtracker.services import fund_report, statement
from fundtracker.store import funds, treasury, treasury_pledges

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO

    from sqlalchemy.orm import Session

    from fundtracker.domain.exports import Access, Order
    from fundtracker.domain.filters import LedgerFilter
    from fundtracker.domain.funds import Fund
    from fundtracker.services.parts import Parts
    from fundtracker.store.treasury import DonationLine, EntryLine, JournalLine, RefundLine
    from fundtracker.store.treasury_pledges import PledgeLine

    Line = DonationLine | RefundLine | JournalLine | PledgeLine

PAGE = 1000
_REHEARSAL = "Rehearsal: "
_NAMELESS = "Names of donors are never in a PDF; names in scripts that are not set here are codes."
_LISTS: Mapping[ExportKind, Callable[..., Sequence[Line]]] = {
    ExportKind.DONATIONS: treasury.donations,
    ExportKind.REFUNDS: treasury.refunds,
    ExportKind.PLEDGES: treasury_pledges.pledges,
    ExportKind.JOURNALS: treasury.journals,
}

# Without names, and with them.
_TABLES = {
    ExportKind.DONATIONS: (columns.DONATIONS, columns.DONATIONS_WITH_NAMES),
    ExportKind.REFUNDS: (columns.REFUNDS, columns.REFUNDS),
    ExportKind.PLEDGES: (columns.PLEDGES, columns.PLEDGES_WITH_NAMES),
}


class EntryOfJournal(NamedTuple):
    """One row of the journals' table."""

    journal: JournalLine
    entry: EntryLine


@dataclass(frozen=True, slots=True)
class Request:
    """An order, what its owner may see, by whom the file says it is, and of when."""

    order: Order
    access: Access
    by: str
    at: datetime
    rehearsal: bool = False


def lines(parts: Parts, request: Request) -> Iterator[Line]:
    """What a list has, newest first, each page in a reading of its own.

    Paging is by key: what is added meanwhile would stand before the first page, and is left out.
    """
    access, order = request.access, request.order
    more: dict[str, object] = {}
    if order.kind in NAMED:
        more["names"] = access.names
    if order.kind is ExportKind.PLEDGES:
        # What is overdue depends on the day.
        more["now"] = request.at
    after: int | str | None = None
    while True:
        with parts.database.reading(access.scope) as session:
            page = _LISTS[order.kind](
                session, order.wanted, access.scope, after=after, limit=PAGE, **more
            )
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].id


def is_list(order: Order) -> bool:
    """Tell whether it has a row for each donation, refund or entry: it may be of any length."""
    return order.kind in _LISTS


def write(
    parts: Parts, request: Request, listed: Iterable[Line], file: BinaryIO, folder: Path
) -> int:
    """Write a file, and return how many rows it has; raises Invalid, or NotAllowed.

    `listed` are the lines of a list; `folder` takes what is written on the way.
    """
    request = replace(request, rehearsal=_is_rehearsal(parts, request))
    if request.order.format is ExportFormat.XLSX:
        return write_xlsx(_document(parts, request, listed), file, folder)
    if request.order.format is ExportFormat.PDF:
        return write_pdf(_document(parts, request, listed), file)
    is_beancount = request.order.format is ExportFormat.BEANCOUNT
    text = TextIOWrapper(file, "utf-8" if is_beancount else ENCODING, newline="")
    try:
        if is_beancount:
            title, facts = request.order.kind.label, _facts(request, "UTC", "beancount/1")
            return beancount.write_beancount(title, facts, map(_transaction, listed), text)
        is_semicolon = request.order.format is ExportFormat.CSV_SEMICOLON
        delimiter = SEMICOLON if is_semicolon else COMMA
        return write_csv(_document(parts, request, listed), text, delimiter)
    finally:
        # The file is the caller's, and stays open.
        text.detach()


def _document(parts: Parts, request: Request, listed: Iterable[Line]) -> Document:
    order = request.order
    if order.kind in _LISTS:
        with parts.database.reading(request.access.scope) as session:
            zone = treasury.zone_of(session, order.wanted, request.access.scope)
        return _assembled(request, [_list(order, listed)], zone, ())
    with parts.database.reading(request.access.scope) as session:
        fund = _fund(session, request)
        if order.kind is ExportKind.STATEMENT:
            found = statement.statement(
                session, fund, cast("LedgerFilter", order.wanted), request.access.scope
            )
            part = Part(columns.STATEMENT, found)
            return _assembled(request, [part], fund.timezone, statement.NOTES)
        whole = Scope(frozenset({Reach(fund.id)}))
        if not covers(request.access.scope, whole):
            raise NotAllowed
        sheets, picture = fund_report.fund_report(session, fund, whole)
        document = _assembled(request, sheets, fund.timezone, fund_report.NOTES)
        return replace(document, title=f"{written_name(fund)}: report", picture=picture)


def _list(order: Order, listed: Iterable[Line]) -> Part:
    if order.kind is ExportKind.JOURNALS:
        return Part(columns.JOURNALS, _entries(cast("Iterable[JournalLine]", listed)))
    plain, named = _TABLES[order.kind]
    return Part(named if order.personal else plain, listed)


def _assembled(
    request: Request, sheets: Sequence[Part], zone: str, notes: tuple[str, ...]
) -> Document:
    schema = ", ".join(part.table.schema for part in sheets)
    query = request.order.wanted.to_query()
    return Document(
        title=f"{_REHEARSAL if request.rehearsal else ''}{request.order.kind.label}",
        facts=_facts(request, zone, schema),
        parts=sheets,
        filters=urlencode(query | ({"rehearsal": "yes"} if request.rehearsal else {})),
        made_at=request.at,
        timezone=zone,
        notes=(*notes, *([_NAMELESS] if request.order.format is ExportFormat.PDF else [])),
    )


def _facts(request: Request, zone: str, schema: str) -> tuple[tuple[str, str], ...]:
    query = request.order.wanted.to_query()
    return (
        *([("Rehearsal", "nothing of this is real")] if request.rehearsal else []),
        ("Filters", ", ".join(f"{name} = {value}" for name, value in query.items()) or "none"),
        ("As of", instant(request.at)),
        ("Timezone", zone),
        ("Made by", request.by),
        ("Columns", schema),
        ("Version", f"Fundtracker {__version__}"),
    )


def _is_rehearsal(parts: Parts, request: Request) -> bool:
    """Tell whether it is of a rehearsal: that is never mixed with real money."""
    slug = request.order.wanted.fund
    with parts.database.reading(request.access.scope) as session:
        return any(fund.rehearsal and fund.slug == slug for fund in funds.all_funds(session))


def _fund(session: Session, request: Request) -> Fund:
    """The fund of an order; one out of reach is refused as one that there is not."""
    slug = request.order.wanted.fund
    found = next((fund for fund in funds.all_funds(session) if fund.slug == slug), None)
    if found is None or not request.access.scope.allows_fund(found.id):
        raise Invalid(
            N_("There is nothing of that name. Please choose from the list."), field="fund"
        )
    return found


def _entries(journals: Iterable[JournalLine]) -> Iterator[EntryOfJournal]:
    return (EntryOfJournal(journal, entry) for journal in journals for entry in journal.entries)


def _transaction(journal: Line) -> beancount.Transaction:
    journal = cast("JournalLine", journal)
    return beancount.Transaction(
        id=journal.id,
        booked_at=journal.booked_at,
        source=journal.source,
        kind=journal.kind,
        fund=journal.fund,
        fund_currency=journal.fund_currency,
        timezone=journal.timezone,
        section=journal.section,
        donation=journal.donation or "",
        actor=journal.actor,
        postings=tuple(
            beancount.Posting(
                entry.account,
                entry.holder,
                entry.section,
                entry.currency,
                entry.amount,
                entry.base,
            )
            for entry in journal.entries
        ),
    )
