from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from fundtracker.domain.actors import Actor
from fundtracker.domain.audit import Action
from fundtracker.domain.chain import GENESIS
from fundtracker.services.record import record
from fundtracker.store.audit_seal import AUDIT

if TYPE_CHECKING:
    from tests.cli.console import Console


@pytest.fixture
def recorded(console: Console) -> str:
    """Return the head of a log of three entries."""
    parts = console.parts.acting(Actor.staff("anna", "203.0.113.9"))
    for _ in range(3):
        with parts.database.unit_of_work() as session:
            record(session, parts, Action.SIGNED_IN, "staff:anna")
    return console.says("audit", "head").strip()


def tamper(console: Console, statement: str) -> None:
    with console.parts.database.unit_of_work() as session:
        AUDIT.drop(session.connection())
        session.execute(text(statement))
        AUDIT.create(session.connection())


def finds(console: Console, *arguments: str) -> str:
    result = console.flask("audit", "verify", *arguments)
    assert result.exit_code == 1, result.output
    return result.stdout


def test_a_new_log_begins_at_nothing(console: Console) -> None:
    assert console.says("audit", "head") == f"0:{GENESIS}\n"
    assert "0 of them" in console.says("audit", "verify", "--head", f"0:{GENESIS}")


def test_a_whole_log_is_said_to_be_whole(console: Console, recorded: str) -> None:
    assert console.says("audit", "verify", "--head", recorded) == (
        f"Every entry is as it was recorded, 3 of them.\nThe head is {recorded}\n"
    )


def test_a_changed_entry_is_named(console: Console, recorded: str) -> None:
    tamper(console, "UPDATE audit SET actor = 'staff:nobody' WHERE number = 2")

    assert finds(console) == "Entry 2 is not what was recorded: it was changed.\n"
    assert finds(console, "--head", recorded).startswith("Entry 2 ")


def test_a_missing_end_is_found_against_the_head(console: Console, recorded: str) -> None:
    tamper(console, "DELETE FROM audit WHERE number > 1")

    assert "1 of them" in console.says("audit", "verify")
    assert finds(console, "--head", recorded).startswith("Entry 2 is missing")


@pytest.mark.usefixtures("recorded")
def test_what_was_erased_stays_recorded(console: Console) -> None:
    said = console.says("audit", "erase", "2")

    assert said == "The private details of entry 2 are erased.\n"
    assert "Private details were erased from 1." in console.says("audit", "verify")
    assert "There is no entry 2 with private details." in console.refuses("audit", "erase", "2")
    assert "Invalid value" in console.refuses("audit", "erase", "0", code=2)


def test_what_is_no_head_is_refused_in_a_sentence(console: Console) -> None:
    assert "A head is a number, a colon" in console.refuses("audit", "verify", "--head", "12")
