"""Other words for a section, by which a teller may call it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from fundtracker.domain.desk.coins import is_coin
from fundtracker.domain.desk.values import PaidBy
from fundtracker.domain.errors import N_, Invalid

if TYPE_CHECKING:
    from collections.abc import Collection

MOST_ALIASES = 12
_SHAPE = re.compile(r"[^\W\d_][^\W_]{1,15}")
# What else stands for something in a line.
_WORDS = {verb.value.upper() for verb in PaidBy} | {"CHECK", "MN"}


def read_aliases(text: str) -> tuple[str, ...]:
    """Return the words of a text, in capitals, each once, sorted; raises Invalid."""
    words = unicodedata.normalize("NFC", text).replace(",", " ").upper().split()
    found = tuple(sorted(set(words)))
    for word in found:
        if not _SHAPE.fullmatch(word):
            raise Invalid(
                N_("“%(word)s” is no alias: it has 2 to 16 letters or digits, first a letter."),
                field="aliases",
                word=word[:40],
            )
        if is_coin(word) or word in _WORDS:
            raise Invalid(
                N_("“%(word)s” means something else at the desk."), field="aliases", word=word
            )
    if len(found) > MOST_ALIASES:
        raise Invalid(
            N_("A section has at most %(most)s aliases."), field="aliases", most=MOST_ALIASES
        )
    return found


def refuse_taken(words: Collection[str], taken: Collection[str]) -> None:
    """Raise Invalid where one of these words is a section's code, or another one's alias."""
    for word in words:
        if word in taken:
            raise taken_alias(word)


def taken_alias(word: str) -> Invalid:
    """What is said to the second one who wants a word."""
    return Invalid(N_("“%(word)s” is a section already, or calls one."), field="aliases", word=word)
