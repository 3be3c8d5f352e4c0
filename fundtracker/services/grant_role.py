"""Grant a role to somebody, and take it away; what was granted is ended, never deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import N_, Invalid, NotFound
from fundtracker.domain.members import role_of
from fundtracker.domain.roles import Grant, Role, check_grant
from fundtracker.services.change_member import changing, refuse_last, subject_of
from fundtracker.services.record import record
from fundtracker.services.sessions import end_sessions
from fundtracker.store import funds, people, sections, staff
from fundtracker.store.staff import GrantRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.members import NewGrant, Seen
    from fundtracker.services.parts import Parts
    from fundtracker.store.staff import StaffRow


def grant_role(parts: Parts, token: str, wanted: NewGrant, seen: Seen | None = None) -> None:
    """Give somebody a grant; raises NotFound, Invalid or Changed."""
    with changing(parts, token, seen, Action.GRANT_GIVEN) as (session, row):
        grant = resolve(session, wanted)
        if any(_same(grant, held) for held in staff.grants_of(session, row.id)):
            raise Invalid(N_("This person has that already."), field="role")
        add_grant(session, parts, row, grant)


def take_role(parts: Parts, token: str, grant_id: int, seen: Seen | None = None) -> None:
    """Take a grant away and end the person's sessions.

    Raises NotFound, Changed, and LastAdministrator where nobody else could sign in as one.
    """
    now = parts.clock()
    with changing(parts, token, seen, Action.GRANT_TAKEN) as (session, row):
        held = session.get(GrantRow, grant_id)
        if held is None or held.staff_id != row.id or held.ended_at is not None:
            raise NotFound
        if held.role == Role.ADMINISTRATOR:
            refuse_last(session, row)
        held.ended_at = now
        end_sessions(session, row.id, now)
        record(
            session,
            parts,
            Action.GRANT_TAKEN,
            subject_of(token),
            fund_id=held.fund_id,
            section_id=held.section_id,
            before=_facts(session, held.id),
        )


def resolve(session: Session, wanted: NewGrant) -> Grant:
    """Find the fund and the section of a grant; raises Invalid, also for what makes no sense."""
    role = role_of(wanted.role)
    known_funds = {fund.slug: fund.id for fund in funds.all_funds(session)}
    known_sections = sections.by_code(session)
    if wanted.fund and wanted.fund not in known_funds:
        raise Invalid(N_("Please choose a fund from the list."), field="fund")
    if wanted.section and wanted.section not in known_sections:
        raise Invalid(N_("Please choose a section from the list."), field="section")
    grant = Grant(
        role=role,
        fund_id=known_funds.get(wanted.fund),
        section_id=known_sections[wanted.section].id if wanted.section else None,
        sees_names=wanted.sees_names,
        sees_emails=wanted.sees_emails,
    )
    check_grant(grant)
    return grant


def add_grant(session: Session, parts: Parts, row: StaffRow, grant: Grant) -> None:
    """Write down a grant that was checked, last in a unit of work."""
    held = GrantRow(
        staff_id=row.id,
        role=grant.role,
        fund_id=grant.fund_id,
        section_id=grant.section_id,
        sees_names=grant.sees_names,
        sees_emails=grant.sees_emails,
        granted_by=str(parts.actor),
        granted_at=parts.clock(),
    )
    session.add(held)
    session.flush()
    record(
        session,
        parts,
        Action.GRANT_GIVEN,
        subject_of(row.token),
        fund_id=grant.fund_id,
        section_id=grant.section_id,
        after=_facts(session, held.id),
    )


def _same(one: Grant, other: Grant) -> bool:
    return (one.role, one.fund_id, one.section_id, one.permissions) == (
        other.role,
        other.fund_id,
        other.section_id,
        other.permissions,
    )


def _facts(session: Session, grant_id: int) -> dict[str, object]:
    """What the log says of a grant, in words that outlive the rows that it refers to."""
    held = people.held(session, [grant_id])[grant_id]
    return {
        "role": str(held.grant.role),
        "fund": held.fund,
        "section": held.section,
        "sees_names": held.grant.sees_names,
        "sees_emails": held.grant.sees_emails,
    }
