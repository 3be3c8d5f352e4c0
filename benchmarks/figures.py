"""What the treasury's first page and its figures cost with a million donations.

`python -m benchmarks.figures`, apart from the others: the donations alone take minutes to make.
"""

from __future__ import annotations

import tempfile
import time
from http import HTTPStatus
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from sqlalchemy import text

from benchmarks import places
from benchmarks.funds import ACCOUNT, AMOUNT, SECTIONS, SLUG, make_fund
from benchmarks.table import Figure, show
from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.totals import Totals
from fundtracker.store import recount, totals
from tests.support.office import opened

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from flask.testing import FlaskClient

    from benchmarks.places import Place
    from fundtracker.store.database import Database

MANY = 1_000_000
STEP = 100_000
DAYS = 45
ROUNDS = 21
LIMIT = 1.0
PAGES = (
    "/treasury/",
    f"/treasury/figures?fund={SLUG}",
    f"/treasury/figures/section.csv?fund={SLUG}",
)

# As settling leaves them: a donation, its journal and two entries, spread over sections and days.
_NUMBERS = """WITH RECURSIVE n(i) AS
    (SELECT CAST(:first AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < :last)"""
_ROWS = (
    """INSERT INTO donation (id, token, attempt, account, fund_id, section_id, method, currency,
        amount, cover, rate_mantissa, rate_scale, status, kept, checkout_expires_at, paid,
        async_failed, pi_cancelled, actor, created_at, succeeded_at, booked_at)
    {numbers} SELECT i, 'd' || i, 'd' || i, :account, 1, 1 + i % :sections,
        CASE i % 20 WHEN 0 THEN 'bank' WHEN 1 THEN 'cash' ELSE 'online' END,
        'EUR', :amount, 0, 1, 0, 'succeeded', :amount, 0, true, false, false, 'donor',
        {moment}, {moment}, {moment} FROM n""",
    """INSERT INTO entry (journal_id, fund_id, section_id, account, holder, currency, amount, base)
    {numbers} SELECT i, NULL, 0, 'stripe_clearing', '', 'EUR', :amount, NULL FROM n""",
    """INSERT INTO entry (journal_id, fund_id, section_id, account, holder, currency, amount, base)
    {numbers} SELECT i, 1, 1 + i % :sections, 'gifts', '', 'EUR', -:amount, -:amount FROM n""",
    """INSERT INTO journal (id, account, source, kind, fund_id, section_id, donation_id, actor,
        booked_at)
    {numbers} SELECT i, :account, 'd' || i, 'gift', 1, 1 + i % :sections, i, 'worker',
        {moment} FROM n""",
)
_MOMENTS = {
    "sqlite": f"datetime('now', '-' || (i % ({DAYS} * 1440)) || ' minutes') || '.000000'",
    "postgresql": f"now() - (i % ({DAYS} * 1440)) * interval '1 minute'",
}


def main() -> None:
    """Measure on SQLite and on PostgreSQL."""
    figures: list[Figure] = []
    for make in (places.sqlite, places.postgresql):
        figures += measure(make)
    show(figures)


def measure(make: Callable[[], AbstractContextManager[Place]]) -> list[Figure]:
    """Ask for each page again and again, as the centre and as the treasurer of one section."""
    with make() as place, tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        sections = fill(place.database, MANY)
        print(f"{place.name}: filled in {time.perf_counter() - started:.0f} s", flush=True)
        with opened(place.url, Path(folder)) as office:
            people = {
                "the centre": office.sign_in(Grant(Role.CENTRAL_TREASURER)),
                "one section": office.sign_in(
                    Grant(Role.SECTION_TREASURER, section_id=sections[0])
                ),
            }
            return [
                _figure(f"{place.name}: {page.partition('?')[0]} for {name}", client, page)
                for name, client in people.items()
                for page in PAGES
            ]


def fill(database: Database, count: int) -> list[int]:
    """Add so many donations that were received, and count them where they are kept."""
    sections = make_fund(database)
    words = {"numbers": _NUMBERS, "moment": _MOMENTS[database.writer.dialect.name]}
    values = {"account": ACCOUNT, "amount": AMOUNT, "sections": SECTIONS}
    for first in range(1, count + 1, STEP):
        span = {"first": first, "last": min(first + STEP - 1, count)}
        with database.unit_of_work() as session:
            for rows in _ROWS:
                session.execute(text(rows.format(**words)), values | span)
    with database.unit_of_work() as session:
        recount.make_anew(session, 1)
        each = count // SECTIONS
        sums = Totals(received=each * AMOUNT, donations=each)
        totals.add(session, {(1, section): sums for section in sections})
    with database.writer.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return sections


def _figure(what: str, client: FlaskClient, page: str) -> Figure:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        answer = client.get(page)
        times.append(time.perf_counter() - started)
        assert answer.status_code == HTTPStatus.OK, answer.status
    return Figure(
        f"{what}, {MANY:,} donations",
        f"{median(times) * 1000:.0f} ms",
        f"{max(times) * 1000:.0f} ms at worst, of {ROUNDS}",
        f"{LIMIT * 1000:.0f} ms",
        met=median(times) < LIMIT,
    )


if __name__ == "__main__":
    main()
