"""The key to a pledge's own page: its token with our signature over it.

Treasurers and auditors have the token in the addresses of their pages; it must not let them act as
whoever promised. Nor does whoever reads the database learn a key from it.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from fundtracker.domain.errors import UnknownPledge
from fundtracker.store.base import fingerprints

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.services.parts import Parts

# Half of the digest: 128 bits that nobody guesses, in an address that people may have to copy.
_LENGTH = 32
_LONGEST = 100


def page_key(session: Session, token: str) -> str:
    """Return the key to the page of a pledge."""
    return f"{token}.{_signatures(session, token)[0]}"


def token_of(parts: Parts, key: str) -> str:
    """Return the token of the pledge whose page a key opens; raises UnknownPledge."""
    token, _, signature = key.partition(".")
    with parts.database.reading() as session:
        known = _signatures(session, token[:_LONGEST])
    if not any(hmac.compare_digest(own.encode(), signature.encode()) for own in known):
        raise UnknownPledge
    return token


def _signatures(session: Session, token: str) -> list[str]:
    return [each[:_LENGTH] for each in fingerprints(session, f"pledge page:{token}")]
