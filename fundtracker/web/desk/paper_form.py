"""The form of the sums on paper: each as it is typed, beside what the page had shown of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask_babel import gettext

from fundtracker.domain.amounts import parse_amount
from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.money import Money
from fundtracker.services.desk.count_paper import Sum
from fundtracker.web.i18n import decimal_mark, group_mark, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fundtracker.services.desk.count_paper import Place

_CHOICES = frozenset({"mine", "theirs"})
_CHOOSE = N_("Choose which of the two holds.")


@dataclass(frozen=True, slots=True)
class Entry:
    """A sum in the form: where it is of, and what stands on paper now."""

    name: str
    place: Place
    now: Money | None


@dataclass(slots=True)
class Read:
    """What was read: the sums, what is wrong by the name of its entry, and what is to be chosen."""

    sums: dict[Place, Sum] = field(default_factory=dict)
    mistakes: dict[str, str] = field(default_factory=dict)
    to_choose: set[Place] = field(default_factory=set)


def read_sums(entries: Iterable[Entry], form: Mapping[str, str]) -> Read:
    """Read every sum of the form."""
    found = Read()
    for entry in entries:
        shown = _shown(form.get(f"shown-{entry.name}"), entry)
        choice = form.get(f"choice-{entry.name}")
        if f"choose-{entry.name}" in form and choice not in _CHOICES:
            found.to_choose.add(entry.place)
            found.mistakes[entry.name] = gettext(_CHOOSE)
            continue
        if choice == "theirs":
            found.sums[entry.place] = Sum(shown, shown)
            continue
        try:
            typed = _typed(form.get(entry.name, ""), entry.place[1])
        except Invalid as error:
            found.mistakes[entry.name] = say(error)
            continue
        found.sums[entry.place] = Sum(typed, shown)
    return found


def _shown(text: str | None, entry: Entry) -> Money | None:
    """Read what the page had shown, in minor units; without it, as it is now."""
    if text is None:
        return entry.now
    if not (text.isascii() and text.isdecimal()):
        return None
    return Money(int(text[:18]), entry.place[1])


def _typed(text: str, code: str) -> Money | None:
    """Read a sum on paper, None for nothing; zero is a sum."""
    text = text.strip()
    if not text:
        return None
    if text.strip("0") in {"", ".", ","}:
        return Money(0, code)
    return parse_amount(text, code, decimal_mark=decimal_mark(), group_mark=group_mark())
