"""The letters of PDFs, those of Noto Sans, and what to do with texts that they cannot set.

They are Latin, Greek and Cyrillic, and their digits are all equally wide. Scripts that run from
right to left, or whose letters join, would come out wrong with a library that puts one glyph behind
the other: a text in one of them stands as its code, for no text is half shown.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from unicodedata import category, combining, normalize

from pymupdf_fonts import myfont
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont

# By the names under which the package has them.
PLAIN, BOLD = "notos", "notosbo"
_UNKNOWN = "?"
# Letters that stand beside each other as they are, and signs; from where to where.
_SET = (
    (0x20, 0x52F),  # Latin, Greek, Cyrillic
    (0x1D00, 0x2BFF),  # more of Latin and Greek, punctuation, currencies, signs
    (0x2C60, 0x2C7F),  # more of Latin
    (0xA720, 0xA7FF),  # more of Latin
    (0xFB00, 0xFB06),  # ligatures
)
# Marks are set upon nothing, and what has no shape tells nothing.
_SHAPELESS = frozenset({"Mn", "Mc", "Me", "Cf", "Cc"})


@cache
def letters() -> frozenset[int]:
    """Make both weights known to reportlab; return the characters that both can write."""
    fonts = [TTFont(name, BytesIO(myfont(name))) for name in (PLAIN, BOLD)]
    for font in fonts:
        registerFont(font)
    both = frozenset.intersection(*(frozenset(font.face.charToGlyph) for font in fonts))
    return frozenset(
        letter
        for first, last in _SET
        for letter in range(first, last + 1)
        if letter in both and category(chr(letter)) not in _SHAPELESS
    )


def printable(text: str, instead: str = "") -> str:
    """Return a text in letters that we have; where some are lost, `instead` if there is one."""
    if text.isascii() and text.isprintable():
        return text
    known, whole = letters(), normalize("NFC", text)
    nearest = "".join(_nearest(letter, known) for letter in whole)
    is_whole = nearest.count(_UNKNOWN) == whole.count(_UNKNOWN)
    return nearest if is_whole or not instead else instead


def width(text: str, size: float, font: str = PLAIN) -> float:
    """How wide a text stands, in points."""
    letters()
    return float(stringWidth(text, font, size))


def _nearest(letter: str, known: frozenset[int]) -> str:
    if ord(letter) in known:
        return letter
    if combining(letter):
        return ""
    bare = "".join(part for part in normalize("NFKD", letter) if not combining(part))
    return bare if bare and all(ord(part) in known for part in bare) else _UNKNOWN
