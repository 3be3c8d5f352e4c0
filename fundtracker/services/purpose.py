"""For what a gift is made: a section and a rate, or the promise that it pays.

A promise is named by its number. What is no number of an open promise of this fund never stops a
gift: it counts by itself, and what was typed is kept for the treasurer, who may find the promise.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fundtracker.domain.errors import InvalidText, NoRate, UnknownPledge, UnknownSection
from fundtracker.domain.filters import comparable
from fundtracker.domain.pledges import PledgeStatus
from fundtracker.domain.references import named_number
from fundtracker.domain.scope import Scope
from fundtracker.domain.sections import NO_SECTION
from fundtracker.domain.text import clean_line
from fundtracker.services.show_pledge import rates_for
from fundtracker.store import pledges, rates, sections
from fundtracker.store.base import fingerprints

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.rates import Rate
    from fundtracker.store.pledges import PledgeRow

_LONGEST = 80
_EXPECTED = frozenset({PledgeStatus.OPEN, PledgeStatus.UNCONFIRMED})


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a donation gets from what it is for; `reference` is what was typed and not found."""

    section_id: int
    rate: Rate
    pledge_id: int | None = None
    reference: str | None = field(default=None, repr=False)


def purpose(session: Session, fund: Fund, code: str, section: str, typed: str) -> Purpose:
    """Tell what a gift in a currency is for that names a section and no promise that we know.

    Raises NoRate or UnknownSection.
    """
    rate = rates.current(session, fund).get(code)
    if rate is None:
        raise NoRate(currency=code)
    return Purpose(section_of(session, fund, section), rate, reference=_kept(typed))


def purpose_of(session: Session, fund: Fund, code: str, pledge: PledgeRow) -> Purpose:
    """Tell what a gift in a currency is for that pays a promise; raises NoRate.

    The promise's own section and rates hold, so that it is paid to the cent.
    """
    rate = rates_for(session, fund, pledge).get(code)
    if rate is None:
        raise NoRate(currency=code)
    return Purpose(pledge.section_id, rate, pledge.id)


def payable(session: Session, fund: Fund, typed: str) -> PledgeRow | None:
    """Return the promise of a fund that a number or reference names, if it can be paid.

    One form asks for one number: otherwise each would be as good as thousands of guesses.
    """
    return _expected(session, fund, pledges.by_number, named_number(typed))


def payable_at(session: Session, fund: Fund, token: str) -> PledgeRow | None:
    """Return the promise of a fund that has its page at an address, if it can be paid."""
    return _expected(session, fund, pledges.by_token, token)


def reference_key(session: Session, reference: str | None) -> str | None:
    """By what a typed reference is found again."""
    return fingerprints(session, comparable(reference))[0] if reference else None


def section_of(session: Session, fund: Fund, code: str) -> int:
    """Return the id of a section of a fund, that of no section for no code; or UnknownSection."""
    if not code:
        return NO_SECTION
    for part in sections.of_fund(session, fund.id, Scope.everything()):
        if part.section.code == code:
            return part.section.id
    raise UnknownSection(field="section")


def _expected(
    session: Session, fund: Fund, find: Callable[[Session, str, Scope], PledgeRow], key: str
) -> PledgeRow | None:
    if not key:
        return None
    try:
        row = find(session, key, Scope.everything())
    except UnknownPledge:
        return None
    return row if row.fund_id == fund.id and row.status in _EXPECTED else None


def _kept(typed: str) -> str | None:
    """Return what was typed, as far as it can stand on a treasurer's page."""
    try:
        return clean_line(typed[:_LONGEST], field="pledge", limit=_LONGEST) or None
    except InvalidText:
        return None
