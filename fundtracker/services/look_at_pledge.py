"""Look at whose a pledge is: whoever looks is written down."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.services.record import record
from fundtracker.store import pledge_history, pledges

if TYPE_CHECKING:
    from fundtracker.domain.scope import Scope
    from fundtracker.services.parts import Parts
    from fundtracker.store.pledge_history import Promiser


def look_at_pledge(parts: Parts, token: str, names: Scope, emails: Scope) -> Promiser:
    """Return name and message of a pledge, and the address where that may be seen as well.

    Raises UnknownPledge out of the scope of `names`.
    """
    with parts.database.unit_of_work() as session:
        row = pledges.by_token(session, token, names)
        record(
            session,
            parts,
            Action.NAMES_READ,
            f"pledge:{row.number}",
            fund_id=row.fund_id,
            section_id=row.section_id,
        )
        found = pledge_history.promiser_of(session, row.id)
        return found if emails.allows(row.fund_id, row.section_id) else replace(found, email=None)
