"""Sign in with an address and a password, half or whole, and out again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.actors import Actor
from fundtracker.domain.attempts import password_limits
from fundtracker.domain.audit import Action
from fundtracker.domain.emails import email_address
from fundtracker.domain.errors import N_, Invalid, InvalidText
from fundtracker.services import passwords
from fundtracker.services.record import record
from fundtracker.services.sessions import begin_session, end_session, end_sessions
from fundtracker.services.throttle import count_attempt
from fundtracker.store import attempts, people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from fundtracker.domain.staff import Visitor
    from fundtracker.services.parts import Parts
    from fundtracker.store.staff import StaffRow

# One sentence whatever was wrong: it must not tell whether there is such an account.
WRONG = N_("This e-mail address and this password do not belong together.")
# In the log, what nobody here is called.
STRANGER = "staff:unknown"


@dataclass(frozen=True, slots=True)
class _Judged:
    """A password that was compared: with what, whether it was right, what to keep from now on."""

    kept: str | None
    right: bool
    renewed: str | None = None


def sign_in(parts: Parts, typed_email: str, password: str, *, device: str = "") -> str:
    """Begin a session and return the key for its cookie.

    `device` names a browser at which somebody with this address has signed in before.

    Raises Invalid, in the same words and after the same work whether or not the account is there,
    and TooManyRequests. The actor's place is where the attempt came from.
    """
    email = known_spelling(typed_email)
    counted = count_attempt(parts, password_limits(email, parts.actor.place, device))
    judged = _judge(parts, email, password)
    with parts.database.unit_of_work() as session:
        row = people.row_by_email(session, email)
        key = None
        if row is not None and judged.right and may_enter(row, judged.kept):
            row.password = judged.renewed or row.password
            key = enter(session, parts, row, counted, proved=False, by="password")
        else:
            _record_failure(session, parts, row)
    if key is None:
        raise Invalid(WRONG, field="email")
    return key


def sign_out(parts: Parts, who: Visitor) -> None:
    """End a session."""
    with parts.database.unit_of_work() as session:
        end_session(session, who.session_id, parts.clock())
        record(session, parts, Action.SIGNED_OUT, f"staff:{who.token}")


def sign_out_elsewhere(parts: Parts, who: Visitor) -> None:
    """End every session of somebody but for the one in which they ask for it."""
    with parts.database.unit_of_work() as session:
        end_sessions(session, who.staff_id, parts.clock(), keep=who.session_id)
        record(session, parts, Action.SESSIONS_ENDED, f"staff:{who.token}")


def known_spelling(email: str) -> str:
    """Return an address as it is kept; empty for what is no address, which nobody has."""
    try:
        return email_address(email)
    except InvalidText:
        return ""


def may_enter(row: StaffRow, kept: str | None) -> bool:
    """Tell whether somebody is still let in with the password that was compared."""
    return row.disabled_at is None and row.password == kept


def enter(
    session: Session,
    parts: Parts,
    row: StaffRow,
    counted: Sequence[int],
    *,
    proved: bool,
    by: str,
) -> str:
    """Begin a session for somebody who proved who they are, last in a unit of work."""
    attempts.forgive(session, counted)
    key = begin_session(session, row, parts.clock(), proved=proved)
    own = parts.acting(Actor.staff(row.token, parts.actor.place))
    record(session, own, Action.SIGNED_IN, f"staff:{row.token}", after={"by": by})
    return key


def _judge(parts: Parts, email: str, password: str) -> _Judged:
    """Compare a password, outside any transaction: that takes as long as a hundred writes."""
    with parts.database.reading() as session:
        row = people.row_by_email(session, email)
        kept = None if row is None else row.password
    right = passwords.matches(kept, password)
    renewed = passwords.renewed(kept, password) if right and kept is not None else None
    return _Judged(kept, right, renewed)


def _record_failure(session: Session, parts: Parts, row: StaffRow | None) -> None:
    subject = STRANGER if row is None else f"staff:{row.token}"
    record(session, parts, Action.SIGN_IN_FAILED, subject)
