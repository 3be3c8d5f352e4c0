"""Whose call it is: a section's code, an alias, the beginning of its name, or nobody's."""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches
from typing import TYPE_CHECKING

from fundtracker.domain.desk.values import Choice, Refused, ask
from fundtracker.domain.errors import N_

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fundtracker.domain.desk.values import Desk
    from fundtracker.domain.desk.words import Words

NOBODY = "?"
_SHORTEST_BEGINNING = 3
_MOST_CHOICES = 3


def section_of(word: str, desk: Desk, line: Words) -> str:
    """The code of a section, "" for none; raises Refused or Unclear, and never guesses."""
    if word == NOBODY:
        return ""
    code = _exactly(word, desk)
    if code is not None:
        return code
    found = _beginning_with(word, desk)
    if len(found) == 1:
        return found[0]
    if found:
        raise ask(
            N_("“%(word)s” begins several names."), _choices(found, word, desk, line), word=word
        )
    close = _close_to(word, desk)
    if not close:
        raise Refused(N_("There is no section “%(word)s”."), word=word)
    raise ask(
        N_("There is no section “%(word)s”. Did you mean one of these?"),
        _choices(close, word, desk, line),
        word=word,
    )


def _exactly(word: str, desk: Desk) -> str | None:
    code = word.upper()
    if code in desk.sections:
        return code
    return desk.aliases.get(code)


def _beginning_with(word: str, desk: Desk) -> list[str]:
    start = _folded(word)
    if len(start) < _SHORTEST_BEGINNING:
        return []
    return sorted(
        code
        for code, section in desk.sections.items()
        if any(_folded(name).startswith(start) for name in (section.name, section.short_name))
    )


def _close_to(word: str, desk: Desk) -> list[str]:
    """The sections whose code, alias or name is nearly this word, the closest first."""
    names = {code: code for code in desk.sections} | dict(desk.aliases)
    for code, section in desk.sections.items():
        names |= {_folded(section.name).upper(): code, _folded(section.short_name).upper(): code}
    close = get_close_matches(_folded(word).upper(), names, n=2 * _MOST_CHOICES)
    return list(dict.fromkeys(names[name] for name in close))[:_MOST_CHOICES]


def _choices(codes: Iterable[str], word: str, desk: Desk, line: Words) -> tuple[Choice, ...]:
    return tuple(
        Choice(f"{code} {desk.sections[code].name}", str(line.instead((word,), code)))
        for code in list(codes)[:_MOST_CHOICES]
    )


def _folded(text: str) -> str:
    """Fold capitals and marks, which nobody types while amounts fly."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
