from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from config import Settings
from fundtracker.store.inbox import InboxState
from fundtracker.worker import Background
from tests.factories.rows import a_donation, a_fund
from tests.factories.stripe import Payment, event
from tests.support.telling import states, tell
from tests.support.tools import parts_on

if TYPE_CHECKING:
    from pathlib import Path

    from fundtracker.store.database import Database


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_env({"INSTANCE_DIR": str(tmp_path)})


def test_what_arrives_is_settled_in_the_background(database: Database, settings: Settings) -> None:
    parts = parts_on(database)
    with database.unit_of_work() as session:
        row = a_donation(session, a_fund(session))
    background = Background(parts, settings, None)
    background.start()
    try:
        tell(parts, event(Payment(row.token).session(), "completed"))
        while states(parts) == [InboxState.RECEIVED]:
            pass
    finally:
        background.stop()

    assert states(parts) == [InboxState.APPLIED]


def test_gifts_of_another_account_stop_the_start(database: Database, settings: Settings) -> None:
    with database.unit_of_work() as session:
        a_donation(session, a_fund(session), account="simulator")

    with pytest.raises(SystemExit, match="holds gifts of the account 'simulator'"):
        Background(parts_on(database), settings, None).start()


def test_sqlite_is_served_by_one_process(database: Database, settings: Settings) -> None:
    if not database.is_sqlite:
        pytest.skip("several processes serve PostgreSQL")
    first = Background(parts_on(database), settings, None)
    first.start()
    try:
        with pytest.raises(SystemExit, match="SQLite takes one"):
            Background(parts_on(database), settings, None).start()
    finally:
        first.stop()
