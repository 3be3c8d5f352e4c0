from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from fundtracker.domain.actors import Actor
from fundtracker.domain.errors import Changed, Invalid, LastAdministrator, NotFound
from fundtracker.domain.members import NewGrant, Seen
from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.scope import Scope
from fundtracker.services.grant_role import grant_role, take_role
from fundtracker.store import people
from fundtracker.store.staff import GrantRow, StaffSessionRow
from tests.factories.staff import a_member, a_session
from tests.support.deeds import deeds

if TYPE_CHECKING:
    from fundtracker.domain.members import Member
    from fundtracker.services.parts import Parts
    from fundtracker.store.staff import StaffRow

ADMINISTRATOR = Grant(Role.ADMINISTRATOR)
TELLER = Grant(Role.TELLER)


@pytest.fixture
def parts(parts: Parts) -> Parts:
    return parts.acting(Actor.staff("admin"))


def somebody(parts: Parts, *grants: Grant, password: str | None = "a hash") -> StaffRow:  # noqa: S107 - guards nothing
    """Add somebody who is signed in at two browsers."""
    with parts.database.unit_of_work() as session:
        row = a_member(session, *grants, password=password)
        for _ in range(2):
            a_session(session, row, parts.clock())
        return row


def look_at(parts: Parts, row: StaffRow) -> Member:
    with parts.database.reading() as session:
        return people.member(session, row.token, Scope.everything())


def roles(parts: Parts, row: StaffRow) -> list[Role]:
    return [held.grant.role for held in look_at(parts, row).held]


def sessions(parts: Parts, row: StaffRow) -> int:
    with parts.database.reading() as session:
        query = select(StaffSessionRow).where(
            StaffSessionRow.staff_id == row.id, StaffSessionRow.ended_at.is_(None)
        )
        return len(session.scalars(query).all())


def test_a_role_is_given_beside_those_that_are_held(parts: Parts) -> None:
    row = somebody(parts, TELLER)

    grant_role(parts, row.token, NewGrant(Role.AUDITOR), look_at(parts, row).seen)

    assert roles(parts, row) == [Role.TELLER, Role.AUDITOR]
    assert sessions(parts, row) == 2
    (given,) = deeds(parts.database)
    assert (given.actor, given.action) == ("staff:admin", "grant_given")
    with parts.database.reading() as session:
        granted = session.scalars(select(GrantRow).where(GrantRow.role == Role.AUDITOR)).one()
    assert (granted.granted_by, granted.granted_at) == ("staff:admin", parts.clock())


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (NewGrant(Role.TELLER), "role"),
        (NewGrant("emperor"), "role"),
        (NewGrant(""), "role"),
        (NewGrant(Role.SECTION_TREASURER), "section"),
        (NewGrant(Role.AUDITOR, fund="1"), "fund"),
        (NewGrant(Role.ADMINISTRATOR, sees_emails=True), "sees_emails"),
    ],
)
def test_what_makes_no_sense_is_refused_and_in_the_log(
    parts: Parts, wanted: NewGrant, field: str
) -> None:
    row = somebody(parts, TELLER)

    with pytest.raises(Invalid) as refused:
        grant_role(parts, row.token, wanted)

    assert refused.value.field == field
    assert roles(parts, row) == [Role.TELLER]
    (refusal,) = deeds(parts.database)
    assert (refusal.action, refusal.refused) == ("refused", "grant_given")
    assert refusal.private["reason"] == refused.value.message


def test_the_same_role_that_sees_more_is_another_one(parts: Parts) -> None:
    row = somebody(parts, Grant(Role.AUDITOR))

    grant_role(parts, row.token, NewGrant(Role.AUDITOR, sees_emails=True))

    assert roles(parts, row) == [Role.AUDITOR, Role.AUDITOR]


def test_a_role_that_is_taken_away_ends_the_sessions_and_stays_written_down(parts: Parts) -> None:
    row = somebody(parts, TELLER, Grant(Role.AUDITOR))
    seen = look_at(parts, row)

    take_role(parts, row.token, seen.held[0].grant.id, seen.seen)

    assert roles(parts, row) == [Role.AUDITOR]
    assert sessions(parts, row) == 0
    (taken,) = deeds(parts.database)
    assert taken.action == "grant_taken"
    assert taken.facts == {
        "before": {
            "role": "teller",
            "fund": "",
            "section": "",
            "sees_names": False,
            "sees_emails": False,
        }
    }
    with parts.database.reading() as session:
        ended = session.get_one(GrantRow, seen.held[0].grant.id)
    assert ended.ended_at == parts.clock()


def test_of_two_forms_that_were_made_from_the_same_the_second_changes_nothing(parts: Parts) -> None:
    row = somebody(parts, TELLER)
    seen = look_at(parts, row).seen
    grant_role(parts, row.token, NewGrant(Role.AUDITOR), seen)

    with pytest.raises(Changed, match="while your page was open"):
        take_role(parts, row.token, min(seen.grants), seen)

    assert roles(parts, row) == [Role.TELLER, Role.AUDITOR]
    assert sessions(parts, row) == 2
    assert deeds(parts.database)[-1].refused == "grant_taken"


def test_a_form_that_says_nothing_of_what_it_was_made_from_is_late(parts: Parts) -> None:
    row = somebody(parts, TELLER)

    with pytest.raises(Changed):
        grant_role(parts, row.token, NewGrant(Role.AUDITOR), Seen.parse("x ½ ٣"))


def test_grants_of_others_and_grants_of_the_past_cannot_be_taken(parts: Parts) -> None:
    row, other = somebody(parts, TELLER), somebody(parts, TELLER)
    own, foreign = (look_at(parts, who).held[0].grant.id for who in (row, other))

    for guess in (foreign, 999):
        with pytest.raises(NotFound):
            take_role(parts, row.token, guess)
    take_role(parts, row.token, own)
    with pytest.raises(NotFound):
        take_role(parts, row.token, own)

    assert roles(parts, other) == [Role.TELLER]
    assert [deed.action for deed in deeds(parts.database)] == [
        *("refused", "refused", "grant_taken", "refused")
    ]


def test_nobody_is_there_at_a_guessed_token(parts: Parts) -> None:
    with pytest.raises(NotFound):
        grant_role(parts, "guess", NewGrant(Role.TELLER))

    (refusal,) = deeds(parts.database)
    assert (refusal.subject, refusal.private["asked"]) == ("staff:unknown", "guess")


def test_the_last_administrator_cannot_be_taken_away(parts: Parts) -> None:
    row = somebody(parts, ADMINISTRATOR, TELLER)
    # None of these could let anybody in.
    somebody(parts, ADMINISTRATOR, password=None)
    somebody(parts, TELLER)
    administrator, teller = (held.grant.id for held in look_at(parts, row).held)

    with pytest.raises(LastAdministrator, match="the last administrator who can sign in"):
        take_role(parts, row.token, administrator)
    assert sessions(parts, row) == 2
    take_role(parts, row.token, teller)

    assert roles(parts, row) == [Role.ADMINISTRATOR]
    assert deeds(parts.database)[0].refused == "grant_taken"


def test_one_of_two_administrators_may_go(parts: Parts) -> None:
    row = somebody(parts, ADMINISTRATOR)
    somebody(parts, ADMINISTRATOR)

    take_role(parts, row.token, look_at(parts, row).held[0].grant.id)

    assert roles(parts, row) == []
