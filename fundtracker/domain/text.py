"""Text that people type: taken as it is, or refused with a reason, never silently changed."""

from __future__ import annotations

import unicodedata

from fundtracker.domain.errors import N_, InvalidText

# Turn the direction of what follows, beyond their own text: a name could rewrite an amount.
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Control characters, halves of characters that no encoding takes, line and paragraph separators.
_CONTROL = frozenset({"Cc", "Cs", "Zl", "Zp"})
# So many characters become one at most. What stays too long is not composed: that takes a time that
# grows with the square of its length, in which the whole process stands still.
_MOST_COMPOSED = 4


def clean_line(text: str, *, field: str, limit: int) -> str:
    """Return one line, composed and trimmed, or raise InvalidText; `limit` is in characters."""
    return _clean(text, field=field, limit=limit, allowed="")


def clean_text(text: str, *, field: str, limit: int) -> str:
    r"""Return text that may have several lines, ended by \n, or raise InvalidText."""
    return _clean(text.replace("\r\n", "\n"), field=field, limit=limit, allowed="\n\t")


def _clean(text: str, *, field: str, limit: int, allowed: str) -> str:
    cleaned = text.strip()
    if len(cleaned) <= _MOST_COMPOSED * limit:
        cleaned = unicodedata.normalize("NFC", cleaned)
    if len(cleaned) > limit:
        raise InvalidText(
            N_("This is too long: at most %(limit)s characters, and it has %(length)s."),
            field=field,
            limit=limit,
            length=len(cleaned),
        )
    if any(_deceives(character) for character in cleaned if character not in allowed):
        raise InvalidText(
            N_("There is a hidden character in this text. Please type it instead of pasting it."),
            field=field,
        )
    return cleaned


def _deceives(character: str) -> bool:
    return character in _DIRECTION or unicodedata.category(character) in _CONTROL
