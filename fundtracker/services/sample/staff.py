"""The sample's staff: one account per role, and a Swedish treasurer, for whom Britain is not there.

Nobody knows their passwords, or has their second factor. They are signed in by one click, where the
demo allows that.
"""

from __future__ import annotations

import secrets
from base64 import b32encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.actors import Actor
from fundtracker.domain.audit import Action
from fundtracker.domain.errors import NotFound
from fundtracker.domain.members import NewGrant
from fundtracker.domain.roles import Role
from fundtracker.services.grant_role import add_grant, resolve
from fundtracker.services.passwords import NOBODYS
from fundtracker.services.record import record
from fundtracker.services.sessions import begin_session
from fundtracker.store import people
from fundtracker.store.base import fingerprints
from fundtracker.store.staff import StaffRow

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts


@dataclass(frozen=True, slots=True)
class SampleMember:
    """Somebody of the sample; a token of these words is never drawn for anybody else."""

    token: str
    name: str
    grant: NewGrant

    @property
    def email(self) -> str:
        """An address to which no mail goes: the domain is reserved for examples."""
        return f"{self.token.removeprefix('sample-')}@staff.example.org"


STAFF = (
    SampleMember("sample-administrator", "Amina Diallo", NewGrant(Role.ADMINISTRATOR)),
    SampleMember(
        "sample-central-treasurer",
        "Carla Rossi",
        NewGrant(Role.CENTRAL_TREASURER, sees_names=True, sees_emails=True),
    ),
    SampleMember(
        "sample-treasurer-se", "Signe Lindqvist", NewGrant(Role.SECTION_TREASURER, section="SE")
    ),
    SampleMember("sample-teller", "Tomás Vega", NewGrant(Role.TELLER)),
    SampleMember("sample-screen-operator", "Sam O’Neill", NewGrant(Role.SCREEN_OPERATOR)),
    SampleMember("sample-auditor", "Aya Tanaka", NewGrant(Role.AUDITOR)),
)


def seed_staff(parts: Parts) -> int:
    """Make those of them who are not there yet; return how many.

    Raises Invalid while there is no section for the Swedish treasurer.
    """
    return sum(_make(parts, member) for member in STAFF)


def present(parts: Parts) -> list[SampleMember]:
    """Those of them who are there and may come in."""
    with parts.database.reading() as session:
        known = people.able(session, [member.token for member in STAFF])
    return [member for member in STAFF if member.token in known]


def sign_in_as(parts: Parts, token: str) -> str:
    """Sign in as one of them with everything proved, and return the key for the cookie.

    Raises NotFound for anybody else, whoever they are.
    """
    if token not in {member.token for member in present(parts)}:
        raise NotFound
    themselves = parts.acting(Actor.staff(token, parts.actor.place))
    with parts.database.unit_of_work() as session:
        row = people.locked(session, token)
        key = begin_session(session, row, parts.clock(), proved=True)
        record(session, themselves, Action.SIGNED_IN, f"staff:{token}", after={"by": "demo"})
    return key


def _make(parts: Parts, member: SampleMember) -> bool:
    with parts.database.unit_of_work() as session:
        if people.is_known(session, member.token):
            return False
        row = StaffRow(
            token=member.token,
            email=member.email,
            email_key=fingerprints(session, member.email)[0],
            name=member.name,
            password=NOBODYS,
            # So that nothing asks them to set one up.
            totp_secret=b32encode(secrets.token_bytes(20)).decode(),
            created_at=parts.clock(),
        )
        session.add(row)
        session.flush()
        add_grant(session, parts, row, resolve(session, member.grant))
        return True
