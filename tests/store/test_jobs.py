from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.store import jobs
from tests.factories.rows import NOW
from tests.support import databases

if TYPE_CHECKING:
    from fundtracker.store.database import Database


def test_nothing_is_leased_where_nothing_is_due(database: Database) -> None:
    with database.unit_of_work() as session:
        assert jobs.lease(session, NOW) is None
        assert not jobs.is_due(session, NOW)
        assert not jobs.exists(session, "once")


def test_the_job_that_is_due_longest_comes_first(database: Database) -> None:
    with database.unit_of_work() as session:
        for second in (3, 1, 2):
            jobs.enqueue(session, f"job-{second}", "ask", "", NOW.replace(second=second))

    taken = []
    for _ in range(3):
        with database.unit_of_work() as session:
            job = jobs.lease(session, NOW.replace(second=9))
            assert job is not None
            taken.append(job.key)

    assert taken == ["job-1", "job-2", "job-3"]


@pytest.mark.postgresql
def test_two_workers_at_once_take_two_jobs(postgres_url: str) -> None:
    with databases.opened(postgres_url) as database:
        with database.unit_of_work() as session:
            for key in ("a", "b"):
                jobs.enqueue(session, key, "ask", "", NOW)

        with database.unit_of_work() as one, database.unit_of_work() as other:
            first, second = jobs.lease(one, NOW), jobs.lease(other, NOW)
            assert jobs.lease(other, NOW) is None

    assert first is not None
    assert second is not None
    assert {first.key, second.key} == {"a", "b"}


def test_a_cursor_is_there_once_it_was_moved_and_goes_where_it_is_told(database: Database) -> None:
    with database.unit_of_work() as session:
        assert jobs.cursor(session, "main", "events") is None
    for value in ("1", "2"):
        with database.unit_of_work() as session:
            jobs.move_cursor(session, "main", "events", value)
    with database.reading() as session:
        assert jobs.cursor(session, "main", "events") == "2"
        assert jobs.cursor(session, "main", "transactions") is None
