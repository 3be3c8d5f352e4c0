from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.errors import Busy
from fundtracker.store.sharing import SharedCommit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from fundtracker.store.database import Database


class PowerCut(BaseException):
    """The thread is ended: nobody handles it."""


class Table:
    """Notes what each unit of work writes; the first one waits until it may go on."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.entered, self.go_on = Event(), Event()
        self.failure: BaseException | None = None

    def write(self, _session: Session, items: Sequence[int]) -> None:
        self.entered.set()
        assert self.go_on.wait(60)
        if self.failure is not None:
            raise self.failure
        self.batches.append(sorted(items))


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def commits(database: Database, table: Table) -> SharedCommit[int]:
    return SharedCommit(database, table.write)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def test_one_alone_is_written_alone(commits: SharedCommit[int], table: Table) -> None:
    table.go_on.set()
    commits.put(1)
    commits.put(2)

    assert table.batches == [[1], [2]]


def test_those_who_come_during_a_commit_share_the_next(
    commits: SharedCommit[int], table: Table, pool: ThreadPoolExecutor
) -> None:
    first = pool.submit(commits.put, 0)
    assert table.entered.wait(60)
    others = [pool.submit(commits.put, number) for number in range(1, 8)]
    while len(commits._queue) < 7:  # noqa: SLF001 - nobody else needs to know who waits
        pass
    table.go_on.set()
    for each in (first, *others):
        each.result()

    assert table.batches == [[0], [1, 2, 3, 4, 5, 6, 7]]


def test_everybody_learns_that_their_commit_failed(
    commits: SharedCommit[int], table: Table, pool: ThreadPoolExecutor
) -> None:
    table.failure = OSError("disk full")
    table.go_on.set()

    for number in (1, 2):
        with pytest.raises(OSError, match="disk full"):
            commits.put(number)
    table.failure = None
    commits.put(3)

    assert table.batches == [[3]]


def test_nobody_believes_in_a_commit_that_was_cut_short(
    commits: SharedCommit[int], table: Table, pool: ThreadPoolExecutor
) -> None:
    first = pool.submit(commits.put, 0)
    assert table.entered.wait(60)
    others = [pool.submit(commits.put, number) for number in (1, 2)]
    while len(commits._queue) < 2:  # noqa: SLF001 - nobody else needs to know who waits
        pass
    table.failure = PowerCut()
    table.go_on.set()

    assert isinstance(first.exception(), PowerCut)
    assert sorted(type(each.exception()).__name__ for each in others) == ["Busy", "PowerCut"]
    assert table.batches == []
    table.failure = None
    commits.put(3)
    assert table.batches == [[3]]
    assert isinstance(Busy(), Exception)
