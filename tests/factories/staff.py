"""Members of staff with honest defaults."""

from __future__ import annotations

import itertools
import secrets
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from fundtracker.store.base import fingerprints
from fundtracker.store.staff import GrantRow, StaffRow, StaffSessionRow
from tests.factories.rows import NOW

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.roles import Grant

_NUMBERS = itertools.count(1)


def a_member(session: Session, *grants: Grant, **fields: Any) -> StaffRow:  # noqa: ANN401 - whatever columns there are
    """Add a member of staff with these grants, and a second factor that nobody knows."""
    number = next(_NUMBERS)
    email = f"member-{number}@example.org"
    row = StaffRow(
        **{
            "token": f"member-{number}",
            "email": email,
            "email_key": fingerprints(session, email)[0],
            "name": f"Member {number}",
            "password": None,
            "totp_secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
            "created_at": NOW,
        }
        | fields,
    )
    session.add(row)
    session.flush()
    session.add_all(
        GrantRow(
            staff_id=row.id,
            role=grant.role,
            fund_id=grant.fund_id,
            section_id=grant.section_id,
            sees_names=grant.sees_names,
            sees_emails=grant.sees_emails,
            granted_by="command:test",
            granted_at=NOW,
        )
        for grant in grants
    )
    session.flush()
    return row


def a_session(session: Session, member: StaffRow, now: datetime, *, proved: bool = True) -> str:
    """Sign a member of staff in at a browser, and return the key for its cookie."""
    key = secrets.token_urlsafe(16)
    session.add(
        StaffSessionRow(
            key=sha256(key.encode()).hexdigest(),
            staff_id=member.id,
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(hours=12),
            proved_at=now if proved else None,
        ),
    )
    session.flush()
    return key
