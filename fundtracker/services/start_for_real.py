"""Start for real: what was prepared in a rehearsal becomes a fund of its own, empty and a draft.

What was given and promised in the rehearsal stays there, with its books: nothing is cleared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.funds import FundStatus
from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals
from fundtracker.services.copy_fund import copy_prepared, copy_settings, copy_terms, copy_things
from fundtracker.services.create_fund import add_fund, record_creation
from fundtracker.services.round_pledges import round_pledges
from fundtracker.services.set_status import give_status
from fundtracker.store import funds, pledge_terms, prepared, rates, sections, totals

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.pledge_terms import PledgeTerms
    from fundtracker.services.parts import Parts

NO_REHEARSAL = N_("This fund is no rehearsal: what is in it is real.")


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What there is of a rehearsal: `stays` is what was given and promised in it.

    The rest is copied: so many sections, rates, milestones and announcements that were prepared,
    and the terms of promises, None where the fund has the usual ones.
    """

    stays: Totals
    sections: int
    rates: int
    milestones: int
    prepared: int
    terms: PledgeTerms | None


def rehearsed(session: Session, fund: Fund) -> Rehearsed:
    """Say what stays in a rehearsal and what is copied out of it; raises Invalid."""
    _refuse_unless_rehearsal(fund)
    everything = Scope.everything()
    return Rehearsed(
        stays=sum(totals.of_fund(session, fund.id, everything).values(), Totals()),
        sections=len(sections.of_fund(session, fund.id, everything)),
        rates=len(rates.current(session, fund)) - 1,
        milestones=len(funds.milestones(session, fund.id)),
        prepared=len(prepared.of_fund(session, fund.id, everything)),
        terms=pledge_terms.decided(session, fund.id),
    )


def start_for_real(parts: Parts, slug: str, address: str, name: str) -> Fund:
    """Copy a rehearsal into a draft at an address, close the rehearsal, and return the draft.

    Nobody is reminded any more of what they promised in the rehearsal: that ends with it.
    Raises UnknownFund, or Invalid, also when the address is taken: then nothing is done.
    """
    with parts.database.unit_of_work() as session:
        row = funds.locked(session, slug)
        old = funds.by_slug(session, slug)
        _refuse_unless_rehearsal(old)
        wanted = copy_settings(session, old, address, name, rehearsal=False)
        new = add_fund(session, parts, wanted)
        copy_things(session, parts, old, new)
        copy_terms(session, old, new)
        copy_prepared(session, old, new)
        new = funds.by_slug(session, address)
        closes = old.status in {FundStatus.OPEN, FundStatus.PAUSED}
        if closes:
            version = give_status(session, parts, row, FundStatus.CLOSED)
        record_creation(session, parts, new, copied_from=slug)
    if closes:
        parts.broker.announce(slug, version)
        round_pledges(parts, slug)
    parts.broker.announce(new.slug, new.version)
    return new


def _refuse_unless_rehearsal(fund: Fund) -> None:
    if not fund.rehearsal:
        raise Invalid(NO_REHEARSAL)
