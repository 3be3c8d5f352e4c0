"""Import the ECB's daily file: what it would change is told first, and nothing is half taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.ecb import is_old, read_ecb
from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.rate_tables import from_euro
from fundtracker.domain.scope import Scope
from fundtracker.services.set_rates import Terms, set_rates
from fundtracker.store import funds, rates, sections

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.rates import Rate
    from fundtracker.services.parts import Parts


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file has for a fund: the day that it is of, and the rates that it has a use for.

    `missing` are currencies of the fund that the file does not know, `unused` how many others it
    knows. `is_old` says that somebody has to want rates of that day.
    """

    day: date
    rates: dict[str, Rate]
    missing: tuple[str, ...]
    unused: int
    is_old: bool


def used_currencies(session: Session, fund: Fund) -> set[str]:
    """The currencies of a fund's sections and of its rates, without its own."""
    parts = sections.of_fund(session, fund.id, Scope.everything())
    used = {part.section.currency for part in parts} | set(rates.current(session, fund))
    return used - {fund.currency}


def read_rates(parts: Parts, slug: str, content: bytes) -> Imported:
    """Read a file for a fund and change nothing; raises UnknownFund or Invalid."""
    found = read_ecb(content)
    with parts.database.reading() as session:
        fund = funds.by_slug(session, slug)
        used = used_currencies(session, fund)
    taken = from_euro(found, fund.currency, used)
    if not taken:
        raise Invalid(
            N_("This file has no rate between %(code)s and a currency of this fund."),
            field="file",
            code=fund.currency,
        )
    return Imported(
        day=found.day,
        rates=taken,
        missing=tuple(sorted(used - taken.keys())),
        unused=len(found.per_euro.keys() - taken.keys()),
        is_old=is_old(found, parts.clock().date()),
    )


def import_rates(
    parts: Parts, slug: str, content: bytes, *, day: str = "", terms: Terms
) -> dict[str, Rate]:
    """Set the rates of a file; those that it does not know stay. Returns the rates that hold.

    For a file of another day than the last working day's, `day` has to name the day that it is of.
    Raises UnknownFund, Invalid or Changed.
    """
    found = read_rates(parts, slug, content)
    if found.is_old and day != found.day.isoformat():
        raise Invalid(
            N_("This file is of %(day)s, which is some days ago. Say that you want it."),
            field="day",
            day=found.day,
        )
    terms = Terms(as_of=found.day, made_from=terms.made_from, reason=terms.reason)
    return set_rates(parts, slug, found.rates, source="ECB", terms=terms)
