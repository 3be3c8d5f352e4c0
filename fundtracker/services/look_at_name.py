"""Look at what somebody wrote of themselves: whoever looks is written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import UnknownDonation
from fundtracker.services.record import record
from fundtracker.store import treasury
from fundtracker.store.donations import DonationRow
from fundtracker.store.treasury_history import words_of

if TYPE_CHECKING:
    from fundtracker.domain.scope import Scope
    from fundtracker.services.parts import Parts
    from fundtracker.store.treasury_history import Words


def look_at_name(parts: Parts, token: str, scope: Scope) -> Words:
    """Return name, message and reference of a donation; raises UnknownDonation out of scope."""
    with parts.database.unit_of_work() as session:
        line = treasury.by_token(session, token, scope)
        if line is None:
            raise UnknownDonation
        row = session.get_one(DonationRow, line.id)
        record(
            session,
            parts,
            Action.NAMES_READ,
            f"donation:{token}",
            fund_id=row.fund_id,
            section_id=row.section_id,
        )
        return words_of(session, line.id)
