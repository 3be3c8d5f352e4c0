"""What a page of pledges costs with a hundred thousand of them, by every filter that it has.

`python -m benchmarks.pledges`, or `python -m benchmarks.pledges 1000000` for more of them.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

from benchmarks import places
from benchmarks.figures import LIMIT as FIGURES_LIMIT
from benchmarks.funds import SECTIONS, SLUG, make_fund
from benchmarks.pages import LIMIT, slowest
from benchmarks.table import Figure, show
from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.totals import Totals
from fundtracker.store import totals
from tests.factories.rows import a_fund
from tests.support.office import opened

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from benchmarks.places import Place
    from fundtracker.store.database import Database

MANY = 100_000
STEP = 100_000
AMOUNT = 3000

_NUMBERS = """WITH RECURSIVE n(i) AS
    (SELECT CAST(:first AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < :last)"""
# Every seventh is paid and every ninth in part; each thousandth is of a kind that is rare.
_PAID = "CASE WHEN i % 7 = 0 THEN :amount WHEN i % 9 = 0 THEN 1000 ELSE 0 END"
_STATUS = """CASE i % 1000 WHEN 1 THEN 'cancelled' WHEN 2 THEN 'written_off'
    WHEN 3 THEN 'unconfirmed' ELSE 'open' END"""
_ROWS = (
    """INSERT INTO pledge (id, token, number, fund_id, section_id, source, currency, amount, base,
        rate_mantissa, rate_scale, status, counted, paid, paid_base, rounded, version, due_on,
        open_due,
        actor, made_at, name)
    {numbers} SELECT i, 'p' || i, 'N' || i, 1, 1 + i % :sections,
        CASE i % 5000 WHEN 0 THEN 'section' WHEN 1 THEN 'online' ELSE 'floor' END,
        'EUR', :amount, :amount, 1, 0, {status}, true, {paid}, {paid}, 0, 1, {day},
        CASE WHEN i % 7 = 0 OR i % 1000 IN (1, 2) THEN NULL ELSE {day} END,
        'staff:bench', {moment}, CASE WHEN i % 3 = 0 THEN NULL ELSE {name} END FROM n""",
    """INSERT INTO instalment (pledge_id, position, due_on, amount)
    {numbers} SELECT i, 0, {day}, :amount FROM n""",
    "UPDATE pledge SET fund_id = :old WHERE id < 100",
)
_DIALECTS = {
    "sqlite": {
        "moment": "datetime('now', '-' || (i % 64800) || ' minutes') || '.000000'",
        "day": "date('now', (i % 120 - 100) || ' days')",
        "name": "x'aa'",
    },
    "postgresql": {
        "moment": "now() - (i % 64800) * interval '1 minute'",
        "day": "current_date + CAST(i % 120 - 100 AS integer)",
        "name": "'\\xaa'::bytea",
    },
}
QUERIES = (
    "",
    "after={middle}",
    f"fund={SLUG}",
    "fund=old",
    "section=S3",
    "section=S3&after={middle}",
    "source=floor",
    "source=online",
    "status=expected",
    "status=open",
    "status=part_paid",
    "status=overdue",
    "status=paid",
    "status=unconfirmed",
    "status=written_off",
    "age=not_due",
    "age=31-60",
    "age=over_90",
    "unnamed=1",
    "since={first}&until={first}",
    "since={first}&until={first}&dates=due",
    "since={first}&dates=due&after={middle}",
    "text=N{middle}",
    "text=nothing",
    f"fund={SLUG}&section=S3&status=overdue&source=floor&since={{first}}",
    "fund=old&status=paid&unnamed=1",
)
VIEWS = (f"fund={SLUG}",)


def main(count: int) -> None:
    """Measure on SQLite and on PostgreSQL."""
    figures: list[Figure] = []
    for make in (places.sqlite, places.postgresql):
        figures += measure(make, count)
    show(figures)


def measure(make: Callable[[], AbstractContextManager[Place]], count: int = MANY) -> list[Figure]:
    """Ask for the list by each filter, as the centre and as the treasurer of one section."""
    with make() as place, tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        sections = fill(place.database, count)
        print(f"{place.name}: filled in {time.perf_counter() - started:.0f} s", flush=True)
        with opened(place.url, Path(folder)) as office:
            people = {
                "the centre": office.sign_in(Grant(Role.CENTRAL_TREASURER)),
                "one section": office.sign_in(
                    Grant(Role.SECTION_TREASURER, section_id=sections[3])
                ),
            }
            queries = tuple(query.replace("{middle}", str(count // 2)) for query in QUERIES)
            of_many = f"{count:,} pledges"
            return [
                slowest(f"{place.name}: {what} for {who}, {of_many}", client, page, asked, limit)
                for who, client in people.items()
                for what, page, asked, limit in (
                    ("pledges", "/treasury/pledges", queries, LIMIT),
                    # As figures are: it is opened once, and not gone through.
                    ("what is open", "/treasury/pledges/open", VIEWS, FIGURES_LIMIT),
                )
            ]


def fill(database: Database, count: int) -> list[int]:
    """Add so many pledges, as they stand after half a year."""
    sections = make_fund(database)
    with database.unit_of_work() as session:
        old = a_fund(session, slug="old", timezone="UTC", sections_in={}).id
    words = {
        "numbers": _NUMBERS,
        "paid": _PAID,
        "status": _STATUS,
        **_DIALECTS[database.writer.dialect.name],
    }
    values = {"amount": AMOUNT, "sections": SECTIONS, "old": old}
    for first in range(1, count + 1, STEP):
        span = {"first": first, "last": min(first + STEP - 1, count)}
        for rows in _ROWS:
            with database.unit_of_work() as session:
                statement = text(rows.format(**words))
                known = values | span
                asked = {name: known[name] for name in known if f":{name}" in statement.text}
                session.execute(statement, asked)
    with database.unit_of_work() as session:
        each = Totals(pledged=count // SECTIONS * AMOUNT, pledges=count // SECTIONS)
        totals.add(session, {(1, section): each for section in sections})
    with database.writer.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return sections


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MANY)
