"""What a list of a million donations costs to take home: rows a second, and memory.

`python -m benchmarks.exports`, apart from the others: the donations alone take minutes to make.
Each file is written by a process of its own, so that its memory is nobody else's.
"""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import psycopg

from benchmarks import places
from benchmarks.figures import MANY, fill
from benchmarks.places import KEY
from benchmarks.table import Figure, show
from fundtracker.domain.exports import Access, Order
from fundtracker.domain.scope import Scope
from fundtracker.services.write_export import Request, lines, write
from fundtracker.store.database import Database
from fundtracker.store.keys import Keys
from tests.support.tools import parts_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from benchmarks.places import Place
    from fundtracker.services.parts import Parts
    from fundtracker.services.write_export import Line

FEW = 10_000
FORMS = ("csv", "xlsx")
# A file of a hundred times the rows may need so much more memory.
LIMIT = 1.2
# All columns of a donation, as the database's own driver hands them over.
RAW = "SELECT * FROM donation ORDER BY id DESC"


class Written(NamedTuple):
    """What it took to write a file; `peak` is kilobytes of memory."""

    rows: int
    seconds: float
    peak: int
    size: int


def main() -> None:
    """Measure on SQLite and on PostgreSQL, with so many donations as are asked for."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    figures: list[Figure] = []
    for make in (places.sqlite, places.postgresql):
        figures += measure(make, many)
    show(figures)


def measure(make: Callable[[], AbstractContextManager[Place]], many: int) -> list[Figure]:
    """Write all donations in each form, beside reading them raw."""
    with make() as place:
        started = time.perf_counter()
        fill(place.database, many)
        print(f"{place.name}: filled in {time.perf_counter() - started:.0f} s", flush=True)
        raw = _raw_rate(place.url, many)
        figures = []
        for form in FORMS:
            few, all_of_them = (_apart(place.url, form, count) for count in (FEW, many))
            assert all_of_them.rows == many
            rate = all_of_them.rows / all_of_them.seconds
            print(f"  {form}: {all_of_them}", flush=True)
            name = f"{place.name}: {form.upper()} of {many:,} donations"
            figures += [
                Figure(
                    name,
                    f"{rate:,.0f} rows/s, {all_of_them.size / 1e6:.0f} MB",
                    f"{raw:,.0f} rows/s by a raw SELECT (here {rate / raw:.2f} of it)",
                ),
                Figure(
                    f"{name}, memory at most",
                    f"{all_of_them.peak / 1024:.0f} MB",
                    f"{few.peak / 1024:.0f} MB at {FEW:,}",
                    f"within {LIMIT} x (here {all_of_them.peak / few.peak:.2f})",
                    met=all_of_them.peak <= LIMIT * few.peak,
                ),
            ]
        return figures


def _raw_rate(url: str, many: int) -> float:
    started = time.perf_counter()
    assert sum(1 for _ in _raw(url)) == many
    return many / (time.perf_counter() - started)


def _raw(url: str) -> Iterator[object]:
    if url.startswith("postgresql"):
        with (
            psycopg.connect(url, options="-c fundtracker.scope=*") as connection,
            connection.cursor("raw") as cursor,
        ):
            # As much at a time as an export reads.
            cursor.itersize = 1000
            yield from cursor.execute(RAW)
    else:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
            yield from file.execute(RAW)


def _apart(url: str, form: str, count: int) -> Written:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_write, (url, form, count))


def _write(url: str, form: str, count: int) -> Written:
    database = Database.open(url, Keys([KEY]))
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, closing(database):
        parts = parts_on(database, exports=Path(folder))
        everything = Scope.everything()
        request = Request(
            Order.parse({"what": "donations", "format": form}),
            Access(everything, Scope.nothing()),
            "bench",
            datetime.now(UTC),
        )
        with tempfile.TemporaryFile(dir=folder) as file:
            started = time.perf_counter()
            rows = write(parts, request, _first(parts, request, count), file, Path(folder))
            seconds = time.perf_counter() - started
            return Written(rows, seconds, _peak(), os.fstat(file.fileno()).st_size)


def _peak() -> int:
    """The most memory that this process had; getrusage would tell of its parent's too."""
    (line,) = [
        line
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        if line.startswith("VmHWM:")
    ]
    return int(line.split()[1])


def _first(parts: Parts, request: Request, count: int) -> Iterator[Line]:
    for _, line in zip(range(count), lines(parts, request), strict=False):
        yield line


if __name__ == "__main__":
    main()
