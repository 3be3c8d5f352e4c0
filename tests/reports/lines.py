"""A small table, and lines that try everything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from fundtracker.reports.tables import Column, Document, Kind, Part, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

NOON = datetime(2026, 6, 12, 12, 30, 15, tzinfo=UTC)
HOSTILE = (
    '=HYPERLINK("http://evil.example";"x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "<b>bold</b>&amp;",
    'quoted "twice", with; both',
    "Österreich Россия 日本 עברית",
)


@dataclass(frozen=True, slots=True)
class Line:
    """What a row is made of."""

    name: str = "Rosa"
    code: str = "GB"
    currency: str = "GBP"
    minor: int | None = 123450
    rate: str = "1.15"
    at: datetime | None = NOON
    day: date | None = date(2026, 6, 12)
    count: int = 1


TABLE = Table(
    "gifts",
    3,
    "Gifts",
    (
        Column("name", "Name", instead="code"),
        Column("code", "Code"),
        Column("currency", "Currency", paper=False),
        Column("amount", "Amount", Kind.AMOUNT, "minor", "currency", total=True),
        Column("rate", "Rate", Kind.RATE),
        Column("at", "At", Kind.TIME),
        Column("day", "Day", Kind.DAY),
        Column("count", "Count", Kind.COUNT, total=True),
    ),
)


def a_document(lines: Iterable[Line], **fields: object) -> Document:
    """Return a document of these lines."""
    given = {
        "title": "Gifts",
        "facts": (("Filters", "fund = conference"), ("Made by", "<i>Clara</i>")),
        "parts": [Part(TABLE, lines)],
        "filters": "fund=conference&section=GB",
        "made_at": NOON,
        "timezone": "Europe/Zurich",
    }
    return Document(**{**given, **fields})  # type: ignore[arg-type]
