"""JSON from outside, read with suspicion: what is not as the provider documents it is Malformed.

Nothing of the JSON itself goes into the error, only the name of the field: it is personal data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from fundtracker.domain.errors import N_, FundtrackerError
from fundtracker.domain.money import CURRENCIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

T = TypeVar("T")

LONGEST_TEXT = 255
LARGEST_AMOUNT = 10**15  # far above any payment, far below what a column of 64 bits holds
LAST_SECOND = 253_402_300_799  # the end of the year 9999, where datetime ends


class Malformed(FundtrackerError):
    """A message that cannot be read; `what` names the field at fault."""

    status = 400
    message = N_("This message cannot be read: %(what)s.")

    def __init__(self, what: str) -> None:
        super().__init__(what=what)


def is_plain(value: object) -> bool:
    """Whether this is an id or a word: short printable ASCII, so that every database stores it."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= LONGEST_TEXT
        and value.isascii()
        and value.isprintable()
    )


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object; every reader raises Malformed rather than return another type."""

    values: Mapping[str, object]

    def text(self, name: str) -> str:
        """Return an id or a word."""
        value = self.values.get(name)
        if isinstance(value, str) and is_plain(value):
            return value
        raise Malformed(name)

    def flag(self, name: str) -> bool:
        """Return true or false, never a stand-in for it."""
        value = self.values.get(name)
        if isinstance(value, bool):
            return value
        raise Malformed(name)

    def signed(self, name: str) -> int:
        """Return minor units of either sign."""
        value = self.values.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_AMOUNT:
            return value
        raise Malformed(name)

    def amount(self, name: str) -> int:
        """Return minor units, zero or more."""
        value = self.signed(name)
        if value < 0:
            raise Malformed(name)
        return value

    def currency(self, name: str) -> str:
        """Return the code of a currency that we know, in upper case."""
        code = self.text(name).upper()
        if code not in CURRENCIES:
            raise Malformed(name)
        return code

    def word(self, name: str, words: Mapping[str, T]) -> T:
        """Return what one of these words stands for."""
        word = self.text(name)
        if word not in words:
            raise Malformed(name)
        return words[word]

    def moment(self, name: str) -> datetime | None:
        """Return a time that stands there in Unix seconds, None if there is none."""
        if self.values.get(name) is None:
            return None
        seconds = self.amount(name)
        if seconds > LAST_SECOND:
            raise Malformed(name)
        return datetime.fromtimestamp(seconds, UTC)

    def inner(self, name: str) -> Fields:
        """Return an object that must stand in this one."""
        value = self.values.get(name)
        if not isinstance(value, dict):
            raise Malformed(name)
        return Fields(value)

    def reference(self, name: str) -> str | None:
        """Return the id of an object that stands here by its id, in full, or not yet (null)."""
        value = self.values.get(name)
        if value is None:
            return None
        return Fields(value).text("id") if isinstance(value, dict) else self.text(name)

    def listed(self, name: str) -> list[Fields]:
        """Return the objects of a list that must stand here, in full."""
        value = self.values.get(name)
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise Malformed(name)
        return [Fields(each) for each in value]

    def expanded(self, name: str) -> Iterator[Fields]:
        """Yield the objects that stand here in full: one, or those of a list."""
        value = self.values.get(name)
        if isinstance(value, dict) and value.get("object") == "list":
            value = value.get("data")
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                yield Fields(each)
