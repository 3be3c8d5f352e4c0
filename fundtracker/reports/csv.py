"""CSV for people's spreadsheets and for programs: one table, one row a line, nothing else.

What a file is of stands in the file: the last three columns of each row carry the version of the
columns, the moment and the filters, so that they survive sorting, cutting and joining files.
"""

from __future__ import annotations

import csv
import re
from datetime import datetime
from typing import TYPE_CHECKING, TextIO

from fundtracker.domain.money import Money
from fundtracker.reports.tables import decimals, instant

if TYPE_CHECKING:
    from fundtracker.reports.tables import Cell, Document

# With its mark in front, a spreadsheet knows that the file is UTF-8.
ENCODING = "utf-8-sig"
COMMA, SEMICOLON = ",", ";"
STAMP = ("schema", "exported_at", "filters")
# What makes a spreadsheet take a text for a formula, in the wide letters of the East too. After a
# separator it is as dangerous: a spreadsheet that expects the other one begins a cell there.
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_DANGEROUS = re.compile(rf"^(?=[{_SIGNS}\t\r\n])|(?<=[;,])(?=[ \"]*[{_SIGNS}])")
_NOTHING = "none"


def write_csv(document: Document, file: TextIO, delimiter: str = COMMA) -> int:
    """Write the first table of a document, and return how many rows it had.

    Open the file with newline="" and ENCODING.
    """
    part = document.parts[0]
    writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([*(column.key for column in part.table.columns), *STAMP])
    stamp = (part.table.schema, instant(document.made_at), plain(document.filters or _NOTHING))
    count = 0
    for row in part.table.rows(part.lines):
        writer.writerow((*map(plain, row), *stamp))
        count += 1
    return count


def plain(cell: Cell) -> str:
    """Write a cell; a text that a spreadsheet would calculate is given a mark that stops it."""
    if isinstance(cell, str):
        return _DANGEROUS.sub("'", cell)
    if cell is None:
        return ""
    if isinstance(cell, Money):
        return decimals(cell)
    return instant(cell) if isinstance(cell, datetime) else str(cell)
