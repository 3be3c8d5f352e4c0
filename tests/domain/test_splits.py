from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.splits import pro_rata


def test_more_than_is_open_pays_all_of_it_and_the_rest_is_left() -> None:
    assert pro_rata(1000, [300, 200]) == [300, 200]


def test_less_is_split_in_proportion_to_the_last_unit() -> None:
    assert pro_rata(100, [100, 100, 100]) == [33, 33, 34]


@given(amount=st.integers(0, 10**9), open_=st.lists(st.integers(1, 10**6), min_size=1, max_size=9))
def test_nothing_is_lost_and_nobody_gets_more_than_is_open(amount: int, open_: list[int]) -> None:
    parts = pro_rata(amount, open_)

    assert sum(parts) == min(amount, sum(open_))
    assert all(0 <= part <= each for part, each in zip(parts, open_, strict=True))
