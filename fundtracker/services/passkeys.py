"""Passkeys: a key that never leaves a person's device signs a challenge of ours.

The device asks for a finger or a code before it signs, so a passkey is two factors by itself and
signs in without a password. A challenge is answered once, and within minutes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.attempts import passkey_limits
from fundtracker.domain.audit import Action
from fundtracker.domain.errors import N_, Invalid, NotFound
from fundtracker.domain.text import clean_line
from fundtracker.services.factors import added, refuse_unproved, removed, shown
from fundtracker.services.passkey_ceremony import read_answer, verify_answer, verify_creation
from fundtracker.services.record import record
from fundtracker.services.sign_in import STRANGER, enter
from fundtracker.services.throttle import count_attempt
from fundtracker.store import passkeys
from fundtracker.store.staff import PasskeyRow, StaffRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.staff import Visitor
    from fundtracker.services.parts import Parts
    from fundtracker.services.passkey_ceremony import Challenge

BY = "passkey"
LONGEST_LABEL = 40

REFUSED = N_("This passkey was not accepted. Please try again, or sign in in another way.")
NOT_ADDED = N_("This passkey could not be added. Please try again.")
KNOWN = N_("This passkey is here already.")


def add_passkey(
    parts: Parts, who: Visitor, challenge: Challenge, made: str, label: str, password: str = ""
) -> str:
    """Keep a passkey that a device made for the challenge; return the session's new key.

    Raises Invalid, NotSignedIn and TooManyRequests.
    """
    label = clean_line(label, field="label", limit=LONGEST_LABEL) or BY
    refuse_unproved(parts, who, password)
    now = parts.clock()
    found = None if challenge.is_over(now) else verify_creation(parts, challenge, made)
    if found is None:
        raise Invalid(NOT_ADDED, field="passkey")
    with parts.database.unit_of_work() as session:
        if not passkeys.spend(session, challenge.value, now):
            raise Invalid(NOT_ADDED, field="passkey")
        if passkeys.owned(session, found.credential_id) is not None:
            raise Invalid(KNOWN, field="passkey")
        row = PasskeyRow(
            staff_id=who.staff_id,
            credential_id=found.credential_id,
            public_key=found.credential_public_key,
            sign_count=found.sign_count,
            label=label,
            created_at=now,
        )
        session.add(row)
        return added(session, parts, who, BY)


def sign_in_with_passkey(parts: Parts, challenge: Challenge, answer: str) -> str:
    """Begin a session of whoever's passkey signed the challenge; return the key for the cookie.

    Raises Invalid and TooManyRequests.
    """
    counted = count_attempt(parts, passkey_limits(parts.actor.place))
    with parts.database.unit_of_work() as session:
        row = _signer(session, parts, challenge, answer)
        if row is not None:
            return enter(session, parts, row, counted, proved=True, by=BY)
        record(session, parts, Action.SIGN_IN_FAILED, STRANGER, after={"by": BY})
    raise Invalid(REFUSED, field="passkey")


def show_passkey(parts: Parts, who: Visitor, challenge: Challenge, answer: str) -> str:
    """Prove who somebody is by one of their passkeys; return the session's new key.

    Raises Invalid, NotSignedIn and TooManyRequests.
    """
    counted = count_attempt(parts, passkey_limits(parts.actor.place))
    with parts.database.unit_of_work() as session:
        row = _signer(session, parts, challenge, answer)
        if row is not None and row.id == who.staff_id:
            return shown(session, parts, who, counted, BY)
        record(session, parts, Action.FACTOR_FAILED, f"staff:{who.token}", after={"by": BY})
    raise Invalid(REFUSED, field="passkey")


def remove_passkey(parts: Parts, who: Visitor, passkey_id: int) -> None:
    """Forget a passkey; raises NotFound, and Invalid where nothing would be left that is needed."""
    refuse_unproved(parts, who)
    with parts.database.unit_of_work() as session:
        row = session.get_one(StaffRow, who.staff_id, with_for_update=True)
        found = session.get(PasskeyRow, passkey_id)
        if found is None or found.staff_id != row.id:
            raise NotFound
        session.delete(found)
        removed(session, parts, who, row, BY)


def _signer(session: Session, parts: Parts, challenge: Challenge, answer: str) -> StaffRow | None:
    """Return whose passkey signed the challenge, or None where anything is wrong with that."""
    now = parts.clock()
    signed = None if challenge.is_over(now) else read_answer(answer)
    found = None if signed is None else passkeys.owned(session, signed.raw_id)
    if signed is None or found is None:
        return None
    passkey, row = found
    verified = verify_answer(parts, challenge, signed, passkey)
    if verified is None or signed.response.user_handle not in {None, row.token.encode()}:
        return None
    if row.disabled_at is not None or not passkeys.spend(session, challenge.value, now):
        return None
    used = passkeys.note_use(session, passkey, verified.new_sign_count, now)
    return row if used else None
