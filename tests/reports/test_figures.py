from __future__ import annotations

import json
from typing import Any

import pytest

from fundtracker.reports import figures
from fundtracker.reports.figures import Level, Mark

MARKS = [
    Mark("2026-06-11", "11 Jun", 5000, "€50", "11 June: €50.00"),
    Mark("2026-06-12", "12 Jun", 12_000, "€120", "12 June: €120.00"),
]


def write(minor: int) -> str:
    return f"€{minor // 100}"


def texts(figure: figures.Figure, trace: int = 0) -> list[str]:
    return list(figure["data"][trace]["text"])


@pytest.mark.parametrize(
    ("amounts", "lines"),
    [
        ([], [0, 1]),
        ([0], [0, 1]),
        ([3], [0, 1, 2, 3]),
        ([100], [0, 50, 100]),
        ([17_120_000], [0, 5_000_000, 10_000_000, 15_000_000, 20_000_000]),
        ([40_000_000, 17], [0, 10_000_000, 20_000_000, 30_000_000, 40_000_000]),
        ([-700, 900], [-1000, -500, 0, 500, 1000]),
    ],
)
def test_the_lines_of_a_scale_are_round_and_reach_around_the_amounts(
    amounts: list[int], lines: list[int]
) -> None:
    assert figures.scale(amounts) == lines


def test_columns_stand_on_their_days_and_say_their_amounts() -> None:
    figure = figures.columns(MARKS, write)

    assert figure["data"][0]["x"] == ["2026-06-11", "2026-06-12"]
    assert figure["data"][0]["y"] == [5000, 12_000]
    assert texts(figure) == ["€50", "€120"]
    assert list(figure["layout"]["yaxis"]["ticktext"]) == ["€0", "€50", "€100", "€150"]


def test_of_many_days_the_best_alone_is_named_and_a_few_are_dated() -> None:
    marks = [
        Mark(f"2026-06-{day:02}", f"{day} Jun", day, f"€{day}", str(day)) for day in range(1, 31)
    ]

    figure = figures.columns(marks, write)

    assert [text for text in texts(figure) if text] == ["€30"]
    dated = figure["layout"]["xaxis"]["ticktext"]
    assert dated[0] == "30 Jun"
    assert len(dated) <= 6


def test_bars_stand_at_their_names_with_their_targets_and_amounts() -> None:
    marks = [
        Mark("GB", "Britain", 5000, "€50", "Britain: €50.00", target=8000),
        Mark("007", "Agents", 1000, "€10", "Agents: €10.00"),
    ]

    figure = figures.bars(marks, write)

    bar, target, amount = figure["data"]
    assert bar["x"] == [5000, 1000]
    assert target["x"] == [8000, None]
    assert [text.strip() for text in amount["text"]] == ["€50", "€10"]
    # A name that looks like a number is a name.
    assert figure["layout"]["yaxis"]["type"] == "category"
    assert list(figure["layout"]["yaxis"]["ticktext"]) == ["Britain", "Agents"]


def test_a_course_ends_at_its_sum_below_the_lines_that_it_is_to_reach() -> None:
    levels = [Level(10_000, "€100"), Level(40_000, "Target €400", heavy=True)]

    figure = figures.course(MARKS, levels, write)

    layout = figure["layout"]
    assert [shape["y0"] for shape in layout["shapes"]] == [10_000, 40_000]
    assert [note["text"] for note in layout["annotations"]] == ["€100", "Target €400", "€120"]
    assert layout["yaxis"]["range"][1] >= 40_000


@pytest.mark.parametrize(
    "figure",
    [
        figures.columns([], write),
        figures.bars([], write),
        figures.course([], [], write),
        figures.course(MARKS, [Level(1, "one")], write),
    ],
)
def test_a_figure_is_plain_and_in_the_colours_of_the_style_sheets(figure: figures.Figure) -> None:
    written = json.dumps(figure)

    assert "var(--ground)" in written
    assert "#" not in written, "a colour of its own"
    assert figure["layout"]["showlegend"] is False
    assert all(axis["fixedrange"] for axis in axes(figure))


def axes(figure: figures.Figure) -> list[dict[str, Any]]:
    return [value for key, value in figure["layout"].items() if "axis" in key]
