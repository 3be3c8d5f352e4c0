"""Choose a password: with the one before it, or by a link that was sent."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from fundtracker.domain.actors import Actor
from fundtracker.domain.attempts import password_limits, reset_limits
from fundtracker.domain.audit import Action
from fundtracker.domain.errors import N_, Invalid, NotSignedIn, TooManyRequests
from fundtracker.domain.passwords import check_password
from fundtracker.services import passwords
from fundtracker.services.changed_way_in import changed_way_in
from fundtracker.services.links import LinkKind, make_link, open_link, use_link
from fundtracker.services.notify import notify
from fundtracker.services.record import record
from fundtracker.services.schedule import LINK
from fundtracker.services.sessions import is_alive
from fundtracker.services.sign_in import STRANGER, enter, known_spelling
from fundtracker.services.throttle import count_attempt
from fundtracker.store import attempts, jobs, people
from fundtracker.store.staff import StaffRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.staff import Visitor
    from fundtracker.services.parts import Parts

NOT_YOURS = N_("This is not your password.")
# The subject of a job that has nothing to send: nobody has that id.
_NOBODY = "0"
SAME = N_("This is the password that you have already.")


def confirm_password(parts: Parts, who: Visitor, password: str, *, field: str) -> None:
    """Let somebody who is signed in show once more that they know their password.

    Raises Invalid and, for whoever guesses in somebody's session, TooManyRequests.
    """
    with parts.database.reading() as session:
        row = session.get_one(StaffRow, who.staff_id)
        email, kept = row.email, row.password
    # Who is signed in is not locked out by who guesses at the door.
    limits = password_limits(email, parts.actor.place, f"session {who.session_id}")
    counted = count_attempt(parts, limits)
    if not passwords.matches(kept, password):
        raise Invalid(NOT_YOURS, field=field)
    with parts.database.unit_of_work() as session:
        attempts.forgive(session, counted)


def change_password(parts: Parts, who: Visitor, current: str, chosen: str) -> None:
    """Choose another password; every other session ends. Raises Invalid or TooManyRequests."""
    with parts.database.reading() as session:
        row = session.get_one(StaffRow, who.staff_id)
        check_password(chosen, name=row.name, email=row.email)
    confirm_password(parts, who, current, field="current")
    if current == chosen:
        raise Invalid(SAME, field="password")
    kept = passwords.digest_of(chosen)
    with parts.database.unit_of_work() as session:
        if not is_alive(session, who.session_id, parts.clock()):
            raise NotSignedIn
        row = session.get_one(StaffRow, who.staff_id)
        _choose(session, parts, row, kept, keep=who.session_id)


def ask_for_link(parts: Parts, typed_email: str) -> None:
    """Have a link for a new password sent, if anybody has that address; nobody learns whether.

    Too many questions are answered like the others, and send nothing. The worker makes link and
    mail: who measures how long the answer takes must find the same with everybody and nobody.
    """
    email = known_spelling(typed_email)
    try:
        count_attempt(parts, reset_limits(email, parts.actor.place))
    except TooManyRequests:
        return
    with parts.database.unit_of_work() as session:
        row = people.row_by_email(session, email)
        to = row if row is not None and _may_reset(row) else None
        subject = _NOBODY if to is None else str(to.id)
        jobs.enqueue(session, f"{LINK}:{secrets.token_urlsafe(12)}", LINK, subject, parts.clock())
        if to is None:
            record(session, parts, Action.REFUSED, STRANGER, after={"refused": Action.LINK_SENT})
        else:
            record(session, parts, Action.LINK_SENT, f"staff:{to.token}", after={"by_mail": True})


def mail_link(parts: Parts, subject: str) -> None:
    """Send the link for a new password that was asked for, to who has this id."""
    with parts.database.unit_of_work() as session:
        row = session.get(StaffRow, int(subject))
        if row is None or not _may_reset(row):
            return
        link = make_link(session, parts, row.id, LinkKind.RESET)
        until = link.expires_at
        notify(
            session, parts, "reset", row.email, name=row.name, link=link.address, expires_at=until
        )


def whose_link(parts: Parts, kind: LinkKind, token: str) -> tuple[str, str]:
    """Return the name and the address of whom a link was sent to; raises DeadLink."""
    with parts.database.reading() as session:
        row = open_link(session, parts, kind, token)
        return row.name, row.email


def reset_password(parts: Parts, token: str, chosen: str) -> None:
    """Choose a password by a link; every session ends, the second factor stays.

    Raises Invalid, and DeadLink for a link that opens nothing.
    """
    kept = _checked(parts, LinkKind.RESET, token, chosen)
    with parts.database.unit_of_work() as session:
        row = use_link(session, parts, LinkKind.RESET, token)
        _choose(session, _own(parts, row), row, kept)


def accept_invitation(parts: Parts, token: str, chosen: str) -> str:
    """Choose the first password by a link, and return the key of a session.

    Raises Invalid, and DeadLink for a link that opens nothing.
    """
    kept = _checked(parts, LinkKind.INVITATION, token, chosen)
    with parts.database.unit_of_work() as session:
        row = use_link(session, parts, LinkKind.INVITATION, token)
        row.password = kept
        return enter(session, parts, row, (), proved=False, by="invitation")


def _may_reset(row: StaffRow) -> bool:
    """Tell whether somebody has a password, and may come in with another one."""
    return row.disabled_at is None and row.password is not None


def _checked(parts: Parts, kind: LinkKind, token: str, chosen: str) -> str:
    name, email = whose_link(parts, kind, token)
    check_password(chosen, name=name, email=email)
    return passwords.digest_of(chosen)


def _choose(
    session: Session, parts: Parts, row: StaffRow, kept: str, *, keep: int | None = None
) -> None:
    """Keep a password in place of the one before."""
    row.password = kept
    changed_way_in(session, parts, row, keep=keep)
    record(session, parts, Action.PASSWORD_CHANGED, f"staff:{row.token}")


def _own(parts: Parts, row: StaffRow) -> Parts:
    return parts.acting(Actor.staff(row.token, parts.actor.place))
