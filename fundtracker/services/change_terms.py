"""Change the terms on which a fund takes promises, and say up to which day the bank is entered."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fundtracker.domain.audit import Action
from fundtracker.domain.editions import differences, refuse_stale
from fundtracker.domain.pledge_terms import check_terms
from fundtracker.services.record import record
from fundtracker.store import funds, pledge_terms

if TYPE_CHECKING:
    from fundtracker.domain.pledge_terms import PledgeTerms
    from fundtracker.services.parts import Parts


def change_terms(
    parts: Parts, slug: str, wanted: PledgeTerms, *, made_from: str | None = None
) -> bool:
    """Change the terms of a fund; return whether any of them differed.

    Promises that count already go on counting. Raises UnknownFund, Invalid, or Changed where they
    are not those that the form was made from.
    """
    with parts.database.unit_of_work() as session:
        row = funds.locked(session, slug)
        before = pledge_terms.of_fund(session, funds.by_slug(session, slug))
        refuse_stale(made_from, before)
        check_terms(wanted, parts.clock().astimezone(ZoneInfo(row.timezone)).date())
        if wanted == before:
            return False
        pledge_terms.save(session, row.id, wanted)
        old, new = differences(before, wanted)
        subject = f"fund:{slug}"
        record(session, parts, Action.FUND_CHANGED, subject, fund_id=row.id, before=old, after=new)
    return True
