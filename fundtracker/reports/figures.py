"""Plotly's figures, drawn from values: square, heavy, and said in words where a colour would do.

Amounts are minor units, and every word comes written in the reader's language, so that nothing is
rounded or translated here. Colours and letters have the names of the style sheets, `var(--bar)`;
the page's script looks them up, in light and in dark. A figure is made at once, with all that it
has: Plotly looks through the whole of it again whenever something is added.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import plotly.graph_objects as go
import plotly.io as pio

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Write = Callable[[int], str]
    # As plotly.js takes it: data and layout.
    Figure = dict[str, Any]

# Nothing of plotly's own look.
pio.templates.default = "none"

BAR, INK, LINE, GROUND = "var(--bar)", "var(--ink)", "var(--line)", "var(--ground)"
# So many columns have room for their amounts, of more the best one alone is named; a time scale
# has room for so many days.
_NAMED_COLUMNS, _NAMED_DAYS = 8, 6
_HEIGHT, _ROW = 360, 34
# About as wide is a letter of an amount.
_LETTER = 8
# Steps between the lines of a scale, in tenths of a power of ten, and about how many lines.
_STEPS = (10, 20, 50)
_LINES = 4
_HEAVY: dict[str, Any] = {"size": 14, "weight": 700, "color": INK}


@dataclass(frozen=True, slots=True)
class Mark:
    """One bar, or one point of a course.

    `at` is a day (2026-06-12) or a name, `label` how it is written; `amount` and `target` are minor
    units, `words` is the amount and `said` the whole sentence of it.
    """

    at: str
    label: str
    amount: int
    words: str
    said: str
    target: int | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """An amount that a course is to reach: a milestone, or the target, whose line is heavier."""

    amount: int
    words: str
    heavy: bool = False


def columns(marks: Sequence[Mark], write: Write) -> Figure:
    """Draw a column for each day, the amounts on top of them."""
    best = max((mark.amount for mark in marks), default=0)
    named = [len(marks) <= _NAMED_COLUMNS or mark.amount == best for mark in marks]
    figure = go.Figure(
        go.Bar(
            x=[mark.at for mark in marks],
            y=[mark.amount for mark in marks],
            text=[mark.words if shown else "" for mark, shown in zip(marks, named, strict=True)],
            textposition="outside",
            textangle=0,
            textfont=_HEAVY,
            # Not squeezed into a column that is narrower than the words.
            constraintext="none",
            cliponaxis=False,
            hovertext=[mark.said for mark in marks],
            hovertemplate="%{hovertext}<extra></extra>",
            marker={"color": BAR},
        ),
        {
            **_layout(_HEIGHT),
            "bargap": 0.12,
            "xaxis": _days(marks),
            "yaxis": _scale([mark.amount for mark in marks], write),
        },
    )
    return _plain(figure)


def bars(marks: Sequence[Mark], write: Write) -> Figure:
    """Draw a bar for each name in the order given, with a heavy tick where a target stands."""
    names = [mark.at for mark in marks]
    said = {
        "hovertext": [mark.said for mark in marks],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    reached = [amount for mark in marks for amount in (mark.amount, mark.target or 0)]
    longest = max((len(mark.words) for mark in marks), default=0)
    figure = go.Figure(
        [
            go.Bar(
                x=[mark.amount for mark in marks],
                y=names,
                orientation="h",
                marker={"color": BAR},
                **said,
            ),
            go.Scatter(
                x=[mark.target for mark in marks],
                y=names,
                mode="markers",
                marker={"symbol": "line-ns", "size": 13, "line": {"width": 5, "color": INK}},
                cliponaxis=False,
                **said,
            ),
            # The amounts stand in a column of their own, where no bar and no tick covers them.
            go.Scatter(
                x=[scale(reached)[-1] for _ in marks],
                y=names,
                mode="text",
                text=[f"\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}{mark.words}" for mark in marks],
                textposition="middle right",
                textfont=_HEAVY,
                cliponaxis=False,
                hoverinfo="skip",
            ),
        ],
        {
            **_layout(len(marks) * _ROW + 40, right=longest * _LETTER + 20),
            "bargap": 0.25,
            "yaxis": {
                # Every name is a place of its own, also one that looks like a number or a day.
                "type": "category",
                "categoryarray": names,
                "range": [len(marks) - 0.5, -0.5],
                "tickvals": names,
                "ticktext": [mark.label for mark in marks],
                "tickfont": _HEAVY,
                "ticklabelstandoff": 8,
                "showgrid": False,
                "fixedrange": True,
                "automargin": True,
            },
            "xaxis": {**_scale(reached, write), "showticklabels": False},
        },
    )
    return _plain(figure)


def course(marks: Sequence[Mark], levels: Sequence[Level], write: Write) -> Figure:
    """Draw how a sum rose towards the levels that it is to reach; it stands at its last mark."""
    amounts = [mark.amount for mark in marks] + [level.amount for level in levels]
    figure = go.Figure(
        go.Scatter(
            x=[mark.at for mark in marks],
            y=[mark.amount for mark in marks],
            mode="lines",
            line={"color": BAR, "width": 4},
            fill="tozeroy",
            fillcolor=BAR,
            hovertext=[mark.said for mark in marks],
            hovertemplate="%{hovertext}<extra></extra>",
        ),
        {**_layout(_HEIGHT), "xaxis": _days(marks), "yaxis": _scale(amounts, write)},
    )
    for level in levels:
        figure.add_hline(
            y=level.amount,
            line={"color": INK, "width": 4 if level.heavy else 2},
            annotation={"text": level.words, "font": _HEAVY, "bgcolor": GROUND, "yshift": 3},
            annotation_position="top left",
        )
    for last in marks[-1:]:
        figure.add_annotation(
            x=last.at,
            y=last.amount,
            text=last.words,
            font={**_HEAVY, "size": 18, "weight": 800},
            bgcolor=GROUND,
            yshift=4,
            xanchor="right",
            yanchor="bottom",
            showarrow=False,
        )
    return _plain(figure)


def scale(amounts: Sequence[int]) -> list[int]:
    """Choose round amounts for the lines of a scale, the last ones at or beyond the amounts."""
    lowest, highest = min(0, *amounts, 0), max(1, *amounts, 1)
    apart = (highest - lowest) // _LINES
    step = next(
        tenths * power // 10
        for power in (10**number for number in count())
        for tenths in _STEPS
        if tenths * power // 10 >= apart
    )
    return [number * step for number in range(lowest // step, -(-highest // step) + 1)]


def _plain(figure: go.Figure) -> Figure:
    drawn: Figure = figure.to_plotly_json()
    return drawn


def _layout(height: int, right: int = 32) -> dict[str, Any]:
    return {
        "height": height,
        "margin": {"t": 28, "r": right, "b": 12, "l": 12},
        "font": {"family": "var(--words)", "size": 13, "weight": 500, "color": INK},
        "paper_bgcolor": GROUND,
        "plot_bgcolor": GROUND,
        "showlegend": False,
        # A finger that scrolls the page must not move what it touches.
        "dragmode": False,
        "hoverlabel": {"bgcolor": INK, "bordercolor": INK, "font": {"color": GROUND, "size": 14}},
    }


def _days(marks: Sequence[Mark]) -> dict[str, Any]:
    apart = max(1, -(-len(marks) // _NAMED_DAYS))
    # Counted from the last day, which is the one that people look for.
    named = marks[::-1][::apart]
    return {
        "type": "date",
        "tickvals": [mark.at for mark in named],
        "ticktext": [mark.label for mark in named],
        "ticklabelstandoff": 6,
        "showgrid": False,
        "linecolor": INK,
        "linewidth": 3,
        "fixedrange": True,
        "automargin": True,
    }


def _scale(amounts: Sequence[int], write: Write) -> dict[str, Any]:
    """Return a scale whose lines are written amounts."""
    lines = scale(amounts)
    return {
        "range": [lines[0], lines[-1]],
        "tickvals": lines,
        "ticktext": [write(line) for line in lines],
        "tickangle": 0,
        "ticklabelstandoff": 6,
        "gridcolor": LINE,
        "zerolinecolor": INK,
        "zerolinewidth": 3,
        "fixedrange": True,
        "automargin": True,
    }
