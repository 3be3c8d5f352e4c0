from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest

from config import Settings
from fundtracker.services import schedule
from fundtracker.services.work import KINDS
from fundtracker.store import jobs
from fundtracker.store.inbox import InboxState
from fundtracker.worker import Background
from tests.factories.rows import a_donation, a_fund
from tests.factories.stripe import Payment, event
from tests.support.telling import states, tell
from tests.support.tools import parts_on

if TYPE_CHECKING:
    from pathlib import Path

    from fundtracker.services.parts import Parts
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


def test_a_mail_goes_out_while_a_file_is_being_made(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, begun, may_end = Event(), Event(), Event()

    def make_a_file(_parts: Parts, _subject: str) -> None:
        begun.set()
        may_end.wait(60)

    monkeypatch.setitem(KINDS, schedule.EXPORT, make_a_file)
    monkeypatch.setitem(KINDS, schedule.MAIL, lambda _parts, _subject: sent.set())
    parts = parts_on(database)
    with database.unit_of_work() as session:
        jobs.enqueue(session, "export", schedule.EXPORT, "1", parts.clock())
    background = Background(parts, settings, None)
    background.start()
    try:
        assert begun.wait(60)
        with database.unit_of_work() as session:
            jobs.enqueue(session, "mail", schedule.MAIL, "1", parts.clock())
        assert sent.wait(60)
    finally:
        may_end.set()
        background.stop()
