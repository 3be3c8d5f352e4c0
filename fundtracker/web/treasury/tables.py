"""A declared table as a page shows it: in the reader's language, empty columns left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from flask_babel import gettext

from fundtracker.domain.donations import Method
from fundtracker.domain.errors import N_
from fundtracker.domain.money import Money
from fundtracker.reports.tables import Kind, Sums
from fundtracker.web.i18n import format_calendar_day, format_count, format_money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fundtracker.reports.tables import Cell, Column, Table

WAYS = {
    Method.ONLINE: N_("online"),
    Method.BANK: N_("by bank"),
    Method.CASH: N_("in cash"),
    Method.CHEQUE: N_("by cheque"),
}
_NUMBERS = frozenset({Kind.AMOUNT, Kind.COUNT, Kind.RATE})


@dataclass(frozen=True, slots=True)
class Field:
    """One cell in words; numbers stand to the right."""

    words: str
    number: bool


@dataclass(frozen=True, slots=True)
class Written:
    """A table in words; `foot` is empty unless something was added up."""

    head: tuple[Field, ...]
    body: tuple[tuple[Field, ...], ...]
    foot: tuple[Field, ...]


def write(table: Table, lines: Iterable[object]) -> Written:
    """Write a table down, with the sums of one currency below it, if it has any lines."""
    sums = Sums(table)
    rows = list(sums.of(table.rows(lines)))
    # An amount is written with its currency, which needs no column of its own.
    currencies = {column.currency for column in table.columns}
    shown = [
        (at, column)
        for at, column in enumerate(table.columns)
        if column.key not in currencies and any(row[at] not in {None, ""} for row in rows)
    ]
    return Written(
        head=tuple(Field(gettext(column.heading), _is_number(column)) for _, column in shown),
        body=tuple(
            tuple(Field(_cell(column, row[at]), _is_number(column)) for at, column in shown)
            for row in rows
        ),
        foot=_foot(sums, shown) if len(rows) > 1 else (),
    )


def _foot(sums: Sums, shown: list[tuple[int, Column]]) -> tuple[Field, ...]:
    code = next(iter(sums.currencies), "")
    cells = [sums.get(at, code) for at, _ in shown]
    if not any(cell is not None for cell in cells):
        return ()
    first, *others = (
        Field("" if cell is None else _cell(column, cell), _is_number(column))
        for cell, (_, column) in zip(cells, shown, strict=True)
    )
    return (Field(gettext("Together"), first.number), *others)


def _cell(column: Column, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Money):
        return format_money(cell)
    if isinstance(cell, date):
        return format_calendar_day(cell)
    if isinstance(cell, int):
        return format_count(cell)
    if column.key == "method":
        return str(gettext(WAYS[Method(cell)]))
    return cell or (str(gettext("no section")) if column.key == "name" else "")


def _is_number(column: Column) -> bool:
    return column.kind in _NUMBERS
