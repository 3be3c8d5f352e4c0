"""What of the data shines through an answer, in whatever form it comes."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from functools import cache
from itertools import chain, combinations
from typing import TYPE_CHECKING

from pypdf import PdfReader

from fundtracker.domain.references import spoken

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from werkzeug.test import TestResponse

    from fundtracker.domain.scope import Scope
    from tests.matrix.world import Place, World

# An amount in any language, with groups of thousands and cents or without, or a plain number.
_NUMBER = re.compile(
    "[0-9]{1,3}(?:[.,' \u00a0\u202f\u2019][0-9]{3})+(?:[.,][0-9]{2})?(?![0-9])"
    "|[0-9]+[.,][0-9]{2}(?![0-9])"
    "|[0-9]+"
)


# By what a form asks for what is of no section.
_NONE = 'value="-"'


def text_of(answer: TestResponse) -> str:
    """Return everything that can be read in an answer, its headers and packed files included."""
    head = "".join(
        f"{name}: {value}\n" for name, value in answer.headers if name != "Content-Length"
    )
    return head + _unpacked(answer.data)


def _unpacked(body: bytes) -> str:
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(_unpacked(archive.read(name)) for name in archive.namelist())
    if body.startswith(b"%PDF-"):
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    if body.startswith(b"\x1f\x8b"):
        return _unpacked(gzip.decompress(body))
    return body.decode(errors="replace")


def leaks(world: World, text: str, scope: Scope, *, funds: Scope, names: Scope) -> list[str]:
    """Return what a text shows beyond a scope, and beyond those where funds and names are told."""
    words = {word for place in world.places for word in _words(place, scope, funds, names)}
    found = [word for word in sorted(words) if word in text]
    if _NONE in text and not any(place.lies_within(scope) for place in world.of_no_section):
        found.append("offers what is of no section")
    shown = {re.sub("[^0-9]", "", each) for each in _NUMBER.findall(text)}
    return found + sorted(shown & _numbers(world, scope))


def _words(place: Place, scope: Scope, funds: Scope, names: Scope) -> Iterator[str]:
    if not place.lies_within(names):
        yield from place.personal
    if not place.lies_within(scope):
        yield from place.ids
        # In two groups of four, as it is read out.
        yield spoken(place.pledge_number)
    if not funds.allows_fund(place.fund_id):
        yield place.fund_name


@cache
def _numbers(world: World, scope: Scope) -> frozenset[str]:
    """Return every sum over places of which one at least lies beyond a scope."""
    own = {place for place in world.places if place.lies_within(scope)}
    return _sums(world.places) - _sums(own)


def _sums(places: Collection[Place]) -> frozenset[str]:
    some = chain.from_iterable(combinations(places, size) for size in range(1, len(places) + 1))
    return frozenset(
        str(sum(column)) for group in some for column in zip(*(p.sums for p in group), strict=True)
    )
