"""Recovery codes: ten on paper, each stands in for the second factor once."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, update

from fundtracker.domain.attempts import factor_limits
from fundtracker.domain.audit import Action
from fundtracker.domain.codes import ALPHABET, LENGTH, recovery_code, shown_code
from fundtracker.domain.errors import N_, Invalid, NotSignedIn
from fundtracker.services.factors import ENDED, failed, refuse_unproved, shown
from fundtracker.services.record import record
from fundtracker.services.throttle import count_attempt
from fundtracker.store.base import fingerprints
from fundtracker.store.staff import RecoveryCodeRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.staff import Visitor
    from fundtracker.services.parts import Parts

HOW_MANY = 10
BY = "recovery code"
WRONG = N_("This is none of your recovery codes, or it was used already.")
NOTHING = N_("Set up a second factor first: recovery codes stand in for it.")


def make_codes(parts: Parts, who: Visitor) -> list[str]:
    """Return ten new codes, to be shown this once; those before them work no more.

    Raises NotSignedIn unless the second factor was shown a moment ago.
    """
    if not who.has_factor:
        raise Invalid(NOTHING)
    refuse_unproved(parts, who)
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(HOW_MANY)]
    with parts.database.unit_of_work() as session:
        session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.staff_id == who.staff_id))
        session.add_all(
            RecoveryCodeRow(staff_id=who.staff_id, digest=_digests(session, who.staff_id, code)[0])
            for code in codes
        )
        record(session, parts, Action.CODES_MADE, f"staff:{who.token}")
    return [shown_code(code) for code in codes]


def codes_left(session: Session, staff_id: int) -> int:
    """How many codes somebody has not used yet."""
    query = select(func.count()).where(
        RecoveryCodeRow.staff_id == staff_id, RecoveryCodeRow.used_at.is_(None)
    )
    return session.scalar(query) or 0


def show_recovery_code(parts: Parts, who: Visitor, typed: str) -> str:
    """Prove who somebody is by a recovery code, which works once; return the session's new key.

    Raises Invalid, TooManyRequests, and NotSignedIn for the wrong code that ends the session.
    """
    code = recovery_code(typed)
    counted = count_attempt(parts, factor_limits(who.token, who.session_id))
    with parts.database.unit_of_work() as session:
        if _take_code(session, parts, who.staff_id, code):
            return shown(session, parts, who, counted, BY)
        ended = failed(session, parts, who, BY)
    if ended:
        raise NotSignedIn(ENDED)
    raise Invalid(WRONG, field="recovery")


def _take_code(session: Session, parts: Parts, staff_id: int, code: str) -> bool:
    """Use a code up: of two who bring the same at once, the database lets one have it."""
    taken = session.execute(
        update(RecoveryCodeRow)
        .where(
            RecoveryCodeRow.staff_id == staff_id,
            RecoveryCodeRow.digest.in_(_digests(session, staff_id, code)),
            RecoveryCodeRow.used_at.is_(None),
        )
        .values(used_at=parts.clock())
        .returning(RecoveryCodeRow.id),
    )
    return taken.scalar() is not None


def _digests(session: Session, staff_id: int, code: str) -> list[str]:
    return fingerprints(session, f"recovery:{staff_id}:{code}")
