"""Tables on paper: what it is of and when, a picture, tables whose head comes again on each page.

Cells are drawn as plain text, never read as markup. No table with names of donors is ever given
to this module: paper is left lying about.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    LongTable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)

from fundtracker.domain.errors import N_, Invalid
from fundtracker.reports.letters import BOLD, PLAIN, letters, printable, width
from fundtracker.reports.picture import INK, MUTE, TRACK, draw
from fundtracker.reports.tables import Kind, Sums
from fundtracker.reports.written import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from fundtracker.reports.tables import Column, Document, Part, Row, Table

# A page holds some forty rows; who wants more reads a spreadsheet.
MOST_ROWS = 5000
MARGIN = 36
# A frame keeps six points on either side for itself.
BREADTH = landscape(A4)[0] - 2 * MARGIN - 12
SIZE, SMALLEST = 7.5, 4.5
GAP = 8
LONGEST = 60
_RIGHT = frozenset({Kind.COUNT, Kind.AMOUNT, Kind.RATE})


class TooLong(Invalid):
    """More rows than anybody reads on paper."""

    message = N_("A PDF holds %(most)s rows at most. Take CSV or XLSX, or fewer days.")
    field = "format"


def write_pdf(document: Document, file: BinaryIO) -> int:
    """Write a PDF, and return how many rows its tables have; raises TooLong."""
    letters()
    zone = ZoneInfo(document.timezone)
    story = list(_head(document))
    rows = 0
    for part in document.parts:
        flowables, count = _table(part, zone)
        story += flowables
        rows += count
    story.append(Spacer(1, 12))
    story += [Paragraph(escape(printable(note)), _style(PLAIN, 8)) for note in document.notes]
    template = SimpleDocTemplate(
        file,
        pagesize=landscape(A4),
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
        title=document.title,
        author="Fundtracker",
    )
    foot = printable(f"{document.title} · as of {written(document.made_at, zone)} ({zone.key})")
    template.build(story, canvasmaker=lambda *args, **more: _Numbered(foot, *args, **more))
    return rows


class _Numbered(Canvas):  # type: ignore[misc] # the library has no types
    """A canvas that writes "Page 2 of 7" once it knows the seven."""

    def __init__(self, foot: str, *args: Any, **more: Any) -> None:  # noqa: ANN401 - reportlab's own
        super().__init__(*args, **more)
        self._foot = foot
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        """Put a page aside until all are known."""
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Write every page's foot, and the file."""
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self.setFont(PLAIN, 7)
            self.setFillColor(MUTE)
            self.drawString(MARGIN + 6, MARGIN / 2, self._foot)
            right = MARGIN + 6 + BREADTH
            self.drawRightString(right, MARGIN / 2, f"Page {number} of {len(self._pages)}")
            super().showPage()
        super().save()


def _head(document: Document) -> Iterator[Flowable]:
    yield Paragraph(escape(printable(document.title)), _style(BOLD, 16))
    yield Spacer(1, 6)
    for name, text in document.facts:
        words = f'<font name="{BOLD}">{escape(name)}:</font> {escape(printable(text))}'
        yield Paragraph(words, _style(PLAIN, 8))
    if document.picture is not None:
        yield Spacer(1, 12)
        yield draw(document.picture, BREADTH)


def _table(part: Part, zone: ZoneInfo) -> tuple[list[Flowable], int]:
    """A heading with its table, and how many rows it has."""
    shown = [at for at, column in enumerate(part.table.columns) if column.paper]
    columns = [part.table.columns[at] for at in shown]
    sums = Sums(part.table)
    body: list[list[str]] = []
    for row in sums.of(part.table.rows(part.lines)):
        if len(body) == MOST_ROWS:
            raise TooLong(most=f"{MOST_ROWS:,}")
        body.append([_cell(part.table, row, at, zone) for at in shown])
    below = [_sums(sums, code, shown, zone) for code in sums.currencies if body]
    nothing = [] if body else [["–", *[""] * (len(columns) - 1)]]
    rows = [[column.heading for column in columns], *body, *nothing, *below]
    widths = [max(width(row[at], SIZE, BOLD) for row in rows) + GAP for at in range(len(columns))]
    # Letters shrink until the widest table fits.
    factor = min(1, BREADTH / sum(widths))
    size = max(SMALLEST, SIZE * factor)
    table = LongTable(
        rows,
        colWidths=[each * factor for each in widths],
        repeatRows=1,
        hAlign="LEFT",
        style=_look(columns, size, len(below)),
    )
    title = Paragraph(escape(part.table.title), _style(BOLD, 11))
    return [CondPageBreak(90), Spacer(1, 12), title, Spacer(1, 4), table], len(body)


def _cell(table: Table, row: Row, at: int, zone: ZoneInfo) -> str:
    column, text = table.columns[at], written(row[at], zone)
    if column.kind is not Kind.TEXT:
        return text
    instead = written(row[table.at(column.instead)], zone) if column.instead else ""
    text = printable(text, instead)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _sums(sums: Sums, code: str, shown: Sequence[int], zone: ZoneInfo) -> list[str]:
    line = [written(sums.get(at, code), zone) for at in shown]
    line[0] = line[0] or f"Total {code}".strip()
    return line


def _look(columns: Sequence[Column], size: float, below: int) -> TableStyle:
    right = [at for at, column in enumerate(columns) if column.kind in _RIGHT]
    commands: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -1), PLAIN, size, size * 1.3),
        ("FONT", (0, 0), (-1, 0), BOLD, size, size * 1.3),
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("LINEBELOW", (0, 0), (-1, 0), 1.5, INK),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, TRACK),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("RIGHTPADDING", (0, 0), (-1, -1), GAP * size / SIZE),
        *(("ALIGN", (at, 0), (at, -1), "RIGHT") for at in right),
    ]
    if below:
        commands += [
            ("FONT", (0, -below), (-1, -1), BOLD, size, size * 1.3),
            ("LINEABOVE", (0, -below), (-1, -below), 1.5, INK),
            # Sums never stand on a page without a row.
            ("NOSPLIT", (0, -below - 1), (-1, -1)),
        ]
    return TableStyle(commands)


def _style(font: str, size: float) -> ParagraphStyle:
    return ParagraphStyle(font, fontName=font, fontSize=size, leading=size * 1.35, textColor=INK)
