"""Links that let somebody in once: to accept an invitation, or to choose a new password.

A link carries a random number and our signature over it. The database keeps the number's digest
alone, so that nobody who reads it can open anything, and a forged link is refused unread.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from fundtracker.domain.errors import DeadLink
from fundtracker.store.base import fingerprints
from fundtracker.store.staff import LinkRow, StaffRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.services.parts import Parts

LONGEST = 200


class LinkKind(StrEnum):
    """What a link is for."""

    INVITATION = "invitation"
    RESET = "reset"


LIFETIMES = {LinkKind.INVITATION: timedelta(days=7), LinkKind.RESET: timedelta(hours=1)}
# The addresses of the pages that open them.
_PAGES = {LinkKind.INVITATION: "/account/welcome/", LinkKind.RESET: "/account/reset/"}


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is sent; whoever has the address can choose the password, once."""

    address: str
    expires_at: datetime


def make_link(session: Session, parts: Parts, staff_id: int, kind: LinkKind) -> Link:
    """Return a new link; those of the same kind that were made before end."""
    end_links(session, parts, staff_id, kind)
    number = secrets.token_urlsafe(32)
    expires_at = parts.clock() + LIFETIMES[kind]
    row = LinkRow(key=_digest(number), staff_id=staff_id, kind=kind, expires_at=expires_at)
    session.add(row)
    signature = fingerprints(session, _signed(kind, number))[0]
    return Link(f"{parts.public_url}{_PAGES[kind]}{number}.{signature}", expires_at)


def open_link(session: Session, parts: Parts, kind: LinkKind, token: str) -> StaffRow:
    """Return whose link it is, and leave it as it was; raises DeadLink.

    Mail programs look at links before people do: only `use_link` uses one up.
    """
    row = session.scalar(
        select(StaffRow)
        .join(LinkRow, LinkRow.staff_id == StaffRow.id)
        .where(
            LinkRow.key == _key(session, kind, token),
            LinkRow.kind == kind,
            LinkRow.used_at.is_(None),
            LinkRow.expires_at > parts.clock(),
            StaffRow.disabled_at.is_(None),
        ),
    )
    if row is None:
        raise DeadLink
    return row


def use_link(session: Session, parts: Parts, kind: LinkKind, token: str) -> StaffRow:
    """Return whose link it is, and use it up: of two who come at once one raises DeadLink."""
    row = open_link(session, parts, kind, token)
    used = session.execute(
        update(LinkRow)
        .where(LinkRow.key == _key(session, kind, token), LinkRow.used_at.is_(None))
        .values(used_at=parts.clock())
        .returning(LinkRow.id),
    )
    if used.scalar() is None:
        raise DeadLink
    return row


def end_links(session: Session, parts: Parts, staff_id: int, kind: LinkKind) -> None:
    """Let somebody's links of a kind open nothing any more."""
    session.execute(
        update(LinkRow)
        .where(LinkRow.staff_id == staff_id, LinkRow.kind == kind, LinkRow.used_at.is_(None))
        .values(used_at=parts.clock()),
    )


def _key(session: Session, kind: LinkKind, token: str) -> str:
    number, _, signature = token.partition(".")
    signatures = fingerprints(session, _signed(kind, number[:LONGEST]))
    if not any(hmac.compare_digest(own.encode(), signature.encode()) for own in signatures):
        raise DeadLink
    return _digest(number)


def _signed(kind: LinkKind, number: str) -> str:
    return f"link:{kind}:{number}"


def _digest(number: str) -> str:
    return sha256(number.encode()).hexdigest()
