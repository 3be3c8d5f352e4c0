from __future__ import annotations

import threading
from bisect import bisect_left
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.errors import Busy
from fundtracker.payments.budget import PATIENCE, CallBudget
from fundtracker.payments.gateway import Priority
from tests.payments.clock import Clock

DONOR, BACKGROUND = Priority.DONOR, Priority.BACKGROUND


@pytest.fixture
def clock() -> Clock:
    return Clock()


def budget(clock: Clock, per_second: int = 10, **more: int) -> CallBudget:
    return CallBudget(per_second, clock=clock, sleep=clock.sleep, jitter=lambda: 1.0, **more)


def call(calls: CallBudget, priority: Priority) -> None:
    next(calls.attempts(priority))


def test_the_first_call_goes_at_once(clock: Clock) -> None:
    call(budget(clock), DONOR)
    assert clock.slept == []


def test_calls_go_no_faster_than_allowed(clock: Clock) -> None:
    calls = budget(clock, per_second=10)
    for _ in range(21):
        call(calls, DONOR)
    assert clock.now == pytest.approx(1002.0)


def test_a_lull_saves_up_a_few_calls_and_no_more(clock: Clock) -> None:
    calls = budget(clock, per_second=80)
    clock.now += 3600
    for _ in range(10):
        call(calls, DONOR)
    assert clock.slept == []
    call(calls, DONOR)
    assert clock.slept == [pytest.approx(1 / 80)]


def test_the_background_takes_five_a_second_of_eighty(clock: Clock) -> None:
    calls = budget(clock, per_second=80)
    for _ in range(11):
        call(calls, BACKGROUND)
    assert clock.now == pytest.approx(1002.0)


def test_what_the_background_takes_is_the_donors_too(clock: Clock) -> None:
    calls = budget(clock, per_second=10, background_per_second=10)
    call(calls, BACKGROUND)
    call(calls, DONOR)
    assert clock.slept == [pytest.approx(0.1)]


def test_donors_who_come_while_the_background_waits_go_first(clock: Clock) -> None:
    went: list[tuple[str, float]] = []
    donors_come = True

    def sleep(seconds: float) -> None:
        nonlocal donors_come
        clock.sleep(seconds)
        if donors_come:
            donors_come = False
            for donor in ("first", "second", "third"):
                call(calls, DONOR)
                went.append((donor, clock.now))

    calls = CallBudget(8, 8, clock=clock, sleep=sleep)
    call(calls, DONOR)
    call(calls, BACKGROUND)
    went.append(("background", clock.now))
    assert went == [
        ("first", 1000.125),
        ("second", 1000.25),
        ("third", 1000.375),
        ("background", 1000.5),
    ]


def test_a_donor_is_told_at_once_that_the_queue_is_longer_than_eight_seconds(clock: Clock) -> None:
    calls = CallBudget(8, clock=clock, sleep=lambda _seconds: None)
    for _ in range(8 * 8 + 1):
        call(calls, DONOR)
    with pytest.raises(Busy):
        call(calls, DONOR)


def test_who_was_refused_holds_no_place_in_the_queue(clock: Clock) -> None:
    calls = CallBudget(8, clock=clock, sleep=lambda _seconds: None)
    for _ in range(8 * 8 + 1):
        call(calls, DONOR)
    for _ in range(20):
        with pytest.raises(Busy):
            call(calls, DONOR)
    clock.now += 0.125
    call(calls, DONOR)


def test_the_background_gives_up_when_donors_keep_coming_for_a_minute(clock: Clock) -> None:
    donors_come = True

    def sleep(seconds: float) -> None:
        nonlocal donors_come
        clock.sleep(seconds)
        if donors_come:
            donors_come = False  # those who wait in here are no news
            call(calls, DONOR)
            call(calls, DONOR)
            donors_come = True

    calls = CallBudget(1, clock=clock, sleep=sleep)
    call(calls, DONOR)
    begun = clock.now
    with pytest.raises(Busy):
        call(calls, BACKGROUND)
    assert 57 <= clock.now - begun <= 63


class TestAttempts:
    """A caller that asks again was refused by the provider."""

    def test_come_further_and_further_apart(self, clock: Clock) -> None:
        times = [clock.now for _ in budget(clock).attempts(BACKGROUND)]
        assert times == [1000.0, 1000.5, 1001.5, 1003.5, 1007.5]

    def test_come_with_jitter_so_that_those_refused_together_part(self, clock: Clock) -> None:
        calls = CallBudget(10, clock=clock, sleep=clock.sleep, jitter=lambda: 0.0)
        times = [clock.now for _ in calls.attempts(BACKGROUND)]
        assert times == [1000.0, 1000.25, 1000.75, 1001.75, 1003.75]

    def test_end_with_the_donors_patience(self, clock: Clock) -> None:
        calls = budget(clock)
        times = []
        for _ in calls.attempts(DONOR):
            clock.now += 2.5  # the provider takes its time to refuse
            times.append(clock.now)
        assert times == [1002.5, 1005.5, 1009.0]

    def test_each_cost_a_call(self, clock: Clock) -> None:
        calls = budget(clock, per_second=1)
        assert len(list(islice(calls.attempts(BACKGROUND), 3))) == 3
        assert clock.now == pytest.approx(1002.0)


def test_threads_never_share_a_moment(clock: Clock) -> None:
    waits: list[float] = []
    calls = CallBudget(1024, clock=clock, sleep=waits.append)
    threads = [threading.Thread(target=call, args=(calls, DONOR)) for _ in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == [each / 1024 for each in range(1, 200)]


@given(
    st.integers(1, 100),
    st.lists(st.tuples(st.sampled_from(Priority), st.floats(0, 2)), max_size=200),
)
def test_no_second_ever_holds_more_than_the_budget(
    per_second: int, callers: list[tuple[Priority, float]]
) -> None:
    clock = Clock()
    calls = budget(clock, per_second)
    times: dict[Priority, list[float]] = {DONOR: [], BACKGROUND: []}
    for priority, pause in callers:
        clock.now += pause
        call(calls, priority)
        times[priority].append(clock.now)
    everything = sorted(times[DONOR] + times[BACKGROUND])
    assert busiest_second(everything) <= per_second + max(1, per_second // 8)
    assert busiest_second(times[BACKGROUND]) <= 5 + 1  # one at the beginning and one at the end


def busiest_second(times: list[float]) -> int:
    return max((bisect_left(times, each + 1) - at for at, each in enumerate(times)), default=0)


def test_the_background_waits_longer_than_a_donor() -> None:
    assert PATIENCE[DONOR] == 8
    assert PATIENCE[BACKGROUND] > PATIENCE[DONOR]
