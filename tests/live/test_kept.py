from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event

import pytest

from fundtracker.live.kept import MOST, Kept, Once

FUND = 1


def test_a_version_is_worked_out_once_and_a_newer_one_anew() -> None:
    kept = Kept[str]()

    assert kept.get(FUND, 7, lambda: "seven") == "seven"
    assert kept.get(FUND, 7, lambda: "again") == "seven"
    assert kept.get(FUND, 8, lambda: "eight") == "eight"
    assert kept.get(2, 7, lambda: "another fund's") == "another fund's"


def test_whoever_read_an_older_version_gets_that_one_and_nobody_else_does() -> None:
    kept = Kept[str]()
    kept.get(FUND, 8, lambda: "eight")

    assert kept.get(FUND, 7, lambda: "seven") == "seven"
    assert kept.get(FUND, 8, lambda: "again") == "eight"


@pytest.mark.parametrize("kind", [Kept, Once])
def test_of_those_who_ask_at_the_same_moment_one_works_it_out(
    kind: type[Kept[str] | Once[str]],
) -> None:
    shared = kind()
    begun, go_on = Event(), Event()
    made: list[int] = []

    def make() -> str:
        begun.set()
        go_on.wait(30)
        made.append(1)
        return "made"

    def ask() -> str:
        return shared.get(FUND, 7, make) if isinstance(shared, Kept) else shared.get("a", make)

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(ask)
        begun.wait(30)
        others = [pool.submit(ask) for _ in range(3)]
        go_on.set()

    assert {each.result() for each in (first, *others)} == {"made"}
    assert made == [1]


def test_not_more_is_kept_than_anybody_needs() -> None:
    once = Once[int]()
    made: list[int] = []

    def make(number: int) -> int:
        made.append(number)
        return number

    for number in (*range(MOST), 0, MOST, 0):
        assert once.get(number, partial(make, number)) == number

    assert made == [*range(MOST), MOST, 0]


def test_what_failed_is_made_by_the_next_who_asks() -> None:
    once = Once[str]()

    with pytest.raises(ZeroDivisionError):
        once.get("a", lambda: str(1 // 0))

    assert once.get("a", lambda: "made") == "made"
    assert once.get("b", lambda: "another") == "another"
