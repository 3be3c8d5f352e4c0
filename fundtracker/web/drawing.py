"""The bar: where received, promised and checked money end, where the post stands.

All positions are per cent of the scale, written with four decimals, from whole numbers only.
`static/js/bar.js` draws the same from the same snapshot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.funds import CountingRule

if TYPE_CHECKING:
    from fundtracker.web.published import Snapshot

# Beyond the target and without a milestone ahead, the scale ends at the next of these, in
# hundredths of the first target; further out at the next whole multiple.
_STRETCHES = (125, 150, 200, 250, 300)
# The outline of what is being checked needs a hundredth of the scale.
_OUTLINE = 100
# A section's row runs to one and a half times its target.
_ROW_END = 1500
# How much lower the right end of a tile's edge lies, in thousandths of the tile.
_TILE_SLANT = 120
# Where the left end of the edge of an empty tile lies.
_TILE_EMPTY = 1040


@dataclass(frozen=True, slots=True)
class Bar:
    """Ends of the three parts and the post, in per cent of the scale.

    `outlined` tells that the checked part is wide enough for its outline, `stretch` that the scale
    ends beyond the first target, `early` that the post stands well before that end.
    """

    received: str
    promised: str
    checked: str
    post: str
    outlined: bool
    reached: bool
    stretch: bool
    early: bool


@dataclass(frozen=True, slots=True)
class TileEdge:
    """What fills a tile, and its edge where no letters are; thousandths of the tile."""

    fill: str
    line: str


def bar(snapshot: Snapshot) -> Bar:
    """The bar of a whole fund."""
    received, promised, checked = counted(snapshot)
    end = scale_end(snapshot)
    target = snapshot["first_target"]
    return Bar(
        received=_share(received, end),
        promised=_share(received + promised, end),
        checked=_share(received + promised + checked, end),
        post=_share(target, end),
        outlined=checked * _OUTLINE >= end,
        reached=snapshot["headline"] >= target,
        stretch=end > target,
        early=target * 4 < end * 3,
    )


def counted(snapshot: Snapshot) -> tuple[int, int, int]:
    """Received, promised and checked money, as far as the counting rule counts them."""
    rule = snapshot["counting_rule"]
    promised = snapshot["pledged"] if rule != CountingRule.RECEIVED else 0
    checked = snapshot["unconfirmed"] if rule == CountingRule.EVERYTHING_ANNOUNCED else 0
    return max(0, snapshot["received"]), promised, checked


def next_goal(snapshot: Snapshot) -> int | None:
    """The nearest amount still ahead: the first target, then the stretch targets, then None."""
    headline = snapshot["headline"]
    if headline < snapshot["first_target"]:
        return snapshot["first_target"]
    ahead = (snapshot["target"], snapshot["next_milestone"])
    return min((goal for goal in ahead if goal is not None and goal > headline), default=None)


def scale_end(snapshot: Snapshot) -> int:
    """Where the scale ends, in minor units; never 0."""
    goal = next_goal(snapshot)
    if goal is not None:
        return goal
    target, headline = max(1, snapshot["first_target"]), snapshot["headline"]
    wider = (target * stretch // 100 for stretch in _STRETCHES)
    return next((end for end in wider if end > headline), (headline // target + 1) * target)


def row_share(permille: int) -> str:
    """How far a section's row runs, in per cent of a row that ends at 150 per cent."""
    return _share(min(max(permille, 0), _ROW_END), _ROW_END)


def tile_edge(permille: int) -> TileEdge:
    """The slanted edge of a tile; at nothing all of it lies below the tile, at the target above."""
    level = min(max(permille, 0), 1000)
    left = _TILE_EMPTY - level * (2 * _TILE_EMPTY - 1000 + _TILE_SLANT) // 1000
    right = left + _TILE_SLANT
    middle = (left + right) // 2
    return TileEdge(
        fill=f"0,{left} 1000,{right} 1000,2000 0,2000",
        line=f"500,{middle} 1500,{middle + _TILE_SLANT}",
    )


def _share(part: int, whole: int) -> str:
    """`part` of `whole` in per cent, floored to four decimals and never past the end."""
    millionths = min(part, whole) * 1_000_000 // whole
    return f"{millionths // 10_000}.{millionths % 10_000:04}%"
