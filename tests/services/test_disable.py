from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.actors import Actor
from fundtracker.domain.errors import Changed, LastAdministrator, NotFound
from fundtracker.domain.members import MemberState, Seen
from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.scope import Scope
from fundtracker.services.disable import disable, enable, sign_out_everywhere
from fundtracker.services.grant_role import take_role
from fundtracker.services.sessions import digest
from fundtracker.store import people, staff
from tests.factories.staff import a_member, a_session
from tests.support.deeds import deeds

if TYPE_CHECKING:
    from collections.abc import Callable

    from fundtracker.domain.members import Member
    from fundtracker.services.parts import Parts

ADMINISTRATOR = Grant(Role.ADMINISTRATOR)
TELLER = Grant(Role.TELLER)


@pytest.fixture
def parts(parts: Parts) -> Parts:
    return parts.acting(Actor.staff("admin"))


def somebody(parts: Parts, *grants: Grant) -> tuple[str, str]:
    """Add somebody who can sign in, and has; return their token and the key of the session."""
    with parts.database.unit_of_work() as session:
        row = a_member(session, *grants, password="a hash")
        return row.token, a_session(session, row, parts.clock())


def look_at(parts: Parts, token: str) -> Member:
    with parts.database.reading() as session:
        return people.member(session, token, Scope.everything())


def is_in(parts: Parts, key: str) -> bool:
    with parts.database.reading() as session:
        return staff.visitor_of(session, digest(key), parts.clock()) is not None


def test_whoever_is_disabled_is_out_at_once(parts: Parts) -> None:
    token, key = somebody(parts, TELLER)
    assert is_in(parts, key)

    disable(parts, token, look_at(parts, token).seen)

    assert not is_in(parts, key)
    assert look_at(parts, token).state is MemberState.DISABLED
    assert [deed.action for deed in deeds(parts.database)] == ["staff_disabled"]


def test_whoever_is_let_in_again_has_what_they_had_but_signs_in_anew(parts: Parts) -> None:
    token, key = somebody(parts, TELLER)
    disable(parts, token)

    enable(parts, token, look_at(parts, token).seen)

    assert not is_in(parts, key)
    assert look_at(parts, token).state is MemberState.ACTIVE
    assert [held.grant.role for held in look_at(parts, token).held] == [Role.TELLER]
    assert deeds(parts.database)[-1].action == "staff_enabled"


@pytest.mark.parametrize("act", [disable, enable])
def test_a_page_of_yesterday_changes_nothing(
    parts: Parts, act: Callable[[Parts, str, Seen], None]
) -> None:
    token, key = somebody(parts, TELLER)

    with pytest.raises(Changed):
        act(parts, token, Seen(disabled=True, grants=frozenset()))

    assert is_in(parts, key)
    assert [deed.action for deed in deeds(parts.database)] == ["refused"]


def test_what_is_so_already_is_not_done_again(parts: Parts) -> None:
    token, _ = somebody(parts, TELLER)

    with pytest.raises(Changed):
        enable(parts, token)
    disable(parts, token)
    with pytest.raises(Changed):
        disable(parts, token)


def test_signed_out_everywhere_somebody_may_come_back(parts: Parts) -> None:
    token, key = somebody(parts, TELLER)

    sign_out_everywhere(parts, token)

    assert not is_in(parts, key)
    assert look_at(parts, token).state is MemberState.ACTIVE
    assert [deed.action for deed in deeds(parts.database)] == ["sessions_ended"]
    with pytest.raises(NotFound):
        sign_out_everywhere(parts, "guess")


def test_the_last_administrator_cannot_be_disabled(parts: Parts) -> None:
    token, key = somebody(parts, ADMINISTRATOR)
    other, _ = somebody(parts, ADMINISTRATOR)
    disable(parts, other)

    with pytest.raises(LastAdministrator):
        disable(parts, token)

    assert is_in(parts, key)


@pytest.mark.parametrize("way", ["disable", "take"])
def test_administrators_who_remove_each_other_at_once_leave_one(parts: Parts, way: str) -> None:
    tokens = [somebody(parts, ADMINISTRATOR)[0] for _ in range(4)]
    start = Barrier(len(tokens))

    def remove(token: str) -> bool:
        grant = look_at(parts, token).held[0].grant.id
        start.wait()
        try:
            if way == "disable":
                disable(parts, token)
            else:
                take_role(parts, token, grant)
        except LastAdministrator:
            return False
        return True

    with ThreadPoolExecutor(len(tokens)) as pool:
        removed = list(pool.map(remove, tokens))

    assert removed.count(False) == 1
    with parts.database.reading() as session:
        last = people.member(session, tokens[removed.index(False)], Scope.everything())
        assert people.is_last_administrator(session, last.id)
