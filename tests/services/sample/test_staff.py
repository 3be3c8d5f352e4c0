from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.actors import Actor
from fundtracker.domain.errors import Invalid, NotFound
from fundtracker.domain.members import MemberState
from fundtracker.domain.roles import Permission, Role
from fundtracker.domain.scope import Scope
from fundtracker.services.disable import disable
from fundtracker.services.sample.staff import STAFF, present, seed_staff, sign_in_as
from fundtracker.services.sessions import digest
from fundtracker.store import people, sections, staff
from tests.factories.rows import a_section
from tests.factories.staff import a_member
from tests.support.deeds import deeds

if TYPE_CHECKING:
    from fundtracker.domain.staff import Visitor
    from fundtracker.services.parts import Parts


@pytest.fixture
def sweden(parts: Parts) -> int:
    with parts.database.unit_of_work() as session:
        a_section(session, "GB", "GBP")
        return a_section(session, "SE", "SEK")


def visitor(parts: Parts, key: str) -> Visitor:
    with parts.database.reading() as session:
        found = staff.visitor_of(session, digest(key), parts.clock())
    assert found is not None
    return found


@pytest.mark.usefixtures("sweden")
def test_there_is_one_of_each_role_who_can_sign_in(parts: Parts) -> None:
    assert seed_staff(parts) == len(STAFF)

    with parts.database.reading() as session:
        found = people.members(session, Scope.everything())
    assert sorted(held.grant.role for member in found for held in member.held) == sorted(Role)
    assert {member.state for member in found} == {MemberState.ACTIVE}


@pytest.mark.usefixtures("sweden")
def test_they_are_made_once(parts: Parts) -> None:
    seed_staff(parts)

    assert seed_staff(parts) == 0
    assert len(deeds(parts.database)) == len(STAFF)


def test_without_a_sweden_they_are_not_all_made(parts: Parts) -> None:
    with pytest.raises(Invalid, match="a section from the list"):
        seed_staff(parts)


def test_the_swedish_treasurer_sees_sweden_alone(parts: Parts, sweden: int) -> None:
    seed_staff(parts)

    found = visitor(parts, sign_in_as(parts, "sample-treasurer-se"))

    with parts.database.reading() as session:
        britain = sections.by_code(session)["GB"].id
    scope = found.scope(Permission.READ_LEDGER)
    assert scope.allows(1, sweden)
    assert not scope.allows(1, britain)
    assert found.is_complete
    assert found.is_fresh(parts.clock())


@pytest.mark.usefixtures("sweden")
def test_signing_in_is_in_the_log_under_their_own_name(parts: Parts) -> None:
    seed_staff(parts)

    sign_in_as(parts.acting(Actor.staff("", "127.0.0.1")), "sample-auditor")

    deed = deeds(parts.database)[-1]
    assert (deed.actor, deed.action, deed.facts) == (
        *("staff:sample-auditor", "signed_in"),
        {"after": {"by": "demo"}},
    )
    assert deed.private["place"] == "127.0.0.1"


@pytest.mark.usefixtures("sweden")
def test_nobody_else_is_signed_in_like_that(parts: Parts) -> None:
    seed_staff(parts)
    with parts.database.unit_of_work() as session:
        other = a_member(session, password="a hash").token

    for token in (other, "", "sample-nobody"):
        with pytest.raises(NotFound):
            sign_in_as(parts, token)


@pytest.mark.usefixtures("sweden")
def test_whoever_of_them_was_disabled_is_not_offered(parts: Parts) -> None:
    seed_staff(parts)
    disable(parts, "sample-teller")

    assert "sample-teller" not in {member.token for member in present(parts)}
    with pytest.raises(NotFound):
        sign_in_as(parts, "sample-teller")
