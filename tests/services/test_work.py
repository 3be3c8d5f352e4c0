from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from fundtracker.services.schedule import ASK_SESSION, EXPORT, RECURRING, schedule
from fundtracker.services.work import KINDS, work, work_on_long, work_on_short
from fundtracker.store import jobs
from fundtracker.store.jobs import JobRow

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from tests.support.clocks import Clock
    from tests.support.gateway import MemoryGateway

PAGE = {"id": "cs_1", "object": "checkout.session", "mode": "setup"}


class PowerCut(BaseException):
    """The process is gone: nobody handles it."""


@pytest.fixture
def job(parts: Parts, gateway: MemoryGateway) -> None:
    """Let there be one thing to do: to ask about a payment page."""
    gateway.objects["cs_1"] = PAGE
    with parts.database.unit_of_work() as session:
        jobs.enqueue(session, "once", ASK_SESSION, "cs_1", parts.clock())


def the_job(parts: Parts) -> JobRow:
    with parts.database.reading() as session:
        return session.scalars(select(JobRow)).one()


def test_nothing_to_do_is_said(parts: Parts) -> None:
    assert not work(parts)


@pytest.mark.usefixtures("job")
def test_a_job_is_done_once(parts: Parts, gateway: MemoryGateway, clock: Clock) -> None:
    assert work(parts)
    assert not work(parts)

    assert gateway.calls == ["retrieve_session"]
    assert the_job(parts).done_at == clock.now


@pytest.mark.usefixtures("job")
def test_a_key_makes_a_job_one_for_ever(parts: Parts) -> None:
    work(parts)
    with parts.database.unit_of_work() as session:
        jobs.enqueue(session, "once", ASK_SESSION, "cs_1", parts.clock())

    assert not work(parts)


@pytest.mark.usefixtures("job")
def test_a_job_that_fails_is_tried_later_and_later_and_given_up_after_eight(
    parts: Parts, gateway: MemoryGateway, clock: Clock
) -> None:
    gateway.down = True
    for attempt in range(1, 8):
        assert work(parts)
        assert the_job(parts).note == "GatewayUnavailable"
        clock.advance(2**attempt - 1)
        assert not work(parts)
        clock.advance(1)
    assert work(parts)

    assert the_job(parts).failed_at == clock.now
    clock.advance(10**6)
    assert not work(parts)


@pytest.mark.usefixtures("job")
def test_a_job_that_fails_and_then_does_not_is_done(
    parts: Parts, gateway: MemoryGateway, clock: Clock
) -> None:
    gateway.down = True
    work(parts)
    gateway.down = False
    clock.advance(2)

    assert work(parts)
    assert (the_job(parts).note, the_job(parts).lease_until) == (None, None)
    assert the_job(parts).done_at is not None


@pytest.mark.usefixtures("job")
def test_while_somebody_is_at_a_job_nobody_else_takes_it(parts: Parts, clock: Clock) -> None:
    with parts.database.unit_of_work() as session:
        assert jobs.lease(session, clock.now)

    clock.advance(119)
    assert not work(parts)
    clock.advance(1)
    assert work(parts)


@pytest.mark.usefixtures("job")
def test_a_job_that_kills_its_worker_eight_times_is_given_up(parts: Parts, clock: Clock) -> None:
    for _ in range(8):
        with parts.database.unit_of_work() as session:
            assert jobs.lease(session, clock.now)
        clock.advance(120)

    assert not work(parts)
    assert the_job(parts).failed_at == clock.now
    assert the_job(parts).note == "no attempt came to an end"


@pytest.mark.usefixtures("job")
def test_a_worker_that_dies_leaves_its_job_to_the_next(
    parts: Parts, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    def die(_parts: Parts, _subject: str) -> None:
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setitem(KINDS, ASK_SESSION, die)
        with pytest.raises(PowerCut):
            work(parts)
    assert not work(parts)
    clock.advance(120)

    assert work(parts)
    assert the_job(parts).done_at is not None


def test_a_job_that_nobody_knows_how_to_do_is_put_off(parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        jobs.enqueue(session, "odd", "juggle", "", parts.clock())

    assert work(parts)
    assert the_job(parts).note == "KeyError"


def test_what_recurs_is_scheduled_once_and_comes_again(
    parts: Parts, gateway: MemoryGateway, clock: Clock
) -> None:
    schedule(parts)
    schedule(parts)

    assert [work(parts) for _ in RECURRING] == [True] * len(RECURRING)
    assert not work(parts)
    clock.advance(29)
    assert not work(parts)
    clock.advance(1)
    assert [work(parts), work(parts)] == [True, False]
    assert gateway.calls.count("list_transactions") == 2


def test_what_recurs_is_never_given_up(parts: Parts, gateway: MemoryGateway, clock: Clock) -> None:
    with parts.database.unit_of_work() as session:
        jobs.enqueue(session, "often", "read_events", "main", clock.now, 300)
    gateway.down = True
    for _ in range(12):
        assert work(parts)
        clock.advance(300)
    gateway.down = False

    assert work(parts)
    job = the_job(parts)
    assert (job.attempts, job.failed_at, job.done_at) == (0, None, None)


def test_everything_that_recurs_can_be_done() -> None:
    assert RECURRING.keys() <= KINDS.keys()


@pytest.mark.usefixtures("job")
def test_what_is_short_does_not_wait_for_what_is_long(parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        jobs.enqueue(session, "export", EXPORT, "0", parts.clock() - timedelta(hours=1))
    assert jobs_done(parts) == set()

    assert work_on_short(parts)
    assert not work_on_short(parts)
    assert jobs_done(parts) == {ASK_SESSION}

    assert work_on_long(parts)
    assert not work_on_long(parts)
    assert jobs_done(parts) == {ASK_SESSION, EXPORT}


def jobs_done(parts: Parts) -> set[str]:
    with parts.database.reading() as session:
        return set(session.scalars(select(JobRow.kind).where(JobRow.done_at.is_not(None))))
