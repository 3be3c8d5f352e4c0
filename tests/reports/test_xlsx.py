from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.money import Money
from fundtracker.reports.tables import Part, decimals
from fundtracker.reports.xlsx import TooManyRows, as_number, write_xlsx
from tests.reports.lines import HOSTILE, TABLE, Line, a_document

if TYPE_CHECKING:
    from pathlib import Path

    from fundtracker.reports.tables import Document


def written(document: Document, folder: Path, *, values: bool = False) -> Any:  # noqa: ANN401 - untyped
    file = io.BytesIO()
    write_xlsx(document, file, folder)
    return openpyxl.load_workbook(file, data_only=values)


def test_dates_and_amounts_are_real_ones(tmp_path: Path) -> None:
    sheet = written(a_document([Line()]), tmp_path)["Gifts"]

    assert [cell.value for cell in sheet[1]][:6] == [
        "Name",
        "Code",
        "Currency",
        "Amount",
        "Rate",
        "At (Europe/Zurich)",
    ]
    assert [cell.value for cell in sheet[2]] == [
        "Rosa",
        "GB",
        "GBP",
        1234.5,
        1.15,
        datetime(2026, 6, 12, 14, 30, 15),  # noqa: DTZ001 - a spreadsheet knows no zones
        datetime(2026, 6, 12),  # noqa: DTZ001
        1,
    ]
    assert sheet["D2"].number_format == "#,##0.00"
    assert sheet["F2"].number_format == "yyyy-mm-dd hh:mm:ss"


@pytest.mark.parametrize(
    ("currency", "look"), [("CLP", "#,##0"), ("EUR", "#,##0.00"), ("KWD", "#,##0.000")]
)
def test_an_amount_shows_the_decimals_of_its_currency(
    tmp_path: Path, currency: str, look: str
) -> None:
    sheet = written(a_document([Line(currency=currency)]), tmp_path)["Gifts"]

    assert sheet["D2"].number_format == look


def test_the_head_stays_and_filters(tmp_path: Path) -> None:
    sheet = written(a_document([Line(), Line()]), tmp_path)["Gifts"]

    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:H3")


def test_sums_are_formulas_with_their_values(tmp_path: Path) -> None:
    lines = [Line(minor=5), Line(currency="EUR", minor=7), Line(minor=2)]
    formulas = written(a_document(lines), tmp_path)["Gifts"]
    values = written(a_document(lines), tmp_path, values=True)["Gifts"]

    assert [formulas[at].value for at in ("A5", "D5", "H5")] == [
        "Total EUR",
        '=SUMIF($C2:$C4,"EUR",D2:D4)',
        "=SUM(H2:H4)",
    ]
    assert [values[at].value for at in ("D5", "H5", "D6", "H6")] == [0.07, 3, 0.07, None]


def test_no_text_is_ever_a_formula_or_a_link(tmp_path: Path) -> None:
    sheet = written(a_document([Line(name=name) for name in HOSTILE]), tmp_path)["Gifts"]
    cells = [sheet.cell(row, 1) for row in range(2, 2 + len(HOSTILE))]

    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.hyperlink is None for cell in cells)
    # What an end of line becomes is the format's own business.
    assert [cell.value.replace("_x000D_", "\r") for cell in cells] == list(HOSTILE)


def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    about = written(a_document([Line()], notes=("Received: kept.",)), tmp_path)["About"]

    assert [[cell.value for cell in row] for row in about.iter_rows()] == [
        ["Gifts", None],
        ["Filters", "fund = conference"],
        ["Made by", "<i>Clara</i>"],
        ["Note", "Received: kept."],
    ]


def test_each_table_has_a_sheet(tmp_path: Path) -> None:
    parts = [Part(TABLE, [Line()]), Part(replace(TABLE, title="Others"), [])]
    file = io.BytesIO()

    assert write_xlsx(a_document([], parts=parts), file, tmp_path) == 1

    assert openpyxl.load_workbook(file).sheetnames == ["Gifts", "Others", "About"]


def test_what_no_cell_can_hold_exactly_is_written_as_text(tmp_path: Path) -> None:
    lines = [Line(minor=10**17 + 1), Line(rate="1.2345678901234567"), Line(minor=10**14)]
    sheet = written(a_document(lines), tmp_path)["Gifts"]

    assert sheet["D2"].value == "1000000000000000.01"
    assert sheet["E3"].value == "1.2345678901234567"
    assert sheet["D4"].value == 1_000_000_000_000


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.sampled_from(["EUR", "CLP", "KWD"]))
def test_every_amount_of_fifteen_digits_comes_back_to_the_last_one(
    minor: int, currency: str
) -> None:
    text = decimals(Money(minor, currency))
    number = as_number(text)

    assert number is not None
    # As the library writes it and a spreadsheet reads it.
    assert Decimal(f"{float(f'{number:.16G}'):.15g}") == Decimal(text)


def test_a_sheet_that_is_full_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fundtracker.reports.xlsx.MOST_ROWS", 1)

    with pytest.raises(TooManyRows, match="1 rows"):
        write_xlsx(a_document([Line(), Line()]), io.BytesIO(), tmp_path)


def test_nothing_is_left_in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_xlsx(a_document([Line()]), io.BytesIO(), tmp_path)
    assert list(tmp_path.iterdir()) == []

    monkeypatch.setattr("fundtracker.reports.xlsx.MOST_ROWS", 0)
    with pytest.raises(TooManyRows):
        write_xlsx(a_document([Line()]), io.BytesIO(), tmp_path)
    assert list(tmp_path.iterdir()) == []
