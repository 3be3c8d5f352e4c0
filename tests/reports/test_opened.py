"""The files as people open them: with a spreadsheet, with a reader of PDFs."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from fundtracker.reports.csv import ENCODING, SEMICOLON, write_csv
from fundtracker.reports.pdf import write_pdf
from fundtracker.reports.xlsx import write_xlsx
from tests.reports.lines import HOSTILE, Line, a_document
from tests.support.office_tools import opened_by_libreoffice, text_of

if TYPE_CHECKING:
    from pathlib import Path

LINES = [*(Line(name=name) for name in HOSTILE), Line(currency="EUR", minor=-5)]
# What LibreOffice makes of an end of line within a cell.
SHOWN = [name.replace("\r", "\n") for name in HOSTILE]


def test_libreoffice_opens_the_spreadsheet(tmp_path: Path) -> None:
    file = tmp_path / "gifts.xlsx"
    with file.open("wb") as out:
        write_xlsx(a_document(LINES), out, tmp_path)

    sheets = opened_by_libreoffice(file, tmp_path)

    head, *rows = sheets["Gifts"]
    assert head[3] == "Amount"
    assert [row[0].replace("\r", "\n") for row in rows[: len(HOSTILE)]] == SHOWN
    assert rows[0][1:8] == [
        "GB",
        "GBP",
        "1234.5",
        "1.15",
        "2026-06-12 14:30:15",
        "2026-06-12",
        "1",
    ]
    assert [(row[0], row[3], row[7]) for row in rows[len(LINES) :]] == [
        ("Total EUR", "-0.05", "10"),
        ("Total GBP", "11110.5", ""),
    ]
    assert sheets["About"][1] == ["Filters", "fund = conference"]


@pytest.mark.parametrize("delimiter", [",", SEMICOLON])
def test_libreoffice_opens_the_csv(tmp_path: Path, delimiter: str) -> None:
    file = tmp_path / "gifts.csv"
    with file.open("w", encoding=ENCODING, newline="") as out:
        write_csv(a_document(LINES), out, delimiter)

    ((head, *rows),) = opened_by_libreoffice(file, tmp_path, delimiter).values()

    assert head[:4] == ["name", "code", "currency", "amount"]
    assert [row[0].removeprefix("'").replace("\r", "\n") for row in rows[:-1]] == SHOWN
    assert rows[-1][3] == "-0.05"
    assert {row[-1] for row in rows} == {"fund=conference&section=GB"}


def test_a_reader_finds_the_text_of_a_pdf(tmp_path: Path) -> None:
    file = tmp_path / "gifts.pdf"
    buffer = io.BytesIO()
    write_pdf(a_document([Line(), Line(minor=50)]), buffer)
    file.write_bytes(buffer.getvalue())

    text = text_of(file)

    assert "Filters: fund = conference" in text
    (total,) = [line for line in text.splitlines() if line.lstrip().startswith("Total GBP")]
    assert total.split() == ["Total", "GBP", "GBP", "1,235.00", "2"]
