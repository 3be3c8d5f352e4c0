"""Our own numerals: ten digits and the marks between them, drawn alike on every machine.

A glyph stands in a box 100 high. Strokes are 19 wide; digits are tabular, so that a number that
runs does not tremble. The comma hangs 18 below the digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

GAP = 5
_DIGIT_WIDTH = 56


@dataclass(frozen=True, slots=True)
class Glyph:
    """One drawn character: `path` is stroked, or filled where it is an outline already."""

    name: str
    width: int
    path: str
    stroked: bool


@dataclass(frozen=True, slots=True)
class Spelling:
    """A number in glyphs: each one's name and where it begins, and how wide all are together."""

    width: int
    placed: tuple[tuple[str, int], ...]


def _stroke(name: str, path: str) -> Glyph:
    return Glyph(name, _DIGIT_WIDTH, path, stroked=True)


def _shape(name: str, path: str, width: int = _DIGIT_WIDTH) -> Glyph:
    return Glyph(name, width, path, stroked=False)


GLYPHS = (
    _stroke("0", "M9.5 28A18.5 18.5 0 0 1 46.5 28V72A18.5 18.5 0 0 1 9.5 72Z"),
    _shape("1", "M45 0V100H25V26H9V13C18 13 25 9 27 0Z"),
    _stroke("2", "M9.5 36V28A18.5 18.5 0 0 1 46.5 28V31C46.5 51 10.5 64 10.5 90.5H54"),
    _stroke(
        "3",
        "M9.5 33V28A18.5 18.5 0 0 1 46.5 28V31C46.5 42 40 48.5 30 48.5H22"
        "M30 48.5C40 48.5 46.5 55 46.5 66V72A18.5 18.5 0 0 1 9.5 72V66",
    ),
    _shape("4", "M26 0H47V62H56V80H47V100H28V80H0V64ZM28 28L17 62H28Z"),
    _stroke(
        "5",
        "M50 9.5H11.5V56M12 50C15 43.5 21 40.5 28 40.5"
        "A18.5 18.5 0 0 1 46.5 59V72A18.5 18.5 0 0 1 9.5 72V66",
    ),
    _stroke(
        "6",
        "M46.5 33V28A18.5 18.5 0 0 0 9.5 28V72A18.5 18.5 0 0 0 46.5 72V61A18.5 18.5 0 0 0 9.5 61",
    ),
    _stroke("7", "M2 9.5H45C45 42 26 58 26 100"),
    _stroke(
        "8",
        "M28 48.5C17 48.5 10.5 42 10.5 32V27A17.5 17.5 0 0 1 45.5 27V32C45.5 42 39 48.5 28 48.5Z"
        "M28 48.5C17 48.5 9.5 56 9.5 67V72A18.5 18.5 0 0 0 46.5 72V67C46.5 56 39 48.5 28 48.5Z",
    ),
    _stroke(
        "9",
        "M9.5 67V72A18.5 18.5 0 0 0 46.5 72V28A18.5 18.5 0 0 0 9.5 28V39A18.5 18.5 0 0 0 46.5 39",
    ),
    _shape("comma", "M2 80H22V98L12 118H2L7 100H2Z", width=24),
    _shape("point", "M2 80H22V100H2Z", width=24),
    _shape("quote", "M2 0H22V18L12 38H2L7 20H2Z", width=24),
    _shape("space", "M0 0", width=22),
)
_WIDTHS = {glyph.name: glyph.width for glyph in GLYPHS}
# Every mark that a language puts into a number, by the glyph that we draw for it.
MARKS = {
    ",": "comma",
    "٬": "comma",
    ".": "point",
    "’": "quote",
    "'": "quote",
    " ": "space",
    "\N{NO-BREAK SPACE}": "space",
    "\N{NARROW NO-BREAK SPACE}": "space",
}


def spell(number: str) -> Spelling:
    """Place the glyphs of a written number; its width is at least one digit's."""
    names = [MARKS.get(character, character) for character in number]
    begins = list(accumulate((_WIDTHS[name] + GAP for name in names), initial=0))
    return Spelling(begins[-1] - GAP, tuple(zip(names, begins, strict=False)))
