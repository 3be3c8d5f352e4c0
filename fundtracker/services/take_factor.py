"""Take away the second factor of somebody who has lost it: the next sign-in sets up another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import Changed
from fundtracker.services.change_member import MEANWHILE, changing, subject_of
from fundtracker.services.changed_way_in import changed_way_in
from fundtracker.services.record import record
from fundtracker.store import staff
from fundtracker.store.staff import PasskeyRow, RecoveryCodeRow

if TYPE_CHECKING:
    from fundtracker.domain.members import Seen
    from fundtracker.services.parts import Parts


def take_factor(parts: Parts, token: str, seen: Seen | None = None) -> None:
    """Remove every second factor of somebody, who is signed out everywhere and told by mail.

    The password stays, so that whoever finds the device has half of a key at most. Raises NotFound,
    and Changed where there is none.
    """
    with changing(parts, token, seen, Action.FACTOR_REMOVED) as (session, row):
        if not staff.has_factor(session, row):
            raise Changed(MEANWHILE)
        row.totp_secret = None
        for table in (PasskeyRow, RecoveryCodeRow):
            session.execute(delete(table).where(table.staff_id == row.id))
        changed_way_in(session, parts, row)
        record(session, parts, Action.FACTOR_REMOVED, subject_of(token), after={"kind": "all"})
