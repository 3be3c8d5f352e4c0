from __future__ import annotations

import pytest

from fundtracker.domain.money import Money
from fundtracker.domain.rates import Rate
from fundtracker.domain.sections import Section
from fundtracker.services.sample.script import (
    CALLS,
    CROSSED,
    CROSSING,
    END,
    Kind,
    cues,
    line,
    wanted,
)

BRITAIN = Section(1, "GB", "Britain", "Britain", "GBP")
JAPAN = Section(2, "JP", "日本", "Nihon", "JPY")
RATES = {"EUR": Rate.ONE, "GBP": Rate.parse("1.15"), "JPY": Rate.parse("0.0061")}


def test_there_are_ninety_calls_in_three_minutes_and_everything_that_can_happen() -> None:
    found = cues()

    assert sum(cue.kind is Kind.CALL for cue in found) == CALLS == 90
    assert {cue.kind for cue in found} == set(Kind)
    assert [cue.at for cue in found] == sorted(cue.at for cue in found)
    assert found[-1].at < END == 180


def test_the_target_is_crossed_at_two_minutes_and_ten_seconds() -> None:
    calls = [cue for cue in cues() if cue.kind is Kind.CALL]

    before = [cue for cue in calls if cue.at < CROSSED]
    assert [wanted(cue.number) >= 1000 for cue in before] == [False] * (CROSSING - 1)
    assert (calls[CROSSING - 1].at, wanted(CROSSING)) == (130, 1004)
    rising = [wanted(cue.number) for cue in calls]
    assert rising == sorted(rising)
    # The hall holds its breath.
    assert calls[CROSSING - 1].at - calls[CROSSING - 2].at == 8


def test_the_double_is_taken_back_and_all_is_confirmed_before_it_is_crossed() -> None:
    at = {cue.kind: cue.at for cue in cues() if cue.kind is not Kind.CONFIRM}
    confirmed = [cue.at for cue in cues() if cue.kind is Kind.CONFIRM]

    assert at[Kind.DOUBLE] < at[Kind.NOT_TWICE] < CROSSED
    last_before = [cue.at for cue in cues() if cue.kind is Kind.CALL and cue.at < CROSSED][-1]
    assert any(last_before < moment < CROSSED for moment in confirmed)


@pytest.mark.parametrize(
    ("number", "typed"),
    [
        (7, "JP 750000"),
        (1, "GB 12@330"),
        (2, '? 4600 "North branch"'),
        (3, "JP 120000/m6"),
        (4, "? 1100 x 4"),
        (5, "cash GB 4000"),
        (6, '? 4600 "The choir"'),
    ],
)
def test_a_call_is_worth_what_is_missing(number: int, typed: str) -> None:
    assert line(number, Money(460_000, "EUR"), [BRITAIN, JAPAN], RATES) == typed


def test_the_call_that_crosses_is_rounded_up_and_of_no_section() -> None:
    assert line(CROSSING, Money(760_100, "EUR"), [BRITAIN], RATES) == "? 7700"


def test_whoever_is_ahead_of_the_script_calls_a_little() -> None:
    assert line(7, Money(-5_000, "EUR"), [BRITAIN], RATES) == "GB 10"
    assert line(7, Money(-5_000, "EUR"), [], RATES) == "? 10"
