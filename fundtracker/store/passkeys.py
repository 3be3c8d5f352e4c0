"""Passkeys by their credential, and the challenges that were answered."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from fundtracker.store.base import insert_into
from fundtracker.store.staff import PasskeyRow, SpentChallengeRow, StaffRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

# Longer than any challenge may wait for its answer.
KEPT = timedelta(days=1)


def owned(session: Session, credential_id: bytes) -> tuple[PasskeyRow, StaffRow] | None:
    """A passkey and whose it is."""
    query = (
        select(PasskeyRow, StaffRow)
        .join(StaffRow, StaffRow.id == PasskeyRow.staff_id)
        .where(PasskeyRow.credential_id == credential_id)
    )
    found = session.execute(query).one_or_none()
    return None if found is None else (found[0], found[1])


def note_use(session: Session, row: PasskeyRow, sign_count: int, now: datetime) -> bool:
    """Keep the count of signatures; tell whether nobody else used the passkey meanwhile."""
    noted = session.execute(
        update(PasskeyRow)
        .where(PasskeyRow.id == row.id, PasskeyRow.sign_count == row.sign_count)
        .values(sign_count=sign_count, used_at=now)
        .returning(PasskeyRow.id),
    )
    return noted.scalar() is not None


def spend(session: Session, challenge: bytes, now: datetime) -> bool:
    """Use a challenge up; tell whether it had not been used before."""
    session.execute(delete(SpentChallengeRow).where(SpentChallengeRow.at < now - KEPT))
    spent = session.execute(
        insert_into(session, SpentChallengeRow)
        .values(key=sha256(challenge).hexdigest(), at=now)
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(SpentChallengeRow.id),
    )
    return spent.scalar() is not None
