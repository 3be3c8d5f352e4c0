from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from fundtracker.reports.csv import COMMA, SEMICOLON, plain, write_csv
from tests.reports.lines import HOSTILE, Line, a_document

if TYPE_CHECKING:
    from collections.abc import Iterable


STAMP = "gifts/3,2026-06-12T12:30:15Z,fund=conference&section=GB"


def written(lines: Iterable[Line], delimiter: str = COMMA, **fields: object) -> str:
    file = io.StringIO(newline="")
    write_csv(a_document(lines, **fields), file, delimiter)
    return file.getvalue()


def test_a_row_is_plain_and_says_what_it_is_of() -> None:
    assert written([Line()]).split("\r\n") == [
        "name,code,currency,amount,rate,at,day,count,schema,exported_at,filters",
        f"Rosa,GB,GBP,1234.50,1.15,2026-06-12T12:30:15Z,2026-06-12,1,{STAMP}",
        "",
    ]


def test_semicolons_are_for_spreadsheets_whose_decimal_mark_is_a_comma() -> None:
    assert written([Line()], SEMICOLON).splitlines()[1].startswith("Rosa;GB;GBP;1234.50;")


def test_what_is_not_known_is_empty_never_nothing() -> None:
    row = written([Line(minor=None, at=None, day=None)]).splitlines()[1]

    assert row.startswith("Rosa,GB,GBP,,1.15,,,1,")


def test_an_export_of_everything_says_so() -> None:
    assert written([Line()], filters="").splitlines()[1].endswith(",none")


@pytest.mark.parametrize("text", HOSTILE[:6])
def test_a_formula_becomes_a_text(text: str) -> None:
    assert plain(text) == f"'{text}"


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("Rosa;=1+1", "Rosa;'=1+1"),
        ("Rosa,@SUM(1)", "Rosa,'@SUM(1)"),
        ("Rosa; =1+1;-2", "Rosa;' =1+1;'-2"),
        ("=1;=2", "'=1;'=2"),
        ('Rosa;"=1"', 'Rosa;\'"=1"'),
        ("\uff1d1+1", "'\uff1d1+1"),
    ],
)
def test_nor_is_there_a_formula_for_who_expects_another_separator(text: str, harmless: str) -> None:
    assert plain(text) == harmless


@pytest.mark.parametrize(
    "text", ["Rosa", "Rosa; Jo, Al", "a=b", "1.15", "", "<b>", "Müller-Lüdenscheidt"]
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert plain(text) == text


def test_a_negative_amount_stays_a_number() -> None:
    assert written([Line(minor=-5)]).splitlines()[1].split(",")[3] == "-0.05"


def test_whatever_stands_in_a_text_comes_back_as_one_cell() -> None:
    text = written([Line(name=name) for name in HOSTILE])

    rows = list(csv.DictReader(io.StringIO(text, newline="")))

    assert [row["name"].removeprefix("'") for row in rows] == list(HOSTILE)


def test_a_list_without_lines_has_its_head() -> None:
    assert written([]).splitlines() == [
        "name,code,currency,amount,rate,at,day,count,schema,exported_at,filters",
    ]
