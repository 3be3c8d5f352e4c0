"""`./run bench`: every benchmark, one after the other, as a table. Minutes, not seconds."""

from __future__ import annotations

from benchmarks import costs, latency, places, webhooks
from benchmarks.table import Figure, show


def main() -> None:
    """Measure on SQLite and on PostgreSQL."""
    figures: list[Figure] = []
    for make in (places.sqlite, places.postgresql):
        for benchmark in (webhooks, latency):
            with make() as place:
                print(f"{place.name}: {benchmark.__name__.partition('.')[2]} …", flush=True)
                figures += benchmark.measure(place)
        print("costs at two sizes …", flush=True)
        figures += costs.measure(make)
    show(figures)


main()
