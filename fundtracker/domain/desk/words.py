"""A line taken apart: its words, the label in quotation marks, the note behind the semicolon."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from fundtracker.domain.desk.values import Refused
from fundtracker.domain.errors import N_
from fundtracker.domain.text import clean_line

LONGEST_LINE = 300
LONGEST_LABEL = 80
LONGEST_NOTE = 200

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_LABEL = re.compile(r'"([^"]*)"')


@dataclass(frozen=True, slots=True)
class Words:
    """The parts of a line, in the order in which they were typed."""

    words: tuple[str, ...]
    label: str | None = None
    note: str | None = None

    def __str__(self) -> str:
        """Write the line again, so that reading it gives the same parts."""
        label = [] if self.label is None else [f'"{self.label}"']
        note = [] if self.note is None else [f"; {self.note}"]
        return " ".join([*self.words, *label, *note])

    def instead(self, old: tuple[str, ...], new: str) -> Words | None:
        """The line with one word where these stood, if they stood one after the other."""
        size = len(old)
        for start in range(len(self.words) - size + 1):
            if self.words[start : start + size] == old:
                words = (*self.words[:start], new, *self.words[start + size :])
                return replace(self, words=words)
        return None


def take_apart(line: str) -> Words:
    """Split a line; raises Refused for one that hides something or is not finished."""
    if len(line) > LONGEST_LINE:
        raise Refused(
            N_("This line is too long: at most %(limit)s characters."), limit=LONGEST_LINE
        )
    if any(_is_hidden(character) for character in line):
        raise Refused(N_("There is a hidden character in this line. Please type it."))
    if any(character.isnumeric() and not character.isascii() for character in line):
        raise Refused(N_("Type numbers with the digits 0 to 9."))
    body, label, note = _split(line.translate(_QUOTES))
    return Words(
        tuple(body.split()),
        None if label is None else clean_line(label, field="label", limit=LONGEST_LABEL) or None,
        None if note is None else clean_line(note, field="note", limit=LONGEST_NOTE) or None,
    )


def _split(line: str) -> tuple[str, str | None, str | None]:
    """Return what stands before, between and behind; a label may hold a semicolon."""
    labels = _LABEL.findall(line)
    body, mark, note = _LABEL.sub(lambda found: " " * len(found[0]), line).partition(";")
    if mark:
        # From the line itself: what is quoted in a note belongs to the note.
        note = line[len(body) + 1 :]
        labels = _LABEL.findall(line[: len(body)])
    if '"' in body:
        raise Refused(N_("A label ends with a quotation mark as it begins with one."))
    if len(labels) > 1:
        raise Refused(N_("There are two labels; a line has one."))
    return body, labels[0] if labels else None, note if mark else None


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
