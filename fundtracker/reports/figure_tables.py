"""The tables of the figures: what stands below each of them, and in its export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_
from fundtracker.reports.tables import Column, Kind, Table

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An amount in minor units of the fund's currency, and about what it is in a section's own.

    `local` is None where there is no other currency, or no rate to it.
    """

    donations: int
    received: int
    currency: str
    local: int | None = None
    local_currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLine(Received):
    """What a day brought; in the course, what had come by its end."""

    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionLine(Received):
    """What a section brought; the code of those without one is empty. `target` is as `received`."""

    section: str = ""
    name: str = ""
    short_name: str = ""
    target: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodLine(Received):
    """What came by one way of paying; `stripe_method` is Stripe's own word, empty if unknown."""

    method: str
    stripe_method: str


_DONATIONS = Column("donations", N_("Gifts"), Kind.COUNT, total=True)
_RECEIVED = Column("received", N_("Received"), Kind.AMOUNT, currency="currency", total=True)
_TARGET = Column("target", N_("Target"), Kind.AMOUNT, currency="currency")
_CURRENCY = Column("currency", N_("Currency"))
_LOCAL = (
    Column("local", N_("In the section’s currency, about"), Kind.AMOUNT, currency="local_currency"),
    Column("local_currency", N_("The section’s currency")),
)

BY_DAY = Table(
    "received_by_day",
    1,
    N_("By day"),
    (Column("day", N_("Day"), Kind.DAY), _DONATIONS, _RECEIVED, _CURRENCY, *_LOCAL),
)
BY_SECTION = Table(
    "received_by_section",
    1,
    N_("By section"),
    (
        Column("name", N_("Section")),
        Column("section", N_("Code")),
        _DONATIONS,
        _RECEIVED,
        _TARGET,
        _CURRENCY,
        *_LOCAL,
    ),
)
BY_METHOD = Table(
    "received_by_method",
    1,
    N_("By way of paying"),
    (
        Column("method", N_("Way of paying")),
        Column("stripe_method", N_("Stripe’s own word")),
        _DONATIONS,
        _RECEIVED,
        _CURRENCY,
        *_LOCAL,
    ),
)
COURSE = Table(
    "course",
    1,
    N_("The course of the collection"),
    (
        Column("day", N_("Day"), Kind.DAY),
        Column("donations", N_("Gifts so far"), Kind.COUNT),
        Column("received", N_("Received so far"), Kind.AMOUNT, currency="currency"),
        _CURRENCY,
        *_LOCAL,
    ),
)
