from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from fundtracker.store import inbox
from fundtracker.store.inbox import Arrival, InboxRow
from fundtracker.store.sharing import SharedCommit
from tests.support.clocks import Clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from fundtracker.store.database import Database

MANY = 24


def put(session: Session, items: Sequence[str]) -> None:
    inbox.put(session, [Arrival("main", item, "{}") for item in items], Clock()())


def stored(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(InboxRow)) or 0


def test_what_was_put_is_durable_when_put_returns(database: Database) -> None:
    SharedCommit(database, put).put("evt_1")

    assert stored(database) == 1


def test_those_who_wait_for_a_commit_share_the_next_one(database: Database) -> None:
    commits: list[int] = []
    first_writes, others_wait = Event(), Event()

    def write(session: Session, items: Sequence[str]) -> None:
        commits.append(len(items))
        if len(commits) == 1:
            first_writes.set()
            assert others_wait.wait(60)
        put(session, items)

    shared = SharedCommit(database, write)
    with ThreadPoolExecutor(MANY) as pool:
        first = pool.submit(shared.put, "evt_first")
        assert first_writes.wait(60)
        others = [pool.submit(shared.put, f"evt_{number}") for number in range(MANY - 1)]
        while len(shared._queue) < MANY - 1:  # noqa: SLF001 - nothing public says who waits
            pass
        others_wait.set()
        for done in (first, *others):
            done.result()

    assert commits == [1, MANY - 1]
    assert stored(database) == MANY


def test_many_at_once_lose_nothing(database: Database) -> None:
    shared = SharedCommit(database, put)
    together = Barrier(MANY)

    def work(number: int) -> None:
        together.wait()
        for turn in range(5):
            shared.put(f"evt_{number}_{turn}")

    with ThreadPoolExecutor(MANY) as pool:
        list(pool.map(work, range(MANY)))

    assert stored(database) == MANY * 5


def test_a_commit_that_fails_is_told_to_whoever_shared_it_and_to_nobody_else(
    database: Database,
) -> None:
    def write(session: Session, items: Sequence[str]) -> None:
        put(session, items)
        if "evt_bad" in items:
            raise RuntimeError

    shared = SharedCommit(database, write)
    with pytest.raises(RuntimeError):
        shared.put("evt_bad")
    shared.put("evt_good")

    assert stored(database) == 1
