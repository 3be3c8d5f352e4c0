from __future__ import annotations

from typing import TYPE_CHECKING

from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.staff import IDLE
from fundtracker.services.sessions import end_session, end_sessions, is_alive
from fundtracker.store.staff import StaffRow
from tests.support.doors import a_colleague, seated

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from tests.support.clocks import Clock


def alive(parts: Parts, session_id: int) -> bool:
    with parts.database.reading() as session:
        return is_alive(session, session_id, parts.clock())


def test_a_stream_goes_on_while_the_session_does(parts: Parts, clock: Clock) -> None:
    row = a_colleague(parts, Grant(Role.TELLER))
    first, second = seated(parts, row), seated(parts, row)
    assert alive(parts, first.session_id)
    with parts.database.unit_of_work() as session:
        end_session(session, first.session_id, clock.now)
    assert not alive(parts, first.session_id)
    assert alive(parts, second.session_id)
    with parts.database.unit_of_work() as session:
        end_sessions(session, row.id, clock.now)
    assert not alive(parts, second.session_id)


def test_a_stream_ends_with_its_time_and_with_its_person(parts: Parts, clock: Clock) -> None:
    row = a_colleague(parts, Grant(Role.TELLER), totp_secret=None)
    who, other = seated(parts, row), seated(parts, a_colleague(parts, totp_secret=None))
    with parts.database.unit_of_work() as session:
        session.get_one(StaffRow, row.id).disabled_at = clock.now
    assert not alive(parts, who.session_id)
    assert alive(parts, other.session_id)
    clock.now += IDLE
    assert not alive(parts, other.session_id)
    assert not alive(parts, 0)
