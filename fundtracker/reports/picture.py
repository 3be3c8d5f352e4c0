"""The picture of a fund on paper: its number, and the band that drives at the post.

The scale ends at the target, or where the band ends beyond it. Received is solid, promised
striped, what is being checked outlined: readable without colour.
"""

from __future__ import annotations

from math import radians, tan
from typing import TYPE_CHECKING

from reportlab.graphics.shapes import Drawing, Polygon, Rect, String
from reportlab.lib.colors import HexColor

from fundtracker.domain.money import Money
from fundtracker.reports.letters import BOLD, PLAIN, letters, width
from fundtracker.reports.written import amount

if TYPE_CHECKING:
    from reportlab.lib.colors import Color

    from fundtracker.reports.tables import Picture

INK, MUTE = HexColor(0x141210), HexColor(0x544E46)
BAR, STRIPE, TRACK = HexColor(0xC4161C), HexColor(0xEBA59C), HexColor(0xE2DACB)
HEIGHT = 118.0
_BAND, _FOOT, _POST = 34.0, 8.0, 5.0
_LEGEND, _BOTTOM = 4.0, 30.0
_NUMBER, _WORDS = 30.0, 9.0
_STRIPE = 6.0
# How far the foot of the band's end stands behind its head.
_CUT = _BAND * tan(radians(15.8))


def draw(picture: Picture, breadth: float) -> Drawing:
    """Draw where a fund stands, so many points wide."""
    letters()
    drawing = Drawing(breadth, HEIGHT)
    headline = amount(Money(picture.headline, picture.currency))
    drawing.add(_text(0, HEIGHT - _NUMBER, headline, _NUMBER, BOLD))
    status = f"{picture.permille // 10} % of {amount(Money(picture.target, picture.currency))}"
    start = width(headline, _NUMBER, BOLD) + 16
    drawing.add(_text(start, HEIGHT - _NUMBER, status, _WORDS * 1.5, BOLD))
    _draw_band(drawing, picture, breadth)
    _draw_legend(drawing, picture)
    return drawing


def _draw_band(drawing: Drawing, picture: Picture, breadth: float) -> None:
    parts = [max(part, 0) for part in (picture.received, picture.promised, picture.checked)]
    end = max(picture.target, sum(parts), 1)
    # Room on the right for the head of a band that has passed the post.
    scale = (breadth - _POST) / end
    drawing.add(Rect(0, _BOTTOM, breadth, _BAND, fillColor=TRACK, strokeColor=None))
    received, promised, checked = (sum(parts[: n + 1]) * scale for n in range(3))
    if checked > promised:
        drawing.add(_wedge(0, checked, None))
    if promised > received:
        drawing.add(_wedge(0, promised, STRIPE))
        at = promised
        while at - _STRIPE > received:
            drawing.add(_wedge(at - _STRIPE, at, BAR))
            at -= 2 * _STRIPE
    if received:
        drawing.add(_wedge(0, received, BAR))
    post = picture.target * scale
    drawing.add(Rect(post, _BOTTOM - _FOOT, _POST, _BAND + _FOOT, fillColor=INK, strokeColor=None))


def _wedge(start: float, end: float, fill: Color | None) -> Polygon:
    """A piece of the band whose right edge is cut; its left one too, unless it begins the band."""
    top, bottom = _BOTTOM + _BAND, _BOTTOM
    left = max(start - _CUT, 0) if start else 0
    points = [start, top, end, top, max(end - _CUT, 0), bottom, left, bottom]
    line = None if fill else BAR
    return Polygon(points, fillColor=fill, strokeColor=line, strokeWidth=1)


def _draw_legend(drawing: Drawing, picture: Picture) -> None:
    at = 0.0
    for name, minor, fill in (
        ("Received", picture.received, BAR),
        ("Promised", picture.promised, STRIPE),
        ("Being checked", picture.checked, None),
    ):
        if not minor and name != "Received":
            continue
        line = None if fill else BAR
        drawing.add(Rect(at, _LEGEND, 9, 9, fillColor=fill, strokeColor=line))
        words = f"{name} {amount(Money(minor, picture.currency))}"
        drawing.add(_text(at + 14, _LEGEND + 1, words, _WORDS, PLAIN))
        at += width(words, _WORDS) + 36


def _text(x: float, y: float, text: str, size: float, font: str) -> String:
    return String(x, y, text, fontName=font, fontSize=size, fillColor=INK)
