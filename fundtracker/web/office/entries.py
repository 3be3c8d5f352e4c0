"""A form of the office: what was typed stays as it was typed, each mistake stands at its field."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from fundtracker.domain.amounts import parse_amount
from fundtracker.domain.errors import (
    N_,
    Changed,
    FundtrackerError,
    Invalid,
    NotNow,
)
from fundtracker.domain.local_times import AmbiguousTime
from fundtracker.domain.money import Money
from fundtracker.services.record import record_refusal
from fundtracker.web.acting import acting
from fundtracker.web.i18n import decimal_mark, group_mark, say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fundtracker.domain.audit import Action

T = TypeVar("T")
MADE_FROM, CONFIRM = "made_from", "confirm"


class Entries:
    """Typed values by field, with what is wrong with them, and what holds now if that is other.

    `problem` is a sentence that belongs to no field, `at` tells forms of one page apart.
    """

    def __init__(self, typed: Mapping[str, str], at: str = "") -> None:
        """Take a form's fields, or values to begin with."""
        self.typed = dict(typed)
        self.at = at
        self.mistakes: dict[str, str] = {}
        self.now: dict[str, str] = {}
        # Fields whose local time the clocks show twice.
        self.asks: set[str] = set()
        self.problem = ""
        self.is_stale = False

    def text(self, name: str) -> str:
        """Return what was typed, without the spaces around it."""
        return self.typed.get(name, "").strip()

    def read(self, name: str, reader: Callable[[str], T]) -> T | None:
        """Return what a reader makes of a field, or None and remember its mistake."""
        try:
            return reader(self.text(name))
        except FundtrackerError as error:
            self.miss(name, error)
            return None

    def money(self, name: str, code: str) -> int | None:
        """Return an amount in minor units, or None and remember the mistake."""
        return self.read(name, lambda text: amount(text, code))

    def miss(self, name: str, error: FundtrackerError) -> None:
        """Remember what is wrong with a field."""
        self.mistakes[name] = say(error)
        if isinstance(error, AmbiguousTime):
            self.asks.add(name)

    def blame(self, error: FundtrackerError) -> None:
        """Remember what a use case refused, at its field where the form has that one."""
        self.is_stale = isinstance(error, Changed)
        if error.field in self.typed:
            self.mistakes[error.field or ""] = say(error)
        else:
            self.problem = say(error)

    def compare(self, now: Mapping[str, str]) -> None:
        """Remember where what holds now is not what was typed."""
        self.now = {name: value for name, value in now.items() if self.text(name) != value}

    def id_of(self, name: str) -> str:
        """Return by what name scripts, labels and links know a field."""
        return f"{self.at}-{name}" if self.at else name

    @property
    def is_fine(self) -> bool:
        """Whether nothing is wrong so far."""
        return not self.mistakes and not self.problem

    @property
    def made_from(self) -> str:
        """The edition of the values that the form was made from."""
        return self.text(MADE_FROM)


def amount(text: str, code: str) -> int:
    """Read an amount as the reader's language writes it; raises InvalidAmount."""
    marks = {"decimal_mark": decimal_mark(), "group_mark": group_mark()}
    return parse_amount(text, code, **marks).minor


def typed_amount(minor: int | None, code: str) -> str:
    """Write an amount as a form takes it in any language, without decimals that say nothing."""
    if minor is None:
        return ""
    digits = str(Money(minor, code)).removeprefix(f"{code} ")
    whole, _, decimals = digits.partition(".")
    return digits.replace(".", decimal_mark()) if decimals.strip("0") else whole


def count_of(text: str) -> int | None:
    """Read a whole number, None for nothing; raises Invalid."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= len("999999999")):
        raise Invalid(N_("Enter a whole number without a point or comma."))
    return int(text)


def attempt(
    entries: Entries,
    action: Action,
    subject: str,
    act: Callable[[], object],
    *,
    typed: str = "",
) -> int:
    """Try what a form asks for; return 0, or the status of the answer with its sentence kept.

    What a person was told no to stands in the audit log, unless it was only mistyped; so does how
    they `typed` that something new was to be called.
    """
    try:
        act()
    except (Invalid, NotNow, Changed) as error:
        entries.blame(error)
        refuse(action, subject, error, typed=typed)
        return error.status
    return 0


def refuse(action: Action, subject: str, error: FundtrackerError, *, typed: str = "") -> None:
    """Write into the audit log that something was refused, and why."""
    record_refusal(acting(), action, subject, str(error), typed=typed)
