"""Spreadsheets with real dates and numbers, a sheet for each table and one about the file itself.

Rows go to disk as they are written, so that a million need no more memory than ten. Texts stay
texts: none becomes a formula or a link.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name, xl_range

from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.money import Money, currency
from fundtracker.reports.tables import Kind, Sums, decimals

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path
    from typing import BinaryIO

    from fundtracker.reports.tables import Cell, Column, Document, Part, Table

# A sheet ends at 1,048,576 rows; the head and the sums need some of them.
MOST_ROWS = 1_048_000
# Spreadsheets keep fifteen digits of a number; what has more is written as text, to the last one.
MOST_DIGITS = 15
_LONGEST_TEXT = 32_767
_LONGEST_TITLE = 31
_WIDTHS = {Kind.TEXT: 22, Kind.COUNT: 11, Kind.AMOUNT: 15, Kind.RATE: 12, Kind.TIME: 20}
_DAY_WIDTH = 12
_ABOUT_WIDTHS = (24, 100)


class TooManyRows(Invalid):
    """More lines than a sheet has rows."""

    message = N_("A spreadsheet holds %(most)s rows at most. Take CSV, or fewer days.")
    field = "format"


def write_xlsx(document: Document, file: BinaryIO, folder: Path) -> int:
    """Write a spreadsheet, and return how many rows its tables have; raises TooManyRows.

    `folder` takes what is written on the way: it may hold personal data.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "tmpdir": str(folder),
    }
    with Workbook(file, options) as workbook:
        workbook.set_properties({"title": document.title, "created": document.made_at})
        styles = _Styles(workbook)
        sheets = (_Sheet(workbook, styles, part, document.timezone) for part in document.parts)
        rows = sum(sheet.write(part) for sheet, part in zip(sheets, document.parts, strict=True))
        _write_about(workbook, styles, document)
    return rows


def as_number(text: str) -> float | None:
    """Return a decimal number as a spreadsheet keeps it, None where it would lose digits.

    Up to fifteen digits come back from a 64-bit float exactly as they were written.
    """
    digits = text.lstrip("-").replace(".", "").lstrip("0")
    return float(text) if len(digits) <= MOST_DIGITS else None


class _Styles:
    """How cells look, made once for each kind and number of decimals."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[str, bool], Any] = {}
        self.head = workbook.add_format({"bold": True, "bottom": 2, "text_wrap": True})
        self.wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})

    def money(self, code: str, *, total: bool = False) -> Any:  # noqa: ANN401 - untyped library
        exponent = currency(code).exponent
        return self.of(f"#,##0.{'0' * exponent}".rstrip("."), total=total)

    def of(self, pattern: str, *, total: bool = False) -> Any:  # noqa: ANN401
        if (pattern, total) not in self._made:
            looks = {"num_format": pattern} | ({"bold": True, "top": 2} if total else {})
            self._made[pattern, total] = self._workbook.add_format(looks)
        return self._made[pattern, total]


class _Sheet:
    """One table: its head, its rows, its sums."""

    def __init__(self, workbook: Workbook, styles: _Styles, part: Part, timezone: str) -> None:
        self._sheet = workbook.add_worksheet(part.table.title[:_LONGEST_TITLE])
        self._styles = styles
        self._zone = ZoneInfo(timezone)
        self._columns = part.table.columns
        for at, column in enumerate(self._columns):
            self._sheet.set_column(at, at, _WIDTHS.get(column.kind, _DAY_WIDTH))
            self._sheet.write_string(0, at, self._heading(column), styles.head)
        self._sheet.freeze_panes(1, 0)

    def write(self, part: Part) -> int:
        """Write the rows and their sums; return how many rows there were."""
        sums = Sums(part.table)
        last = 0
        for last, row in enumerate(sums.of(part.table.rows(part.lines)), start=1):
            if last > MOST_ROWS:
                raise TooManyRows(most=f"{MOST_ROWS:,}")
            for at, cell in enumerate(row):
                self._write(last, at, cell, self._columns[at].kind)
        self._sheet.autofilter(0, 0, last, len(self._columns) - 1)
        for below, code in enumerate(sums.currencies, start=1):
            self._write_sums(part.table, sums, code, last, last + below)
        return last

    def _heading(self, column: Column) -> str:
        return (
            f"{column.heading} ({self._zone.key})" if column.kind is Kind.TIME else column.heading
        )

    def _write(self, row: int, at: int, cell: Cell, kind: Kind) -> None:
        if cell is None or cell == "":
            return
        if isinstance(cell, Money):
            self._write_number(row, at, decimals(cell), self._styles.money(cell.currency))
        elif isinstance(cell, datetime):
            local = cell.astimezone(self._zone).replace(tzinfo=None, microsecond=0)
            self._write_date(row, at, local, "yyyy-mm-dd hh:mm:ss")
        elif isinstance(cell, int):
            self._sheet.write_number(row, at, cell)
        elif not isinstance(cell, str):
            self._write_date(row, at, cell, "yyyy-mm-dd")
        elif kind is Kind.RATE:
            self._write_number(row, at, cell, None)
        else:
            self._sheet.write_string(row, at, cell[:_LONGEST_TEXT])

    def _write_number(self, row: int, at: int, text: str, style: object) -> None:
        number = as_number(text)
        if number is None:
            self._sheet.write_string(row, at, text)
        else:
            self._sheet.write_number(row, at, number, style)

    def _write_date(self, row: int, at: int, day: date, pattern: str) -> None:
        self._sheet.write_datetime(row, at, day, self._styles.of(pattern))

    def _write_sums(self, table: Table, sums: Sums, code: str, last: int, row: int) -> None:
        bold = self._styles.of("General", total=True)
        label = f"Total {code}".strip()
        for at, column in enumerate(self._columns):
            total = sums.get(at, code)
            if total is None:
                self._sheet.write(row, at, None if at else label, bold)
                continue
            style, value = self._styles.of("#,##0", total=True), str(total)
            if isinstance(total, Money):
                style, value = self._styles.money(code, total=True), decimals(total)
            formula = _formula(table, column, at, code if isinstance(total, Money) else "", last)
            # With the value that programs see that do not calculate.
            self._sheet.write_formula(row, at, formula, style, float(value))


def _formula(table: Table, column: Column, at: int, code: str, last: int) -> str:
    """The sum of a column; of money, that of the rows in one currency."""
    summed = xl_range(1, at, last, at)
    if not code:
        return f"=SUM({summed})"
    letter = xl_col_to_name(table.at(column.currency), col_abs=True)
    return f'=SUMIF({letter}2:{letter}{last + 1},"{code}",{summed})'


def _write_about(workbook: Workbook, styles: _Styles, document: Document) -> None:
    """Say of what the file is, by whom and when it was made, and what its words mean."""
    sheet = workbook.add_worksheet("About")
    for at, width in enumerate(_ABOUT_WIDTHS):
        sheet.set_column(at, at, width)
    sheet.write_string(0, 0, document.title, styles.head)
    sheet.write_blank(0, 1, None, styles.head)
    lines = [*document.facts, *(("Note", note) for note in document.notes)]
    for row, (name, text) in enumerate(lines, start=1):
        sheet.write_string(row, 0, name, styles.wrapped)
        sheet.write_string(row, 1, text[:_LONGEST_TEXT], styles.wrapped)
