from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from threading import Event
from typing import TYPE_CHECKING

import pytest

from fundtracker.live.snapshots import MAY_WAIT, Published, Snapshots

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG = 60.0


class House:
    """A fund in a database, a clock that moves only by sleeping, and a cache in front."""

    def __init__(self) -> None:
        self.version = 1
        self.published: int | None = None
        self.gone = False
        self.loads = 0
        self.now = 1000.0
        self.slept: list[float] = []
        self.snapshots = Snapshots(self.load, self.read_version, lambda: self.now, self.sleep)

    def read_version(self, fund: str) -> int:
        if fund != "conference":
            raise KeyError(fund)
        return self.version

    def load(self, fund: str) -> Published:
        self.loads += 1
        if self.gone:
            raise OSError("gone")
        version = self.published or self.version
        return Published(fund, version, f"{version}-b", b"%d" % version)

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if seconds:
            self.slept.append(seconds)


class BusyHouse(House):
    """A house in which gifts arrive while a build waits for its turn."""

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self.version += 1 if seconds else 0


class SlowHouse(House):
    """A house in which the wait for a build lasts until the test ends it."""

    def __init__(self) -> None:
        super().__init__()
        self.wake = Event()

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        assert not seconds or self.wake.wait(LONG)


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(32) as executor:
        yield executor


def test_a_version_is_built_once(house: House) -> None:
    first = house.snapshots.get("conference")
    second = house.snapshots.get("conference")

    assert first is second
    assert first == Published("conference", 1, "1-b", b"1")
    assert house.loads == 1


def test_a_newer_version_is_built_anew(house: House) -> None:
    house.snapshots.get("conference")
    house.version = 2

    assert house.snapshots.get("conference").version == 2


def test_everyone_who_asks_at_once_shares_one_build(house: House, pool: ThreadPoolExecutor) -> None:
    asked = list(pool.map(house.snapshots.get, ["conference"] * 100))

    assert {published.version for published in asked} == {1}
    assert house.loads == 1


def test_a_burst_is_built_ten_times_a_second_at_most(house: House) -> None:
    started = house.now
    for version in range(1, 101):
        house.version = version
        assert house.snapshots.get("conference").version == version

    assert house.loads == 100
    assert house.now - started == pytest.approx(9.9)


def test_quiet_times_wait_for_nothing(house: House) -> None:
    for version in range(1, 10):
        house.version = version
        house.now += 1
        house.snapshots.get("conference")

    assert house.slept == []


def test_what_happens_during_the_wait_is_built_in() -> None:
    house = BusyHouse()
    house.snapshots.get("conference")
    house.version = 2

    assert house.snapshots.get("conference").version == 3
    assert house.snapshots.get("conference").version == 3
    assert house.loads == 2


def test_in_a_burst_only_a_few_wait_and_the_rest_get_the_last_one(
    pool: ThreadPoolExecutor,
) -> None:
    house = SlowHouse()
    house.snapshots.get("conference")
    house.version = 2

    asked = [pool.submit(house.snapshots.get, "conference") for _ in range(32)]
    at_once = list(islice(as_completed(asked, LONG), 32 - MAY_WAIT))
    assert {each.result().version for each in at_once} == {1}

    house.wake.set()
    waited = [each for each in asked if each not in at_once]
    assert [each.result(LONG).version for each in waited] == [2] * MAY_WAIT
    assert house.loads == 2


def test_the_patient_always_wait_for_the_newest(pool: ThreadPoolExecutor) -> None:
    house = SlowHouse()
    house.snapshots.get("conference")
    house.version = 2

    streams = [pool.submit(house.snapshots.get, "conference", patient=True) for _ in range(32)]
    house.wake.set()

    assert {each.result(LONG).version for each in streams} == {2}
    assert house.loads == 2


def test_a_held_fund_keeps_its_old_version_without_being_built_again(house: House) -> None:
    held = house.snapshots.get("conference")
    house.published = 1
    house.version = 5

    assert house.snapshots.get("conference") == held
    assert house.snapshots.get("conference") == held
    assert house.loads == 2


def test_a_snapshot_never_goes_back(house: House) -> None:
    house.version = 9
    newest = house.snapshots.get("conference")
    house.published = 8
    house.version = 10

    assert house.snapshots.get("conference") is newest


def test_an_unknown_fund_is_told_and_forgotten(house: House) -> None:
    for _ in range(2):
        with pytest.raises(KeyError):
            house.snapshots.get("nowhere")

    assert house.loads == 0


def test_a_build_that_fails_is_tried_again(house: House) -> None:
    house.gone = True
    with pytest.raises(OSError, match="gone"):
        house.snapshots.get("conference")
    house.gone = False

    assert house.snapshots.get("conference").version == 1
