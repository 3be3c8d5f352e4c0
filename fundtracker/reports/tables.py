"""Tables that leave the house: columns, declared once and in order, and what becomes of a line.

A line is any value that has the attributes which the columns name. Amounts stay whole minor units
with their currency until a writer writes them down.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING

from fundtracker.domain.money import Money, currency

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Cell = str | int | Money | datetime | date | None
Row = tuple[Cell, ...]


class Kind(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    COUNT = "count"
    # Minor units of the currency that stands in another column.
    AMOUNT = "amount"
    # A decimal number, written down: 1.15.
    RATE = "rate"
    # An aware moment.
    TIME = "time"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `key` for programs and for good, `heading` for people.

    `attribute` is where a line has it, unless under the key itself; `currency` is the key of the
    column with an amount's currency; `total` asks for sums below. A PDF's narrow tables leave it
    out without `paper`; `instead` is the key of what stands there where paper has no letters.
    """

    key: str
    heading: str
    kind: Kind = Kind.TEXT
    attribute: str = ""
    currency: str = ""
    total: bool = False
    paper: bool = True
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Columns with a name; the version rises whenever a column changes its key or its meaning."""

    name: str
    version: int
    title: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> str:
        """What a program checks before it reads the rows."""
        return f"{self.name}/{self.version}"

    def at(self, key: str) -> int:
        """Where a column stands."""
        return [column.key for column in self.columns].index(key)

    def rows(self, lines: Iterable[object]) -> Iterator[Row]:
        """Turn lines into cells, one at a time."""
        read = attrgetter(*(column.attribute or column.key for column in self.columns))
        amounts = [
            (at, self.at(column.currency))
            for at, column in enumerate(self.columns)
            if column.kind is Kind.AMOUNT
        ]
        for line in lines:
            row = list(read(line))
            for amount, code in amounts:
                if row[amount] is not None:
                    row[amount] = Money(row[amount], row[code])
            yield tuple(row)


@dataclass(frozen=True, slots=True)
class Part:
    """A table and its lines, which may be read only once."""

    table: Table
    lines: Iterable[object]


@dataclass(frozen=True, slots=True)
class Picture:
    """Where a fund stands, in minor units of `currency`: what the layered bar is made of."""

    currency: str
    headline: int
    target: int
    permille: int
    received: int
    promised: int
    checked: int


@dataclass(frozen=True, slots=True)
class Document:
    """All that a writer needs: `facts` say of what, by whom and when; `notes` what words mean.

    `filters` is what was asked for, as an address carries it. `timezone` is the one on paper.
    """

    title: str
    facts: tuple[tuple[str, str], ...]
    parts: Sequence[Part]
    filters: str
    made_at: datetime
    timezone: str = "UTC"
    notes: tuple[str, ...] = ()
    picture: Picture | None = None


@dataclass(slots=True)
class Sums:
    """What the columns of a table add up to, for each currency by itself; counts under ""."""

    table: Table
    _sums: defaultdict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    _summed: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._summed = [n for n, column in enumerate(self.table.columns) if column.total]

    def of(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Hand rows on, and add them up on the way."""
        for row in rows:
            for at in self._summed:
                cell = row[at]
                if isinstance(cell, Money):
                    self._sums[at, cell.currency] += cell.minor
                elif isinstance(cell, int):
                    self._sums[at, ""] += cell
            yield row

    @property
    def currencies(self) -> list[str]:
        """The currencies that were met, or "" alone where only counts were."""
        met = sorted({code for _, code in self._sums})
        return [code for code in met if code] or met

    def get(self, at: int, code: str) -> Money | int | None:
        """The sum of a column in a currency; a count stands in the first line of sums."""
        if (at, code) in self._sums:
            minor = self._sums[at, code]
            return Money(minor, code) if code else minor
        if code and code == self.currencies[0]:
            return self._sums.get((at, ""))
        return None


def decimals(money: Money) -> str:
    """Write an amount as a plain number from its whole minor units: 1234.50."""
    exponent = currency(money.currency).exponent
    digits = str(abs(money.minor)).rjust(exponent + 1, "0")
    sign = "-" if money.minor < 0 else ""
    return f"{sign}{digits[:-exponent]}.{digits[-exponent:]}" if exponent else f"{sign}{digits}"


def instant(moment: datetime) -> str:
    """Write a moment as ISO 8601 does, in UTC and to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
