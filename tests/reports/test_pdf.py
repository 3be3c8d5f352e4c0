from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from fundtracker.reports.pdf import LONGEST, TooLong, write_pdf
from fundtracker.reports.tables import Part, Picture
from tests.reports.lines import HOSTILE, TABLE, Line, a_document

if TYPE_CHECKING:
    from fundtracker.reports.tables import Document

STANDING = Picture("EUR", 31_140_000, 40_000_000, 778, 17_120_000, 13_130_000, 890_000)


def pages(document: Document) -> list[str]:
    file = io.BytesIO()
    write_pdf(document, file)
    return [page.extract_text() for page in PdfReader(file).pages]


def test_a_page_says_of_what_when_and_by_whom() -> None:
    (text,) = pages(a_document([Line()], notes=("Received: what is kept.",)))

    for words in (
        "Gifts",
        "Filters: fund = conference",
        "Made by: <i>Clara</i>",
        "as of 2026-06-12 14:30 (Europe/Zurich)",
        "Page 1 of 1",
        "Received: what is kept.",
    ):
        assert words in text


def test_a_row_is_written_for_people() -> None:
    (text,) = pages(a_document([Line()]))

    for words in ("Rosa", "GBP 1,234.50", "1.15", "2026-06-12 14:30"):
        assert words in text


def test_sums_stand_below_for_each_currency() -> None:
    (text,) = pages(a_document([Line(minor=5), Line(currency="EUR", minor=100_000_000)]))

    below = text.partition("Total EUR")[2]
    assert "EUR 1,000,000.00" in below
    assert "GBP 0.05" in below.partition("Total GBP")[2]


def test_the_head_comes_again_on_each_page_and_pages_are_counted() -> None:
    found = pages(a_document([Line() for _ in range(100)]))

    assert len(found) > 2
    assert all("Amount" in page for page in found)
    assert [f"Page {number} of {len(found)}" in page for number, page in enumerate(found, 1)] == [
        True
    ] * len(found)


def test_markup_and_formulas_are_words() -> None:
    (text,) = pages(a_document([Line(name=name) for name in HOSTILE if name.isprintable()]))

    assert "<b>bold</b>&amp;" in text
    assert '=HYPERLINK("http://evil.example";"x")' in text


def test_a_name_without_letters_here_stands_as_its_code() -> None:
    (text,) = pages(a_document([Line(name="日本", code="JP")]))

    assert text.count("JP") == 2
    assert "?" not in text


def test_names_of_all_of_europe_are_in_its_letters() -> None:
    names = ["Łódź", "Tři", "İstanbul", "Ελλάδα", "Україна"]
    (text,) = pages(a_document([Line(name=name, code="XX") for name in names]))

    assert [name for name in names if name not in text] == []


def test_a_long_text_is_cut_where_everybody_sees_it() -> None:
    (text,) = pages(a_document([Line(name="n" * 500)]))

    assert "n" * (LONGEST - 1) + "…" in text.replace("\n", "")


def test_a_wide_table_fits_by_smaller_letters() -> None:
    wide = replace(
        TABLE,
        columns=tuple(
            replace(TABLE.columns[0], key=f"name_{n}", attribute="name", instead="")
            for n in range(14)
        ),
    )
    file = io.BytesIO()

    write_pdf(a_document([], parts=[Part(wide, [Line(name="n" * 40)])]), file)

    (page,) = PdfReader(file).pages
    places: list[float] = []
    page.extract_text(visitor_text=lambda _t, _cm, tm, *_more: places.append(tm[4]))
    assert max(places) < page.mediabox.width


def test_the_picture_tells_its_amounts() -> None:
    (text,) = pages(a_document([], picture=STANDING))

    for words in (
        "EUR 311,400.00",
        "77 % of EUR 400,000.00",
        "Received EUR 171,200.00",
        "Promised EUR 131,300.00",
        "Being checked EUR 8,900.00",
    ):
        assert words in text


@pytest.mark.parametrize(
    "picture",
    [
        Picture("EUR", 0, 40_000_000, 0, 0, 0, 0),
        Picture("EUR", 50_000_000, 40_000_000, 1250, 50_000_000, 0, 0),
        Picture("EUR", 0, 0, 0, -5, 0, 0),
        Picture("EUR", 3, 40_000_000, 0, 1, 1, 1),
    ],
)
def test_every_fund_has_a_picture(picture: Picture) -> None:
    (text,) = pages(a_document([], picture=picture))

    assert "Received" in text


def test_nothing_to_list_is_a_page_all_the_same() -> None:
    (text,) = pages(a_document([]))

    assert "Amount" in text
    assert "Total" not in text


def test_what_nobody_reads_on_paper_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fundtracker.reports.pdf.MOST_ROWS", 1)

    with pytest.raises(TooLong, match="1 rows"):
        write_pdf(a_document([Line(), Line()]), io.BytesIO())
