"""Authenticator apps: a secret that both sides keep, and a code of it every thirty seconds."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import TYPE_CHECKING

import pyotp
from sqlalchemy import or_, update

from fundtracker.domain.attempts import factor_limits
from fundtracker.domain.codes import authenticator_code
from fundtracker.domain.errors import N_, Invalid, NotSignedIn
from fundtracker.services.factors import ENDED, added, failed, refuse_unproved, removed, shown
from fundtracker.services.throttle import count_attempt
from fundtracker.store.staff import StaffRow, StaffSessionRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.staff import Visitor
    from fundtracker.services.parts import Parts

ISSUER = "Fundtracker"
BY = "authenticator"
# Clocks of phones are wrong by so many steps of thirty seconds at most.
_STEP = timedelta(seconds=30)
_DRIFT = 1

WRONG = N_("This code is wrong, or was used already. Please wait for the next one.")
NOT_YET = N_(
    "This code does not belong to this picture. Check that the clock of your phone is right,"
    " and enter the code that the app shows now."
)


def offer_secret(parts: Parts, who: Visitor) -> str:
    """Return the secret that is offered in this session, the same until it is confirmed."""
    with parts.database.reading() as session:
        offered = session.get_one(StaffSessionRow, who.session_id).offered_secret
    if offered is not None:
        return offered
    with parts.database.unit_of_work() as session:
        row = session.get_one(StaffSessionRow, who.session_id, with_for_update=True)
        row.offered_secret = row.offered_secret or pyotp.random_base32()
        return row.offered_secret


def address_of(secret: str, name: str) -> str:
    """Return what the picture says to an app: the secret, and whose it is."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def confirm_secret(parts: Parts, who: Visitor, typed: str, password: str = "") -> str:
    """Keep the offered secret, now that an app has made a code of it; return the session's key.

    Raises Invalid, NotSignedIn and TooManyRequests.
    """
    code = authenticator_code(typed)
    refuse_unproved(parts, who, password)
    now = parts.clock()
    with parts.database.unit_of_work() as session:
        secret = session.get_one(StaffSessionRow, who.session_id).offered_secret
        step = None if secret is None else _step_of(secret, code, now)
        if step is None:
            raise Invalid(NOT_YET, field="code")
        row = session.get_one(StaffRow, who.staff_id)
        row.totp_secret, row.totp_step = secret, step
        return added(session, parts, who, BY)


def show_code(parts: Parts, who: Visitor, typed: str) -> str:
    """Prove who somebody is by a code, which works once; return the session's new key.

    Raises Invalid, TooManyRequests, and NotSignedIn for the wrong code that ends the session.
    """
    code = authenticator_code(typed)
    counted = count_attempt(parts, factor_limits(who.token, who.session_id))
    with parts.database.unit_of_work() as session:
        if _take_code(session, who.staff_id, code, parts.clock()):
            return shown(session, parts, who, counted, BY)
        ended = failed(session, parts, who, BY)
    if ended:
        raise NotSignedIn(ENDED)
    raise Invalid(WRONG, field="code")


def remove_authenticator(parts: Parts, who: Visitor) -> None:
    """Forget the app's secret; raises Invalid where nothing would be left that is needed."""
    refuse_unproved(parts, who)
    with parts.database.unit_of_work() as session:
        row = session.get_one(StaffRow, who.staff_id, with_for_update=True)
        if row.totp_secret is None:
            return
        row.totp_secret = row.totp_step = None
        removed(session, parts, who, row, BY)


def _take_code(session: Session, staff_id: int, code: str, now: datetime) -> bool:
    """Use a code up: of two who bring the same at once, the database lets one have it."""
    secret = session.get_one(StaffRow, staff_id).totp_secret
    step = None if secret is None else _step_of(secret, code, now)
    if step is None:
        return False
    taken = session.execute(
        update(StaffRow)
        .where(
            StaffRow.id == staff_id, or_(StaffRow.totp_step.is_(None), StaffRow.totp_step < step)
        )
        .values(totp_step=step)
        .returning(StaffRow.id),
    )
    return taken.scalar() is not None


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the step whose code this is, among those that a clock may show."""
    totp = pyotp.TOTP(secret)
    current = int(now.timestamp()) // int(_STEP.total_seconds())
    for step in range(current - _DRIFT, current + _DRIFT + 1):
        if hmac.compare_digest(totp.generate_otp(step), code):
            return step
    return None
