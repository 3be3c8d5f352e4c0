from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock
from typing import TYPE_CHECKING

import pytest

from fundtracker.live.database import DatabaseBroker

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG = 60.0


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as executor:
        yield executor


class Table:
    """Versions in a database, and who looks at them."""

    def __init__(self) -> None:
        self.versions: dict[str, int] = {}
        self.looks = 0
        self.together = False
        self.looked = Event()
        self._one = Lock()

    def read(self) -> dict[str, int]:
        if not self._one.acquire(blocking=False):
            self.together = True
            return {}
        try:
            self.looks += 1
            self.looked.set()
            return dict(self.versions)
        finally:
            self._one.release()

    def wait_for_a_look(self) -> None:
        self.looked.clear()
        assert self.looked.wait(LONG)


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def broker(table: Table) -> DatabaseBroker:
    return DatabaseBroker(table.read, interval=0.001)


def test_nobody_looks_while_nobody_waits(table: Table, broker: DatabaseBroker) -> None:
    broker.announce("conference", 7)

    assert broker.newer("conference", 6, LONG) == 7
    assert table.looks == 0


def test_of_all_who_wait_one_looks(
    table: Table,
    broker: DatabaseBroker,
    pool: ThreadPoolExecutor,
) -> None:
    waiting = [pool.submit(broker.newer, "conference", 0, LONG) for _ in range(16)]
    for _ in range(50):
        table.wait_for_a_look()

    table.versions["conference"] = 7

    assert [each.result(LONG) for each in waiting] == [7] * 16
    assert not table.together


def test_the_database_is_looked_at_no_more_often_than_each_interval(table: Table) -> None:
    broker = DatabaseBroker(table.read, interval=LONG)

    for _ in range(10):
        assert broker.newer("conference", 0, 0.001) is None

    assert table.looks == 1


def test_when_the_one_who_looks_leaves_another_takes_over(
    table: Table,
    broker: DatabaseBroker,
    pool: ThreadPoolExecutor,
) -> None:
    first = pool.submit(broker.newer, "first", 0, LONG)
    table.wait_for_a_look()
    others = [pool.submit(broker.newer, "second", 0, LONG) for _ in range(8)]

    table.versions["first"] = 1
    assert first.result(LONG) == 1
    table.wait_for_a_look()
    table.versions["second"] = 2

    assert [each.result(LONG) for each in others] == [2] * 8
    assert not table.together


def test_those_whose_time_is_up_hand_on_as_well(
    table: Table,
    broker: DatabaseBroker,
    pool: ThreadPoolExecutor,
) -> None:
    patient = pool.submit(broker.newer, "conference", 0, LONG)
    hasty = [pool.submit(broker.newer, "conference", 0, 0.005) for _ in range(15)]
    assert [each.result(LONG) for each in hasty] == [None] * 15

    table.wait_for_a_look()
    table.versions["conference"] = 7

    assert patient.result(LONG) == 7


def test_a_database_that_is_gone_ends_the_wait_and_the_next_one_looks_again() -> None:
    answers: list[dict[str, int] | OSError] = [OSError("gone"), {"conference": 7}]

    def read() -> dict[str, int]:
        answer = answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return answer

    broker = DatabaseBroker(read, interval=0.001)

    with pytest.raises(OSError, match="gone"):
        broker.newer("conference", 0, LONG)
    assert broker.newer("conference", 0, LONG) == 7


def test_an_announcement_does_not_wait_for_a_slow_database(pool: ThreadPoolExecutor) -> None:
    looking, go_on = Event(), Event()

    def read() -> dict[str, int]:
        looking.set()
        assert go_on.wait(LONG)
        return {"conference": 6}

    broker = DatabaseBroker(read)
    leader = pool.submit(broker.newer, "conference", 0, LONG)
    assert looking.wait(LONG)
    follower = pool.submit(broker.newer, "conference", 0, LONG)

    broker.announce("conference", 7)

    assert follower.result(LONG) == 7
    go_on.set()
    assert leader.result(LONG) == 7
