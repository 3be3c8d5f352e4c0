"""`./run bench`: every benchmark, one after the other, as a table. Half an hour, not minutes.

`./run bench number` measures what the hall waits for in five, `desk` what tellers wait for;
`pages`, `figures` and `exports` ask the treasury with a million donations, `pledges` with a
hundred thousand promises.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks import costs, desk, exports, figures, latency, pages, places, pledges, webhooks
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


def in_one_place(measure: Callable[[Place], list[Figure]]) -> Callable[[Make], list[Figure]]:
    """Let what is measured in one place be given one."""

    def measured(make: Make) -> list[Figure]:
        with make() as place:
            return measure(place)

    return measured


BENCHMARKS: dict[str, Callable[[Make], list[Figure]]] = {
    "number": number,
    "desk": in_one_place(desk.measure),
    "pages": pages.measure,
    "pledges": pledges.measure,
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
