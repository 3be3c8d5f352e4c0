"""Claim a pledge: whoever has the slip of a promise without a name finds its page by the number.

The number opens nothing once somebody has a name or an address written on it, nor what was promised
online or by a section: their owners have the page's address. Every wrong number is answered alike,
and counted before it is judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.attempts import claim_limits
from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.pledges import PledgeSource
from fundtracker.services.pledge_keys import page_key
from fundtracker.services.purpose import payable
from fundtracker.services.throttle import count_attempt
from fundtracker.store import attempts, funds, pledge_contacts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.services.parts import Parts

_UNKNOWN = N_(
    "No promise without a name has this number in this fund. Please check each letter. If a name is"
    " on it already, the way to its page was sent by mail; the treasurer helps you too."
)


def claim_pledge(parts: Parts, slug: str, typed: str, place: str) -> str:
    """Return the key to the page that a number leads to; raises Invalid or TooManyRequests."""
    counted = count_attempt(parts, claim_limits(place))
    with parts.database.reading() as session:
        key = _key(session, slug, typed)
    if key is None:
        raise Invalid(_UNKNOWN, field="number")
    with parts.database.unit_of_work() as session:
        attempts.forgive(session, counted)
    return key


def _key(session: Session, slug: str, typed: str) -> str | None:
    row = payable(session, funds.by_slug(session, slug), typed)
    if row is None or row.source != PledgeSource.FLOOR or row.email_key is not None:
        return None
    return None if pledge_contacts.is_named(session, row.id) else page_key(session, row.token)
