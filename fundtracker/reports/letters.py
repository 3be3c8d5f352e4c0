"""The letters of PDFs: the family that comes with reportlab, and what to do where it has none.

It knows the letters of western and some of central Europe. Marks that it lacks are left off (ř
becomes r); a text in another script stands as its code, for no text is half shown.
"""

from __future__ import annotations

from functools import cache
from unicodedata import combining, normalize

from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont

PLAIN, BOLD = "Vera", "VeraBd"
_UNKNOWN = "?"


@cache
def letters() -> frozenset[int]:
    """Make both weights known to reportlab; return the characters that both can write."""
    fonts = [TTFont(name, f"{name}.ttf") for name in (PLAIN, BOLD)]
    for font in fonts:
        registerFont(font)
    return frozenset.intersection(*(frozenset(font.face.charToGlyph) for font in fonts))


def printable(text: str, instead: str = "") -> str:
    """Return a text in letters that we have; where some are lost, `instead` if there is one."""
    if text.isascii() and text.isprintable():
        return text
    known = letters()
    nearest = "".join(_nearest(letter, known) for letter in text)
    is_whole = nearest.count(_UNKNOWN) == text.count(_UNKNOWN)
    return nearest if is_whole or not instead else instead


def width(text: str, size: float, font: str = PLAIN) -> float:
    """How wide a text stands, in points."""
    letters()
    return float(stringWidth(text, font, size))


def _nearest(letter: str, known: frozenset[int]) -> str:
    if ord(letter) in known:
        return letter
    bare = "".join(part for part in normalize("NFKD", letter) if not combining(part))
    return bare if bare and all(ord(part) in known for part in bare) else _UNKNOWN
