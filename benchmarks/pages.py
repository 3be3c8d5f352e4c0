"""What a page of the ledger costs with a million donations, by every filter that it has.

`python -m benchmarks.pages`, apart from the others: the donations alone take minutes to make.
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
from benchmarks.figures import MANY, fill
from benchmarks.funds import ACCOUNT
from benchmarks.table import Figure, show
from fundtracker.domain.roles import Grant, Role
from fundtracker.store import inbox
from fundtracker.store.inbox import Arrival
from tests.factories.rows import NOW, a_fund
from tests.support.office import opened

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from flask.testing import FlaskClient

    from benchmarks.places import Place
    from fundtracker.store.database import Database

ROUNDS = 21
LIMIT = 0.1
MIDDLE = MANY // 2
# What Stripe told of them; and what there is little of, far from the newest.
_MORE = (
    """INSERT INTO stripe_ref (account, id, donation_id)
        SELECT account, 'pi_' || id, id FROM donation""",
    """INSERT INTO charge (account, id, donation_id, intent, amount, currency, state, method)
        SELECT account, 'ch_' || id, id, 'pi_' || id, amount, currency, 3, 'card' FROM donation""",
    """INSERT INTO balance_transaction
        (account, id, kind, amount, fee, net, currency, source, donation_id)
        SELECT account, 'txn_' || id, 'charge', amount, 60, amount - 60, currency, 'ch_' || id, id
        FROM donation""",
    """INSERT INTO refund
        (account, id, donation_id, fund_id, section_id, intent, amount, currency, charge, status,
        heard_at) SELECT account, 're_' || id, id, fund_id, section_id, 'pi_' || id, amount,
        currency, 'ch_' || id, 'succeeded', booked_at FROM donation WHERE id % 50 = 0""",
    "UPDATE donation SET method = 'cheque' WHERE id % 100000 = 5",
    "UPDATE donation SET status = 'failed' WHERE id % 100000 = 6",
    "UPDATE donation SET account = 'other' WHERE id % 100000 = 7",
    "UPDATE donation SET fund_id = :fund WHERE id < 100",
)
LISTS = {
    "donations": (
        "",
        f"after={MIDDLE}",
        "fund=bench",
        "fund=old",
        "section=S3",
        f"section=S3&after={MIDDLE}",
        "since={first}&until={first}",
        f"since={{first}}&after={MIDDLE}",
        "since={first}&until={first}&dates=booking",
        "method=online",
        "method=cheque",
        "status=succeeded",
        "status=failed",
        "status=open",
        f"account={ACCOUNT}",
        "account=other",
        "account=nobody",
        f"text=pi_{MIDDLE}",
        "text=nothing",
        "fund=bench&section=S3&method=cheque&since={first}",
        "fund=old&method=cheque&status=failed",
    ),
    "refunds": ("", f"after=re_{MIDDLE}", "section=S3", "status=failed", "since={first}"),
    "journals": (
        "",
        f"after={MIDDLE}",
        "fund=old",
        "section=S3",
        "kind=gift",
        "kind=reversal",
        "since={first}&until={first}",
        "method=cheque",
        f"text=pi_{MIDDLE}",
    ),
}


def main() -> None:
    """Measure on SQLite and on PostgreSQL."""
    figures: list[Figure] = []
    for make in (places.sqlite, places.postgresql):
        figures += measure(make)
    show(figures)


def measure(make: Callable[[], AbstractContextManager[Place]]) -> list[Figure]:
    """Ask for each list by each filter, as the centre and as the treasurer of one section."""
    with make() as place, tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        sections = fill(place.database, MANY)
        add_the_rest(place.database)
        print(f"{place.name}: filled in {time.perf_counter() - started:.0f} s", flush=True)
        with opened(place.url, Path(folder)) as office:
            people = {
                "the centre": office.sign_in(Grant(Role.CENTRAL_TREASURER)),
                "one section": office.sign_in(
                    Grant(Role.SECTION_TREASURER, section_id=sections[3])
                ),
            }
            return [
                slowest(
                    f"{place.name}: {name} for {who}, {MANY:,} donations",
                    client,
                    f"/treasury/{name}",
                    queries,
                )
                for who, client in people.items()
                for name, queries in LISTS.items()
            ]


def add_the_rest(database: Database) -> None:
    """Add what lists show beside donations and journals, and a little of what is rare."""
    with database.unit_of_work() as session:
        fund = a_fund(session, slug="old", timezone="UTC", sections_in={})
        inbox.put(session, [Arrival(ACCOUNT, "evt_1", "{}")], NOW)
    for statement in _MORE:
        with database.unit_of_work() as session:
            session.execute(text(statement), {"fund": fund.id} if ":fund" in statement else {})
    with database.writer.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def slowest(
    what: str,
    client: FlaskClient,
    page: str,
    queries: tuple[str, ...],
    limit: float = LIMIT,
) -> Figure:
    """The slowest of the filters by its median: what holds for it holds for all."""
    first = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 40 * 86_400))
    medians = {}
    for query in queries:
        address = f"{page}?{query.format(first=first)}"
        times = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            answer = client.get(address)
            times.append(time.perf_counter() - started)
            # A section's treasurer is told that another one's is unknown, in the same time.
            assert answer.status_code in {HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY}, address
        medians[query] = median(times)
        print(f"  {medians[query] * 1000:6.1f} ms  {address}", flush=True)
    slowest = max(medians, key=lambda query: medians[query])
    return Figure(
        what,
        f"{medians[slowest] * 1000:.0f} ms",
        f"by {slowest or 'nothing'}, the slowest of {len(queries)}",
        f"{limit * 1000:.0f} ms",
        met=medians[slowest] < limit,
    )


if __name__ == "__main__":
    main()
