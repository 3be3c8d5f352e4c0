"""What every broker promises, whoever carries the news."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from fundtracker.live.database import DatabaseBroker
from fundtracker.live.local import LocalBroker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fundtracker.live.broker import Broker

LONG = 60.0  # seconds; nothing here takes them unless it is broken


@dataclass(frozen=True)
class Line:
    """A broker, and how the news comes to it."""

    broker: Broker
    publish: Callable[[str, int], None]


def local() -> Line:
    broker = LocalBroker()
    return Line(broker, broker.announce)


def database_announced() -> Line:
    broker = DatabaseBroker(dict, interval=0.001)
    return Line(broker, broker.announce)


def database_found() -> Line:
    versions: dict[str, int] = {}
    broker = DatabaseBroker(versions.copy, interval=0.001)
    return Line(broker, versions.__setitem__)


@pytest.fixture(params=[local, database_announced, database_found])
def line(request: pytest.FixtureRequest) -> Line:
    made: Line = request.param()
    return made


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(32) as executor:
        yield executor


def listen(
    pool: ThreadPoolExecutor,
    line: Line,
    fund: str,
    version: int,
) -> Future[int | None]:
    return pool.submit(line.broker.newer, fund, version, LONG)


def test_nothing_new_ends_with_the_time(line: Line) -> None:
    assert line.broker.newer("conference", 0, 0.01) is None


def test_a_version_that_came_before_the_question_is_told(line: Line) -> None:
    line.publish("conference", 7)

    assert line.broker.newer("conference", 6, LONG) == 7


def test_the_version_that_is_known_already_is_no_news(line: Line) -> None:
    line.publish("conference", 7)

    assert line.broker.newer("conference", 7, 0.01) is None
    assert line.broker.newer("conference", 8, 0.01) is None


def test_whoever_waits_is_woken(line: Line, pool: ThreadPoolExecutor) -> None:
    waiting = listen(pool, line, "conference", 6)

    line.publish("conference", 7)

    assert waiting.result(LONG) == 7


def test_everyone_who_waits_is_woken(line: Line, pool: ThreadPoolExecutor) -> None:
    waiting = [listen(pool, line, "conference", 6) for _ in range(32)]

    line.publish("conference", 7)

    assert [each.result(LONG) for each in waiting] == [7] * 32


def test_news_of_one_fund_is_not_news_of_another(line: Line, pool: ThreadPoolExecutor) -> None:
    waiting = listen(pool, line, "other", 0)

    line.publish("conference", 7)
    assert line.broker.newer("conference", 0, LONG) == 7
    assert not waiting.done()

    line.publish("other", 3)
    assert waiting.result(LONG) == 3


def test_versions_are_followed_to_the_last(line: Line, pool: ThreadPoolExecutor) -> None:
    def follow() -> list[int]:
        seen = [0]
        while seen[-1] < 200:
            seen.append(line.broker.newer("conference", seen[-1], LONG) or 0)
        return seen

    followers = [pool.submit(follow) for _ in range(8)]
    for version in range(1, 201):
        line.publish("conference", version)

    for follower in followers:
        seen = follower.result(LONG)
        assert seen == sorted(set(seen))
        assert seen[-1] == 200


@pytest.mark.parametrize("make", [local, database_announced])
def test_a_late_announcement_does_not_turn_the_version_back(make: Callable[[], Line]) -> None:
    line = make()
    line.publish("conference", 7)
    line.publish("conference", 5)

    assert line.broker.newer("conference", 4, LONG) == 7
    assert line.broker.newer("conference", 7, 0.01) is None
