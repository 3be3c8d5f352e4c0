"""What of the data shines through an answer, in whatever form it comes."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from itertools import chain, combinations
from typing import TYPE_CHECKING

from pypdf import PdfReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from werkzeug.test import TestResponse

    from fundtracker.domain.scope import Scope
    from tests.matrix.world import Place, World

# Whatever groups thousands or stands before cents, in any language.
_BETWEEN_DIGITS = re.compile("(?<=[0-9])[.,' \u00a0\u202f\u2019](?=[0-9])")


def text_of(answer: TestResponse) -> str:
    """Return everything that can be read in an answer, its headers and packed files included."""
    head = "".join(f"{name}: {value}\n" for name, value in answer.headers)
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


def leaks(world: World, text: str, scope: Scope, names: Scope) -> list[str]:
    """Return what a text shows beyond a scope; `names` is the one in which names are told."""
    found = [word for place in world.places for word in _words(place, scope, names) if word in text]
    digits = _BETWEEN_DIGITS.sub("", text)
    return found + [str(number) for number in _numbers(world, scope) if str(number) in digits]


def _words(place: Place, scope: Scope, names: Scope) -> Iterator[str]:
    if not place.lies_within(names):
        yield from place.personal
    if not place.lies_within(scope):
        yield from place.ids


def _numbers(world: World, scope: Scope) -> set[int]:
    """Return every sum over places of which one at least lies beyond a scope."""
    own = {place for place in world.places if place.lies_within(scope)}
    some = chain.from_iterable(
        combinations(world.places, size) for size in range(1, len(world.places) + 1)
    )
    return {
        sum(column)
        for places in some
        if not own.issuperset(places)
        for column in zip(*(place.sums for place in places), strict=True)
    }
