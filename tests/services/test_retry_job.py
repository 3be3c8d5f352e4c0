from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from fundtracker.domain.actors import Actor
from fundtracker.domain.errors import Changed, NotFound
from fundtracker.services.retry_job import retry_job
from fundtracker.services.schedule import ASK_SESSION
from fundtracker.services.work import work
from fundtracker.store import jobs
from fundtracker.store.audit import AuditRow
from fundtracker.store.jobs import MAX_ATTEMPTS, JobRow

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from tests.support.clocks import Clock
    from tests.support.gateway import MemoryGateway

PAGE = {"id": "cs_1", "object": "checkout.session", "mode": "setup"}


@pytest.fixture
def failed(parts: Parts, clock: Clock) -> JobRow:
    """Return a job that was given up: Stripe knows no such page."""
    with parts.database.unit_of_work() as session:
        jobs.enqueue(session, "once", ASK_SESSION, "cs_1", parts.clock())
    for _ in range(MAX_ATTEMPTS):
        work(parts)
        clock.advance(600)
    job = the_job(parts)
    assert job.failed_at is not None
    return job


def the_job(parts: Parts) -> JobRow:
    with parts.database.reading() as session:
        return session.scalars(select(JobRow)).one()


def test_a_failed_job_is_done_from_its_first_attempt(
    parts: Parts, failed: JobRow, gateway: MemoryGateway
) -> None:
    gateway.objects["cs_1"] = PAGE

    retry_job(parts.acting(Actor.staff("anna")), failed.id)

    job = the_job(parts)
    assert (job.failed_at, job.attempts, job.note) == (None, 0, None)
    assert work(parts)
    assert the_job(parts).done_at is not None


def test_the_second_of_two_is_told_so_and_both_are_recorded(parts: Parts, failed: JobRow) -> None:
    retry_job(parts, failed.id)
    with pytest.raises(Changed, match="under way again"):
        retry_job(parts, failed.id)

    with parts.database.reading() as session:
        one, other = session.scalars(select(AuditRow).order_by(AuditRow.number)).all()
    assert (one.action, one.subject) == ("job_retried", "job:once")
    assert json.loads(one.facts)["before"]["attempts"] == MAX_ATTEMPTS
    assert other.action == "refused"


def test_what_is_not_there_is_not_found(parts: Parts) -> None:
    with pytest.raises(NotFound):
        retry_job(parts, 99)
