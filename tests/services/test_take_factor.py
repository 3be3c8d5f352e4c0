from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.actors import Actor
from fundtracker.domain.errors import Changed
from fundtracker.domain.roles import Grant, Role
from fundtracker.services.sessions import digest
from fundtracker.services.take_factor import take_factor
from fundtracker.services.work import work
from fundtracker.store import staff
from fundtracker.store.staff import PasskeyRow, RecoveryCodeRow, StaffRow
from tests.factories.staff import a_member, a_session
from tests.support.deeds import deeds
from tests.support.mailbox import Mailbox

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts


@pytest.fixture
def parts(parts: Parts) -> Parts:
    return parts.acting(Actor.staff("admin"))


@pytest.fixture
def somebody(parts: Parts) -> StaffRow:
    """Add somebody with an app, a passkey and a recovery code."""
    with parts.database.unit_of_work() as session:
        row = a_member(session, Grant(Role.CENTRAL_TREASURER), password="a hash")
        session.add(
            PasskeyRow(
                staff_id=row.id,
                credential_id=b"1",
                public_key=b"2",
                sign_count=0,
                label="A key",
                created_at=parts.clock(),
            )
        )
        session.add(RecoveryCodeRow(staff_id=row.id, digest="3"))
        return row


def test_whoever_lost_the_device_sets_up_another_one(parts: Parts, somebody: StaffRow) -> None:
    with parts.database.unit_of_work() as session:
        key = a_session(session, somebody, parts.clock())

    take_factor(parts, somebody.token)

    with parts.database.reading() as session:
        row = session.get_one(StaffRow, somebody.id)
        assert not staff.has_factor(session, row)
        assert row.password == "a hash"
        assert session.query(RecoveryCodeRow).count() == 0
        assert staff.visitor_of(session, digest(key), parts.clock()) is None
    (deed,) = deeds(parts.database)
    assert (deed.actor, deed.action) == ("staff:admin", "factor_removed")


def test_they_are_told_by_mail(parts: Parts, somebody: StaffRow) -> None:
    take_factor(parts, somebody.token)

    work(parts)
    assert isinstance(parts.delivery, Mailbox)
    (message,) = parts.delivery.messages
    assert message.to == somebody.email
    assert message.subject == "Your sign-in to Fundtracker was changed"


def test_where_there_is_none_nothing_is_taken(parts: Parts, somebody: StaffRow) -> None:
    take_factor(parts, somebody.token)

    with pytest.raises(Changed):
        take_factor(parts, somebody.token)

    assert deeds(parts.database)[-1].refused == "factor_removed"
