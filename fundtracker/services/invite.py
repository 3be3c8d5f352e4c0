"""Invite somebody: written down with a first grant, and sent a link to choose a password with."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from fundtracker.domain.audit import Action
from fundtracker.domain.emails import email_address
from fundtracker.domain.errors import N_, Changed, Invalid
from fundtracker.domain.members import staff_name
from fundtracker.services.change_member import MEANWHILE, changing, subject_of
from fundtracker.services.grant_role import add_grant, resolve
from fundtracker.services.links import LinkKind, make_link
from fundtracker.services.notify import notify
from fundtracker.services.record import record, record_refusal
from fundtracker.store import people
from fundtracker.store.base import fingerprints
from fundtracker.store.staff import StaffRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.members import NewGrant, Seen
    from fundtracker.services.parts import Parts

# The names of the mails that carry a link, by what the link is for.
_MAILS = {LinkKind.INVITATION: "invitation", LinkKind.RESET: "reset"}
TAKEN = N_("Somebody with this e-mail address is here already.")


@dataclass(frozen=True, slots=True)
class NewMember:
    """Somebody who is to be invited, as it is typed."""

    name: str
    email: str
    grant: NewGrant


@dataclass(frozen=True, slots=True)
class Sent:
    """A link and whom it is for; whoever holds it can choose the password."""

    token: str
    name: str
    email: str
    link: str
    expires_at: datetime


def invite(parts: Parts, wanted: NewMember, *, by_mail: bool = True) -> Sent:
    """Add a member of staff and make an invitation; raises Invalid with the field at fault."""
    try:
        return _invite(parts, wanted, by_mail=by_mail)
    except Invalid as error:
        record_refusal(parts, Action.STAFF_INVITED, subject_of("new"), error.message)
        raise


def send_link(parts: Parts, token: str, seen: Seen | None = None, *, by_mail: bool = True) -> Sent:
    """Make somebody another link: an invitation until there is a password, then one for a new one.

    Raises NotFound, and Changed for somebody who cannot sign in any more.
    """
    with changing(parts, token, seen, Action.LINK_SENT) as (session, row):
        if row.disabled_at is not None:
            raise Changed(MEANWHILE)
        sent = _send(session, parts, row, by_mail=by_mail)
        record(
            session,
            parts,
            Action.LINK_SENT,
            subject_of(token),
            after={"by_mail": by_mail},
        )
        return sent


def _invite(parts: Parts, wanted: NewMember, *, by_mail: bool) -> Sent:
    email = email_address(wanted.email)
    name = staff_name(wanted.name)
    with parts.database.unit_of_work() as session:
        if people.row_by_email(session, email) is not None:
            raise Invalid(TAKEN, field="email")
        grant = resolve(session, wanted.grant)
        row = StaffRow(
            token=secrets.token_urlsafe(9),
            email=email,
            email_key=fingerprints(session, email)[0],
            name=name,
            created_at=parts.clock(),
        )
        session.add(row)
        try:
            session.flush()
        except IntegrityError:
            # Somebody else invited the same person at the same moment.
            raise Invalid(TAKEN, field="email") from None
        sent = _send(session, parts, row, by_mail=by_mail)
        record(
            session,
            parts,
            Action.STAFF_INVITED,
            subject_of(row.token),
            after={"by_mail": by_mail},
            private={"name": name, "email": email},
        )
        add_grant(session, parts, row, grant)
        return sent


def _send(session: Session, parts: Parts, row: StaffRow, *, by_mail: bool) -> Sent:
    kind = LinkKind.INVITATION if row.password is None else LinkKind.RESET
    link = make_link(session, parts, row.id, kind)
    if by_mail:
        notify(
            session,
            parts,
            _MAILS[kind],
            row.email,
            name=row.name,
            link=link.address,
            expires_at=link.expires_at,
        )
    return Sent(row.token, row.name, row.email, link.address, link.expires_at)
