from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.money import Money
from fundtracker.reports import columns
from fundtracker.reports.tables import Kind, Sums, Table, decimals, instant
from tests.reports.lines import NOON, TABLE, Line

TABLES = [table for table in vars(columns).values() if isinstance(table, Table)]


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (123450, "GBP", "1234.50"),
        (5, "EUR", "0.05"),
        (-5, "EUR", "-0.05"),
        (0, "EUR", "0.00"),
        (50000, "CLP", "50000"),
        (-1, "JPY", "-1"),
        (1234, "KWD", "1.234"),
        (99_999_999_999_999_999, "EUR", "999999999999999.99"),
    ],
)
def test_an_amount_is_written_from_its_whole_minor_units(
    minor: int, currency: str, text: str
) -> None:
    assert decimals(Money(minor, currency)) == text


@given(st.integers(-(10**18), 10**18))
def test_no_cent_is_lost_in_writing(minor: int) -> None:
    assert int(decimals(Money(minor, "EUR")).replace(".", "")) == minor


def test_a_moment_is_written_in_utc_to_the_second() -> None:
    assert instant(NOON) == "2026-06-12T12:30:15Z"


def test_a_line_becomes_cells_in_the_order_of_the_columns() -> None:
    (row,) = TABLE.rows([Line(minor=5)])

    assert row[:4] == ("Rosa", "GB", "GBP", Money(5, "GBP"))


def test_an_amount_that_is_not_known_stays_unknown() -> None:
    (row,) = TABLE.rows([Line(minor=None)])

    assert row[TABLE.at("amount")] is None


def test_sums_are_kept_for_each_currency_and_counts_once() -> None:
    lines = [Line(minor=5), Line(minor=7), Line(currency="EUR", minor=2), Line(minor=None)]
    sums = Sums(TABLE)

    assert len(list(sums.of(TABLE.rows(lines)))) == 4

    amount, count = TABLE.at("amount"), TABLE.at("count")
    assert sums.currencies == ["EUR", "GBP"]
    assert [sums.get(amount, code) for code in sums.currencies] == [
        Money(2, "EUR"),
        Money(12, "GBP"),
    ]
    assert [sums.get(count, code) for code in sums.currencies] == [4, None]
    assert sums.get(TABLE.at("name"), "EUR") is None


def test_counts_alone_have_one_line_of_sums() -> None:
    sums = Sums(TABLE)
    list(sums.of(TABLE.rows([Line(minor=None)])))

    assert sums.currencies == [""]
    assert sums.get(TABLE.at("count"), "") == 1


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_columns_have_names_for_good(table: Table) -> None:
    keys = [column.key for column in table.columns]

    assert len(set(keys)) == len(keys)
    assert all(key.isascii() and key == key.lower() and key.isidentifier() for key in keys)
    assert all(
        (column.kind is Kind.AMOUNT) == (column.currency in keys) for column in table.columns
    )
    assert all(column.instead in {"", *keys} for column in table.columns)
    # A promise is written whole, and no more as what is open of it.
    version = 2 if table.name == "statement" else 1
    assert table.schema == f"{table.name}/{version}"


def test_no_table_of_a_pdf_has_names_of_donors() -> None:
    keys = {column.key for column in columns.DONATIONS.columns}

    assert keys.isdisjoint({"reference", "public_name"})
