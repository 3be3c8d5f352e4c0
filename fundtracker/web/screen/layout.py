"""How the hall's screen is laid out, in units of a hundredth of its height.

`static/js/layout.js` does the same for the screen as it really is; the server takes it to be 16:9.
"""

from __future__ import annotations

from dataclasses import dataclass

_WIDE = 1600 / 9
_MARGIN = 5
_SYMBOL = 9.3
_LEAGUE = 50 + 7.1
_TALLEST, _LEAST_BESIDE = 34, 22
# Digits taller than this hang their comma into the line below.
_TALLEST_ABOVE_STATUS = 28.5
_LONGEST_WITHOUT_MARK = 3


@dataclass(frozen=True, slots=True)
class Layout:
    """The height of the digits, whether the league stands beside, and where the status goes.

    `tall` is empty where the status keeps its place, "close" where it makes room for the digits,
    "below" where it leaves the place to their comma.
    """

    height: float
    beside: bool
    tall: str


def layout(width: int, glyphs: int, *, league: bool, wide: float = _WIDE) -> Layout:
    """Fit a number of `glyphs` glyphs, `width` hundredths of its height wide, on a screen."""
    free = wide - 2 * _MARGIN - _SYMBOL
    beside = league and 100 * (free - _LEAGUE) / width >= _LEAST_BESIDE
    height = min(_TALLEST, 100 * (free - _LEAGUE * beside) / width)
    if height <= _TALLEST_ABOVE_STATUS:
        return Layout(height, beside, "")
    return Layout(height, beside, "below" if glyphs > _LONGEST_WITHOUT_MARK else "close")
