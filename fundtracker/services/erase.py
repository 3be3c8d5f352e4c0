"""Erase the personal data of an entry of the audit log; what was done stays recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.chain import erasure_subject
from fundtracker.domain.errors import N_, NotFound
from fundtracker.services.record import record
from fundtracker.store import audit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.services.parts import Parts


def erase_private(session: Session, parts: Parts, number: int) -> None:
    """Erase names, addresses and reasons of an entry, and record that; raises NotFound.

    The chain holds without them: it covers a commitment in their place.
    """
    row = audit.erase(session, number)
    if row is None:
        raise NotFound(
            N_("There is no entry %(number)s with private details."),
            number=number,
        )
    record(
        session,
        parts,
        Action.DETAILS_ERASED,
        erasure_subject(number),
        fund_id=row.fund_id,
        section_id=row.section_id,
    )
