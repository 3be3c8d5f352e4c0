from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.web.drawing import bar, next_goal, row_share, scale_end, tile_edge
from tests.web.snapshots import a_snapshot


def per_cent(share: str) -> float:
    return float(share.removesuffix("%"))


def test_each_part_of_the_bar_ends_where_its_money_does() -> None:
    drawn = bar(a_snapshot())

    assert (drawn.received, drawn.promised, drawn.checked) == ("42.8000%", "75.6250%", "77.8500%")
    assert drawn.post == "100.0000%"
    assert drawn.outlined
    assert not drawn.reached
    assert not drawn.stretch


def test_a_rule_that_counts_received_money_alone_draws_nothing_else() -> None:
    drawn = bar(a_snapshot(counting_rule="received", headline=17_120_000))

    assert drawn.received == drawn.promised == drawn.checked == "42.8000%"


def test_what_is_being_checked_is_left_out_where_the_rule_leaves_it_out() -> None:
    drawn = bar(a_snapshot(counting_rule="received_and_pledged", headline=30_250_000))

    assert drawn.checked == drawn.promised == "75.6250%"


def test_a_sliver_that_is_being_checked_has_no_room_for_an_outline() -> None:
    assert not bar(a_snapshot(unconfirmed=399_999)).outlined


def test_the_last_cent_before_the_target_does_not_touch_the_post() -> None:
    drawn = bar(a_snapshot(39_999_999))

    assert drawn.received == "99.9999%"
    assert not drawn.reached


def test_at_the_target_the_scale_opens_up_to_the_next_milestone() -> None:
    drawn = bar(a_snapshot(40_000_000))

    assert drawn.reached
    assert drawn.stretch
    assert drawn.post == drawn.received == "80.0000%"


@pytest.mark.parametrize(
    ("headline", "end"),
    [
        (40_000_000, 50_000_000),
        (50_000_000, 60_000_000),
        (60_000_000, 80_000_000),
        (80_000_000, 100_000_000),
        (100_000_000, 120_000_000),
        (120_000_000, 160_000_000),
        (161_000_000, 200_000_000),
    ],
)
def test_beyond_the_last_milestone_the_scale_grows_in_steps(headline: int, end: int) -> None:
    assert scale_end(a_snapshot(headline, next_milestone=None)) == end


def test_a_raised_target_comes_before_a_milestone_behind_it() -> None:
    raised = a_snapshot(41_000_000, target=45_000_000)

    assert next_goal(raised) == 45_000_000


def test_before_the_first_target_a_raised_one_does_not_move_the_post() -> None:
    assert next_goal(a_snapshot(39_000_000, target=45_000_000)) == 40_000_000


def test_a_post_far_from_the_end_is_told_apart() -> None:
    assert not bar(a_snapshot(41_000_000)).early
    assert bar(a_snapshot(70_000_000, next_milestone=None)).early


def test_a_fund_without_a_target_has_a_bar_too() -> None:
    assert scale_end(a_snapshot(0, first_target=0, target=0, next_milestone=None, permille=0)) == 1


@given(received=st.integers(0, 10**12), target=st.integers(1, 10**11))
def test_a_bar_never_leaves_its_scale(received: int, target: int) -> None:
    sums = {"first_target": target, "target": target, "next_milestone": None}

    drawn = bar(a_snapshot(received, **sums))

    assert 0 <= per_cent(drawn.received) <= 100
    assert 0 <= per_cent(drawn.post) <= 100
    assert drawn.reached == (received >= target)


@pytest.mark.parametrize(
    ("permille", "share"),
    [(-5, "0.0000%"), (0, "0.0000%"), (750, "50.0000%"), (1500, "100.0000%"), (4000, "100.0000%")],
)
def test_a_sections_row_runs_to_one_and_a_half_times_its_target(permille: int, share: str) -> None:
    assert row_share(permille) == share


def test_the_edge_of_an_empty_tile_lies_below_it_and_of_a_full_one_above() -> None:
    assert tile_edge(0).fill.startswith("0,1040 1000,1160 ")
    assert tile_edge(1000).fill.startswith("0,-160 1000,-40 ")
    assert tile_edge(2000) == tile_edge(1000)


def test_a_half_full_tile_is_cut_in_its_middle() -> None:
    assert tile_edge(500).fill.startswith("0,440 1000,560 ")
    assert tile_edge(500).line == "500,500 1500,620"
