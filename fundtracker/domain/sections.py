"""Sections: national organisations, and what a fund knows of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from fundtracker.domain.errors import N_, Invalid, InvalidCurrency, InvalidText
from fundtracker.domain.money import CURRENCIES
from fundtracker.domain.text import clean_line

# The section of a row that belongs to none; rows of sections start at 1.
NO_SECTION = 0

_CODE = re.compile(r"[A-Z][A-Z0-9]{1,7}")
# At the desk a line begins with a section's code or with one of these.
_VERBS = frozenset({"CASH", "BANK", "CARD", "CHEQUE"})
_LONGEST_NAME = 80
_LONGEST_SHORT_NAME = 14


class Visibility(StrEnum):
    """What the public sees of a section in a fund."""

    # A line of its own.
    SHOWN = "shown"
    # Counted in the line of the others.
    OTHERS = "others"
    # The same, and never named or hinted at: its members may be in danger.
    HIDDEN = "hidden"

    @property
    def label(self) -> str:
        """The words for people, to be translated."""
        return _LABELS[self]


_LABELS = {
    Visibility.SHOWN: N_("shown"),
    Visibility.OTHERS: N_("among the others"),
    Visibility.HIDDEN: N_("hidden"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """A national organisation, with the currency in which it counts at home."""

    id: int
    code: str
    name: str
    short_name: str
    currency: str


@dataclass(frozen=True, slots=True)
class FundSection:
    """A section in a fund; `target` is minor units of the fund's currency."""

    section: Section
    target: int | None
    members: int | None
    visibility: Visibility


def check_section(code: str, name: str, short_name: str, currency: str) -> None:
    """Raise Invalid, with the field at fault, unless a section may be called that."""
    if not _CODE.fullmatch(code):
        raise Invalid(
            N_("A code has 2 to 8 of the letters A to Z and digits, and starts with a letter."),
            field="code",
        )
    if code in CURRENCIES or code in _VERBS:
        raise Invalid(N_("%(code)s means something else at the desk."), field="code", code=code)
    if currency not in CURRENCIES:
        raise InvalidCurrency
    for field, text, limit in (
        ("name", name, _LONGEST_NAME),
        ("short_name", short_name, _LONGEST_SHORT_NAME),
    ):
        if not clean_line(text, field=field, limit=limit):
            raise InvalidText(N_("Please enter a name."), field=field)
