from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from fundtracker.domain.roles import Role
from fundtracker.services import export as exporting
from fundtracker.services.export import export
from fundtracker.services.make_export import make_export
from fundtracker.store.audit import AuditRow
from fundtracker.store.exports import ExportRow
from fundtracker.store.jobs import LEASE, JobRow
from fundtracker.store.staff import GrantRow, StaffRow
from tests.support.treasure import CENTRE, Chest, a_chest, an_order

if TYPE_CHECKING:
    from pathlib import Path

    from fundtracker.services.parts import Parts
    from tests.support.clocks import Clock


@pytest.fixture
def chest(parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Chest:
    """Every list is a long one."""
    monkeypatch.setattr(exporting, "MOST_AT_ONCE", 0)
    chest = a_chest(replace(parts, exports=tmp_path / "exports"))
    chest.gift(section="GB")
    chest.gift(section="CH")
    return chest


def the_row(chest: Chest) -> ExportRow:
    with chest.parts.database.reading() as session:
        row = session.scalars(select(ExportRow)).one()
        session.expunge(row)
        return row


def refusals(chest: Chest) -> list[str]:
    with chest.parts.database.reading() as session:
        query = select(AuditRow.subject).where(AuditRow.action == "refused")
        return list(session.scalars(query))


def made(chest: Chest) -> ExportRow:
    make_export(chest.parts, str(the_row(chest).id))
    return the_row(chest)


def test_it_is_made_once_and_said_to_be_by_its_owner(chest: Chest) -> None:
    visitor = chest.visitor()
    export(chest.parts, visitor, an_order(form="xlsx"))

    first, second = made(chest), made(chest)

    assert first.ready_at == second.ready_at == chest.parts.clock()
    assert first.rows == 2
    with chest.parts.database.reading() as session:
        (act,) = session.scalars(select(AuditRow))
        assert (act.action, act.actor) == ("exported", f"staff:{visitor.token}")


def test_a_right_that_was_taken_away_meanwhile_is_gone(chest: Chest) -> None:
    visitor = chest.visitor()
    export(chest.parts, visitor, an_order())
    with chest.parts.database.unit_of_work() as session:
        session.execute(update(GrantRow).values(ended_at=datetime(2026, 6, 12, tzinfo=UTC)))

    row = made(chest)

    assert row.ready_at is None
    assert row.failed_at == chest.parts.clock()
    assert row.problem == "Your role does not include this. Nothing was changed."
    assert list(chest.parts.exports.glob("*")) == []
    assert refusals(chest) == ["export:donations"]


def test_a_closed_account_gets_nothing(chest: Chest) -> None:
    visitor = chest.visitor()
    export(chest.parts, visitor, an_order())
    with chest.parts.database.unit_of_work() as session:
        session.get_one(StaffRow, visitor.staff_id).disabled_at = chest.parts.clock()

    assert made(chest).ready_at is None


def test_a_right_that_became_narrower_narrows_the_file(chest: Chest) -> None:
    visitor = chest.visitor()
    export(chest.parts, visitor, an_order())
    with chest.parts.database.unit_of_work() as session:
        held = session.scalars(select(GrantRow)).one()
        held.role, held.section_id = Role.SECTION_TREASURER, chest.sections["GB"]

    row = made(chest)

    assert row.rows == 1
    assert row.scope == f"*/{chest.sections['GB']}"


def test_the_permission_for_names_is_asked_again(chest: Chest) -> None:
    visitor = chest.visitor(replace(CENTRE, sees_names=True))
    export(chest.parts, visitor, an_order(names="1"))
    with chest.parts.database.unit_of_work() as session:
        session.scalars(select(GrantRow)).one().sees_names = False

    assert made(chest).problem is not None


def test_what_is_too_long_says_so_where_its_owner_looks(
    chest: Chest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fundtracker.reports.xlsx.MOST_ROWS", 1)
    export(chest.parts, chest.visitor(), an_order(form="xlsx"))

    row = made(chest)

    assert row.problem == "A spreadsheet holds 1 rows at most. Take CSV, or fewer days."
    assert refusals(chest) == []


def test_what_fails_otherwise_is_tried_again_and_leaves_no_half_of_it(
    chest: Chest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> int:
        raise IsADirectoryError

    export(chest.parts, chest.visitor(), an_order())
    monkeypatch.setattr("fundtracker.services.make_export.write", fail)

    with pytest.raises(IsADirectoryError):
        made(chest)

    assert list(chest.parts.exports.iterdir()) == []
    row = the_row(chest)
    assert row.ready_at is row.failed_at is None


def test_an_export_that_is_forgotten_is_not_made(chest: Chest) -> None:
    make_export(chest.parts, "4711")

    assert not chest.parts.exports.exists()


def test_a_long_list_keeps_its_job_from_other_workers(
    chest: Chest, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fundtracker.services.make_export.RENEWED_AFTER", 1)
    export(chest.parts, chest.visitor(), an_order())
    clock.advance(30)

    row = made(chest)

    with chest.parts.database.reading() as session:
        job = session.scalars(select(JobRow).where(JobRow.key == f"export:{row.token}")).one()
        assert job.lease_until == clock.now + LEASE
