"""Members of staff, what they may do, and by what they prove who they are."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, LargeBinary, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.staff import IDLE, Visitor
from fundtracker.store.base import Base, Encrypted, Key, Private

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session


class StaffRow(Base):
    """A member of staff. Journals and the audit log know them by `token`, which says nothing.

    `email_key` finds the encrypted address. `totp_step` is the last time step whose code was
    taken: a code works once. Without a password an invitation waits to be accepted.
    """

    __tablename__ = "staff"

    id: Mapped[Key]
    token: Mapped[str] = mapped_column(unique=True)
    email: Mapped[str] = mapped_column(Encrypted)
    email_key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(Encrypted)
    password: Mapped[str | None]
    totp_secret: Mapped[Private]
    totp_step: Mapped[int | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class GrantRow(Base):
    """A role, for a fund or all (NULL), for a section or all (NULL), until it is taken away."""

    __tablename__ = "staff_grant"

    id: Mapped[Key]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    role: Mapped[str]
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"))
    section_id: Mapped[int | None] = mapped_column(ForeignKey("section.id"))
    sees_names: Mapped[bool] = mapped_column(default=False)
    sees_emails: Mapped[bool] = mapped_column(default=False)
    granted_by: Mapped[str]
    granted_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class StaffSessionRow(Base):
    """Somebody signed in at one browser; the cookie carries what `key` is the digest of.

    `proved_at` is when the second factor was shown last, NULL while only the password was.
    `offered_secret` was shown to be put into an authenticator, and waits for its first code.
    """

    __tablename__ = "staff_session"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    proved_at: Mapped[datetime | None]
    offered_secret: Mapped[Private]
    ended_at: Mapped[datetime | None]


class PasskeyRow(Base):
    """A credential of WebAuthn's."""

    __tablename__ = "passkey"

    id: Mapped[Key]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    label: Mapped[str]
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SpentChallengeRow(Base):
    """A challenge of WebAuthn's that was answered: an answer is worth something once."""

    __tablename__ = "spent_challenge"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime]


class RecoveryCodeRow(Base):
    """A code that stands in for the second factor once; only its digest is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[Key]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    digest: Mapped[str]
    used_at: Mapped[datetime | None]


class LinkRow(Base):
    """A link that was sent to somebody: to accept an invitation, or to choose a new password."""

    __tablename__ = "staff_link"

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    kind: Mapped[str]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class AttemptRow(Base):
    """A failed proof of who somebody is, counted against the account and the address it came from.

    `subject` is a digest: of the typed address, or of the place. After `expires_at` no limit looks
    back to it.
    """

    __tablename__ = "sign_in_attempt"

    id: Mapped[Key]
    subject: Mapped[str]
    at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (Index("ix_sign_in_attempt_subject", "subject", "at"),)


# In the order of a grant's own fields.
_GRANT = (
    GrantRow.role,
    GrantRow.fund_id,
    GrantRow.section_id,
    GrantRow.sees_names,
    GrantRow.sees_emails,
    GrantRow.id,
)
_HAS_FACTOR = or_(
    StaffRow.totp_secret.is_not(None), exists().where(PasskeyRow.staff_id == StaffRow.id)
)
_GOING_ON = (
    StaffSessionRow.ended_at.is_(None),
    StaffSessionRow.expires_at > bindparam("now"),
    StaffSessionRow.seen_at > bindparam("idle"),
    StaffRow.disabled_at.is_(None),
)
# Asked with every page: one question, and no address and no secret is deciphered for it.
_VISITOR = (
    select(
        StaffRow.id,
        StaffRow.token,
        StaffRow.name,
        _HAS_FACTOR,
        StaffSessionRow.id,
        StaffSessionRow.proved_at,
        StaffSessionRow.seen_at,
        *_GRANT,
    )
    .join(StaffRow, StaffRow.id == StaffSessionRow.staff_id)
    .outerjoin(GrantRow, and_(GrantRow.staff_id == StaffRow.id, GrantRow.ended_at.is_(None)))
    .where(StaffSessionRow.key == bindparam("key"), *_GOING_ON)
    .order_by(GrantRow.id)
)


def visitor_of(session: Session, key: str, now: datetime) -> Visitor | None:
    """The member of staff whose session has this digest, unless it or they have ended."""
    rows: Sequence[Sequence[Any]] = session.execute(_VISITOR, {"key": key, **_going_on(now)}).all()
    if not rows:
        return None
    staff_id, token, name, proves, session_id, proved_at, seen_at = rows[0][: -len(_GRANT)]
    grants = (row[-len(_GRANT) :] for row in rows)
    return Visitor(
        staff_id=staff_id,
        token=token,
        name=name,
        session_id=session_id,
        grants=tuple(_grant(grant) for grant in grants if grant[0] is not None),
        has_factor=proves,
        proved_at=proved_at,
        seen_at=seen_at,
    )


def is_alive(session: Session, session_id: int, now: datetime) -> bool:
    """Tell whether a session goes on: neither it nor the person has been stopped meanwhile."""
    query = (
        select(StaffSessionRow.id)
        .join(StaffRow, StaffRow.id == StaffSessionRow.staff_id)
        .where(StaffSessionRow.id == session_id, *_GOING_ON)
    )
    return session.scalar(query, _going_on(now)) is not None


def sessions_of(session: Session, staff_id: int, now: datetime) -> list[StaffSessionRow]:
    """Where somebody is signed in, the latest first."""
    query = (
        select(StaffSessionRow)
        .join(StaffRow, StaffRow.id == StaffSessionRow.staff_id)
        .where(StaffSessionRow.staff_id == staff_id, *_GOING_ON)
        .order_by(StaffSessionRow.seen_at.desc(), StaffSessionRow.id.desc())
    )
    return list(session.scalars(query, _going_on(now)))


def _going_on(now: datetime) -> dict[str, datetime]:
    return {"now": now, "idle": now - IDLE}


def has_factor(session: Session, row: StaffRow) -> bool:
    """Tell whether somebody has a second factor to show."""
    return row.totp_secret is not None or bool(passkeys_of(session, row.id))


def passkeys_of(session: Session, staff_id: int) -> list[PasskeyRow]:
    """The passkeys of somebody, the oldest first."""
    query = select(PasskeyRow).where(PasskeyRow.staff_id == staff_id).order_by(PasskeyRow.id)
    return list(session.scalars(query))


def grants_of(session: Session, staff_id: int) -> list[Grant]:
    """What somebody may do at this moment."""
    query = select(*_GRANT).where(GrantRow.staff_id == staff_id, GrantRow.ended_at.is_(None))
    return [_grant(row) for row in session.execute(query.order_by(GrantRow.id))]


def _grant(row: Sequence[Any]) -> Grant:
    role, *rest = row
    return Grant(Role(role), *rest)


def names_of(session: Session, tokens: Collection[str]) -> dict[str, str]:
    """The names of members of staff by the tokens that stand in journals and in the log."""
    # Nothing else of them: addresses and secrets are not deciphered for it.
    query = select(StaffRow.token, StaffRow.name).where(StaffRow.token.in_(tokens))
    return {token: name for token, name in session.execute(query)}  # noqa: C416 - of pairs
