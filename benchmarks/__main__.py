"""`./run bench`: every benchmark, one after the other, as a table. Half an hour, not minutes.

`./run bench number` measures what the hall waits for in five; `pages`, `figures` and `exports` ask
the treasury's pages and files with a million donations.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks import costs, exports, figures, latency, pages, places, webhooks
from benchmarks.table import Figure, show

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from benchmarks.places import Place

    Make = Callable[[], AbstractContextManager[Place]]


def number(make: Make) -> list[Figure]:
    """Measure the way of a gift from the webhook to the screen."""
    found: list[Figure] = []
    for benchmark in (webhooks, latency):
        with make() as place:
            print(f"{place.name}: {benchmark.__name__.partition('.')[2]} …", flush=True)
            found += benchmark.measure(place)
    print("costs at two sizes …", flush=True)
    return [*found, *costs.measure(make)]


BENCHMARKS: dict[str, Callable[[Make], list[Figure]]] = {
    "number": number,
    "pages": pages.measure,
    "figures": figures.measure,
    "exports": lambda make: exports.measure(make, figures.MANY),
}


def main(wanted: list[str]) -> None:
    """Measure on SQLite and on PostgreSQL."""
    if unknown := set(wanted) - BENCHMARKS.keys():
        sys.exit(f"No benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}.")
    found: list[Figure] = []
    for make in (places.sqlite, places.postgresql):
        for name in wanted or BENCHMARKS:
            found += BENCHMARKS[name](make)
    show(found)


main(sys.argv[1:])
