"""Members of staff as administrators see them, and the locks under which they are changed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from fundtracker.domain.errors import NotFound
from fundtracker.domain.members import HeldGrant, Member, MemberState, Seen
from fundtracker.domain.roles import Grant, Role
from fundtracker.store.base import fingerprints
from fundtracker.store.funds import FundRow
from fundtracker.store.sections import SectionRow
from fundtracker.store.staff import GrantRow, PasskeyRow, StaffRow, StaffSessionRow

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope


def members(session: Session, scope: Scope) -> list[Member]:
    """Those who have a grant for a fund in scope, by name; everybody where the scope is everything.

    Of their grants, those for other funds are left out.
    """
    rows = session.scalars(select(StaffRow)).all()
    found = _members(session, rows, scope)
    return sorted(found, key=lambda member: (member.name.casefold(), member.id))


def member(session: Session, token: str, scope: Scope) -> Member:
    """One of them by their token; raises NotFound."""
    rows = session.scalars(select(StaffRow).where(StaffRow.token == token)).all()
    found = _members(session, rows, scope)
    if not found:
        raise NotFound
    return found[0]


def row_by_email(session: Session, email: str) -> StaffRow | None:
    """Somebody by their address, as `email_address` writes it."""
    query = select(StaffRow).where(StaffRow.email_key.in_(fingerprints(session, email)))
    return session.scalars(query).one_or_none()


def is_known(session: Session, token: str) -> bool:
    """Tell whether somebody has this token."""
    return session.scalar(select(StaffRow.id).where(StaffRow.token == token)) is not None


def able(session: Session, tokens: Collection[str]) -> set[str]:
    """Which of these may come in."""
    query = select(StaffRow.token).where(StaffRow.token.in_(tokens), StaffRow.disabled_at.is_(None))
    return set(session.scalars(query))


def locked(session: Session, token: str) -> StaffRow:
    """Somebody whom nobody else changes until the end of this unit of work; raises NotFound.

    With them all administrators are locked, always in the same order: whether one is the last can
    be decided by one at a time only.
    """
    administrators = select(GrantRow.staff_id).where(
        GrantRow.role == Role.ADMINISTRATOR, GrantRow.ended_at.is_(None)
    )
    query = (
        select(StaffRow)
        .where(or_(StaffRow.token == token, StaffRow.id.in_(administrators)))
        .order_by(StaffRow.id)
        # Sessions and grants that refer to these rows need not wait.
        .with_for_update(key_share=True)
    )
    for row in session.scalars(query).all():
        if row.token == token:
            return row
    raise NotFound


def is_last_administrator(session: Session, staff_id: int) -> bool:
    """Tell whether nobody else could sign in as an administrator; ask under `locked`."""
    query = (
        select(StaffRow.id)
        .join(GrantRow, GrantRow.staff_id == StaffRow.id)
        .where(
            GrantRow.role == Role.ADMINISTRATOR,
            GrantRow.ended_at.is_(None),
            StaffRow.disabled_at.is_(None),
            StaffRow.password.is_not(None),
        )
    )
    return set(session.scalars(query)) == {staff_id}


def seen(session: Session, row: StaffRow) -> Seen:
    """What a form about somebody would be made from at this moment."""
    query = select(GrantRow.id).where(GrantRow.staff_id == row.id, GrantRow.ended_at.is_(None))
    return Seen(row.disabled_at is not None, frozenset(session.scalars(query)))


def held(session: Session, grant_ids: Collection[int]) -> dict[int, HeldGrant]:
    """Grants by their ids, those that were taken away among them."""
    funds = dict(session.execute(select(FundRow.id, FundRow.name)).all())
    sections = dict(session.execute(select(SectionRow.id, SectionRow.name)).all())
    rows = session.scalars(select(GrantRow).where(GrantRow.id.in_(grant_ids)))
    return {
        row.id: HeldGrant(
            grant=_grant(row),
            fund="" if row.fund_id is None else funds[row.fund_id],
            section="" if row.section_id is None else sections[row.section_id],
        )
        for row in rows
    }


def _members(session: Session, rows: Collection[StaffRow], scope: Scope) -> list[Member]:
    ids = [row.id for row in rows]
    grants = _grants_by_owner(session, ids, scope)
    passkeys = set(session.scalars(select(PasskeyRow.staff_id).where(PasskeyRow.staff_id.in_(ids))))
    seen_at = dict(
        session.execute(
            select(StaffSessionRow.staff_id, func.max(StaffSessionRow.seen_at))
            .where(StaffSessionRow.staff_id.in_(ids))
            .group_by(StaffSessionRow.staff_id),
        ).all(),
    )
    return [
        Member(
            id=row.id,
            token=row.token,
            name=row.name,
            email=row.email,
            state=_state(row),
            has_factor=row.totp_secret is not None or row.id in passkeys,
            seen_at=seen_at.get(row.id),
            held=tuple(grants[row.id]),
        )
        for row in rows
        if scope.is_everything or grants[row.id]
    ]


def _grants_by_owner(
    session: Session, staff_ids: Collection[int], scope: Scope
) -> dict[int, list[HeldGrant]]:
    query = (
        select(GrantRow.id, GrantRow.staff_id)
        .where(GrantRow.staff_id.in_(staff_ids), GrantRow.ended_at.is_(None))
        .order_by(GrantRow.id)
    )
    owners = dict(session.execute(query).all())
    found = held(session, owners)
    grouped: dict[int, list[HeldGrant]] = defaultdict(list)
    for grant_id, staff_id in owners.items():
        fund_id = found[grant_id].grant.fund_id
        if fund_id is None or scope.allows_fund(fund_id):
            grouped[staff_id].append(found[grant_id])
    return grouped


def _state(row: StaffRow) -> MemberState:
    if row.disabled_at is not None:
        return MemberState.DISABLED
    return MemberState.INVITED if row.password is None else MemberState.ACTIVE


def _grant(row: GrantRow) -> Grant:
    return Grant(
        role=Role(row.role),
        fund_id=row.fund_id,
        section_id=row.section_id,
        sees_names=row.sees_names,
        sees_emails=row.sees_emails,
        id=row.id,
    )
