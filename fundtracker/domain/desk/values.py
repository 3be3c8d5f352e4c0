"""What a line can mean: a call, a question to the teller, or a refusal; and the desk itself."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_, Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fundtracker.domain.money import Money
    from fundtracker.domain.rates import Rate
    from fundtracker.domain.sections import Section

# A line above it is stored and not counted until a second person has seen it.
MOST_PEOPLE_AT_ONCE = 50
MOST_PEOPLE = 200
A_YEAR = 12
MOST_INSTALMENTS = 60


class PaidBy(StrEnum):
    """How a call says that it will be paid; it makes a pledge all the same."""

    CASH = "cash"
    BANK = "bank"
    CARD = "card"
    CHEQUE = "cheque"


class Mark(StrEnum):
    """What a single point or comma before three digits means to a teller."""

    GROUPS = "groups"
    FRACTION = "fraction"


@dataclass(frozen=True, slots=True)
class Level:
    """The amount that is being called up; None where there is none."""

    amount: Money | None


@dataclass(frozen=True, slots=True)
class Desk:
    """What a line is read against.

    `sections` by code, `aliases` name codes, `rates` lead to `currency`, the fund's own, and are
    those of `rate_table`. `ceiling` is minor units of it. `habits` is what a mark was said to mean,
    by this teller. `level` is the amount that is being called up, if there is one; `level_seen`
    is what it was on the teller's screen, where that is known. With `in_fund_currency` a bare
    number is in the fund's currency, else in the section's.
    """

    sections: Mapping[str, Section]
    aliases: Mapping[str, str]
    currency: str
    rates: Mapping[str, Rate]
    ceiling: int
    habits: Mapping[str, Mark] = field(default_factory=dict)
    level: Money | None = None
    level_seen: Level | None = None
    in_fund_currency: bool = False
    rate_table: int | None = None

    def used_to(self, habits: Mapping[str, Mark]) -> Desk:
        """The desk of a teller who has said what these marks mean."""
        return replace(self, habits={**self.habits, **habits})


@dataclass(frozen=True, slots=True)
class Call:
    """One line: `count` people with `amount` each, of a section, or of none with code "".

    With `instalments` the amount is that of one of them. `is_total` says that it is what the
    section has announced in all, of which the difference is booked. `prepared` books what was
    written down beforehand, and has no amount. A parked call is kept and not counted.
    """

    section: str
    amount: Money | None
    count: int = 1
    instalments: int | None = None
    paid_by: PaidBy | None = None
    badge: str | None = None
    label: str | None = field(default=None, repr=False)
    note: str | None = field(default=None, repr=False)
    is_total: bool = False
    prepared: bool = False
    parked: bool = False
    needs_second: bool = False

    @property
    def each(self) -> Money:
        """What one of them promises, in one instalment; raises Refused where none is known."""
        if self.amount is None:
            raise Refused(N_("How much? Type an amount."))
        return self.amount

    @property
    def total(self) -> Money | None:
        """What all of them promise together."""
        if self.amount is None:
            return None
        return replace(self.amount, minor=self.amount.minor * self.count * (self.instalments or 1))


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question: the line to read instead, and what has been settled by it.

    `meaning` is shown beside its digit. `habits` are remembered for the teller; `sure` says that an
    amount is meant although it is so small.
    """

    meaning: str
    line: str
    habits: Mapping[str, Mark] = field(default_factory=dict)
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """A line that can be meant in several ways; Enter picks none of them."""

    message: str
    values: Mapping[str, object]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that means nothing, and why; the line is kept as it was typed."""

    message: str
    values: Mapping[str, object]

    @property
    def error(self) -> Refused:
        """The refusal as it is raised where a line has to mean something."""
        error = Refused(self.message)
        error.values = dict(self.values)
        return error


class Refused(Invalid):
    """Reading ends here: the line means nothing."""


class Unclear(Exception):
    """Reading ends here, with a question."""

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question


def ask(message: str, choices: tuple[Choice, ...], **values: object) -> Unclear:
    """Make a question to be raised."""
    return Unclear(Question(message, values, choices))
