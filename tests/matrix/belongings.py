"""What a member of staff has and no colleague may open, and what waits for one of them."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from typing import TYPE_CHECKING

from fundtracker.domain.roles import Permission, scope
from fundtracker.store.exports import ExportRow
from fundtracker.store.inbox import InboxRow, InboxState
from fundtracker.store.jobs import JobRow
from fundtracker.store.staff import PasskeyRow
from tests.factories.stripe import Payment, event

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from fundtracker.domain.roles import Grant
    from fundtracker.store.staff import StaffRow
    from tests.matrix.world import World

_NUMBERS = itertools.count(1)


def an_export(session: Session, world: World, owner: StaffRow, grants: Iterable[Grant]) -> str:
    """Leave a file for somebody with these grants, and return its token."""
    now, token = world.parts.clock(), f"export{next(_NUMBERS)}"
    folder = world.parts.exports
    folder.mkdir(parents=True, exist_ok=True)
    (folder / token).write_text("token,amount\n", encoding="utf-8")
    session.add(
        ExportRow(
            token=token,
            staff_id=owner.id,
            kind="donations",
            format="csv",
            query="what=donations&format=csv",
            personal=False,
            scope=str(scope(grants, Permission.READ_LEDGER)),
            names="",
            asked_at=now,
            ready_at=now,
            expires_at=now + timedelta(days=1),
            rows=0,
            size=13,
        ),
    )
    return token


def a_passkey(session: Session, world: World, owner: StaffRow) -> int:
    """Give somebody a passkey, and return its number."""
    row = PasskeyRow(
        staff_id=owner.id,
        credential_id=b"credential %d" % next(_NUMBERS),
        public_key=b"key",
        sign_count=0,
        label="A phone",
        created_at=world.parts.clock(),
    )
    session.add(row)
    session.flush()
    return row.id


def a_parked_row(session: Session, world: World) -> int:
    """Leave a payment of nobody's in the inbox, and return its number."""
    now, number = world.parts.clock(), next(_NUMBERS)
    row = InboxRow(
        account=world.parts.gateway.account,
        event_id=f"evt_parked_{number}",
        payload=json.dumps(
            event(Payment("", number=1_000_001).charge(), id=f"evt_parked_{number}")
        ),
        state=InboxState.PARKED,
        attempts=0,
        due_at=now,
        received_at=now,
        settled_at=now,
        waits_for="ch_1000001",
    )
    session.add(row)
    session.flush()
    return row.id


def a_failed_job(session: Session, world: World) -> int:
    """Leave a job that was given up, and return its number."""
    now = world.parts.clock()
    row = JobRow(
        key=f"mail:{next(_NUMBERS)}",
        kind="mail",
        subject="0",
        due_at=now,
        attempts=8,
        failed_at=now,
    )
    session.add(row)
    session.flush()
    return row.id
