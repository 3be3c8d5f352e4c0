"""What all second factors have in common: who may add one, and what follows when one is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete

from fundtracker.domain.attempts import MOST_CODES, factor_limits
from fundtracker.domain.audit import Action
from fundtracker.domain.errors import N_, Invalid, NotSignedIn
from fundtracker.services.changed_way_in import changed_way_in
from fundtracker.services.choose_password import confirm_password
from fundtracker.services.record import record
from fundtracker.services.sessions import end_session, prove_session
from fundtracker.store import attempts, staff
from fundtracker.store.staff import RecoveryCodeRow, StaffRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from fundtracker.domain.staff import Visitor
    from fundtracker.services.parts import Parts

LAST = N_("Your role needs a second factor. Add another one before you remove this one.")
ENDED = N_("That were too many wrong codes, and you were signed out. Please sign in again.")


def asks_password(who: Visitor) -> bool:
    """Tell whether somebody has to show their password to add their first second factor.

    Who is half signed in has just shown it; who has a second factor shows that instead.
    """
    return who.is_complete and not who.has_factor


def refuse_unproved(parts: Parts, who: Visitor, password: str = "") -> None:
    """Raise NotSignedIn or Invalid for a session that may be stolen, before factors are changed."""
    if who.has_factor and not who.is_fresh(parts.clock()):
        raise NotSignedIn
    if asks_password(who):
        confirm_password(parts, who, password, field="password")


def shown(session: Session, parts: Parts, who: Visitor, counted: Sequence[int], by: str) -> str:
    """Let a session count as proved, last in a unit of work; return its new key."""
    attempts.forgive(session, counted)
    attempts.clear(session, factor_limits(who.token, who.session_id)[0])
    key = prove_session(session, who.session_id, parts.clock())
    record(session, parts, Action.FACTOR_SHOWN, f"staff:{who.token}", after={"by": by})
    return key


def failed(session: Session, parts: Parts, who: Visitor, by: str) -> bool:
    """Record a wrong code, last in a unit of work; tell whether it ended the session."""
    now = parts.clock()
    guesses = attempts.count(session, factor_limits(who.token, who.session_id)[0], now)
    if guesses >= MOST_CODES:
        end_session(session, who.session_id, now)
    record(session, parts, Action.FACTOR_FAILED, f"staff:{who.token}", after={"by": by})
    return guesses >= MOST_CODES


def added(session: Session, parts: Parts, who: Visitor, kind: str) -> str:
    """Take note of a new second factor, last in a unit of work; return the session's new key.

    It was shown in being added, so this session is proved; the person's others end.
    """
    key = prove_session(session, who.session_id, parts.clock())
    row = session.get_one(StaffRow, who.staff_id)
    changed_way_in(session, parts, row, keep=who.session_id)
    record(session, parts, Action.FACTOR_ADDED, f"staff:{who.token}", after={"kind": kind})
    return key


def removed(session: Session, parts: Parts, who: Visitor, row: StaffRow, kind: str) -> None:
    """Take note that a second factor is gone, last in a unit of work.

    Raises Invalid where it was the last one and the grants need one. Without a second factor
    there is nothing that recovery codes stand in for.
    """
    session.flush()
    if not staff.has_factor(session, row):
        if who.needs_factor:
            raise Invalid(LAST)
        session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.staff_id == row.id))
    changed_way_in(session, parts, row, keep=who.session_id)
    record(session, parts, Action.FACTOR_REMOVED, f"staff:{who.token}", after={"kind": kind})
