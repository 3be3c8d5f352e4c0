"""The link that is sent to an address which somebody named, to learn whether it is theirs.

It carries a random number and our signature over it; the database keeps the number's digest alone.
It opens as often as it is pressed while it holds: programs that read mail press it before people.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_, DeadLink
from fundtracker.store import pledge_contacts
from fundtracker.store.base import fingerprints

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.services.parts import Parts
    from fundtracker.store.pledge_contacts import PledgeContactRow

LIFETIME = timedelta(days=7)
_LONGEST = 200
_DEAD = N_(
    "This link does not work any more: it is too old, or a newer one was sent. Nothing was"
    " promised by it; you can promise again."
)


def make_link(session: Session, parts: Parts, pledge_id: int) -> tuple[str, datetime]:
    """Return a new link for a pledge that is locked, and when it ends; the one before ends now."""
    contact = pledge_contacts.of_pledge(session, pledge_id)
    number = secrets.token_urlsafe(32)
    contact.link_key, contact.link_until = _digest(number), parts.clock() + LIFETIME
    contact.answered_at = None
    signature = fingerprints(session, _signed(number))[0]
    return f"{parts.public_url}/p/answer/{number}.{signature}", contact.link_until


def open_link(session: Session, parts: Parts, token: str) -> PledgeContactRow:
    """Return the contact that a link belongs to; raises DeadLink."""
    number, _, signature = token.partition(".")
    signatures = fingerprints(session, _signed(number[:_LONGEST]))
    contact = None
    if any(hmac.compare_digest(own.encode(), signature.encode()) for own in signatures):
        contact = pledge_contacts.of_link(session, _digest(number), parts.clock())
    if contact is None:
        raise DeadLink(_DEAD)
    return contact


def _signed(number: str) -> str:
    return f"pledge:{number}"


def _digest(number: str) -> str:
    return sha256(number.encode()).hexdigest()
