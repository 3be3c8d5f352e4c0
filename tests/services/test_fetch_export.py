from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from fundtracker.domain.errors import NotAllowed, NotFound
from fundtracker.domain.roles import Grant, Role
from fundtracker.services import export as exporting
from fundtracker.services.export import KEPT, KEPT_WITH_NAMES, export
from fundtracker.services.fetch_export import fetch_export, find_export
from fundtracker.services.make_export import make_export
from fundtracker.store.audit import AuditRow
from fundtracker.store.exports import ExportRow
from tests.support.treasure import CENTRE, Chest, a_chest, an_order

if TYPE_CHECKING:
    from datetime import timedelta
    from pathlib import Path

    from fundtracker.domain.staff import Visitor
    from fundtracker.services.parts import Parts
    from tests.support.clocks import Clock


@pytest.fixture
def chest(parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Chest:
    """Every list is a long one."""
    monkeypatch.setattr(exporting, "MOST_AT_ONCE", 0)
    chest = a_chest(replace(parts, exports=tmp_path / "exports"))
    chest.gift(section="GB")
    return chest


def asked(chest: Chest, visitor: Visitor, **fields: str) -> str:
    """Ask for an export, and return its token."""
    export(chest.parts, visitor, an_order(**fields))
    with chest.parts.database.reading() as session:
        row = session.scalars(select(ExportRow).order_by(ExportRow.id.desc())).first()
        assert row is not None
        return row.token


def waiting(chest: Chest, visitor: Visitor, **fields: str) -> str:
    """Have an export made, and return its token."""
    token = asked(chest, visitor, **fields)
    with chest.parts.database.reading() as session:
        found = session.scalar(select(ExportRow.id).where(ExportRow.token == token))
    make_export(chest.parts, str(found))
    return token


def last_act(chest: Chest) -> tuple[str, str]:
    with chest.parts.database.reading() as session:
        row = session.scalars(select(AuditRow).order_by(AuditRow.number.desc())).first()
        assert row is not None
        return row.action, row.actor


def test_its_owner_fetches_it_and_that_is_in_the_log(chest: Chest) -> None:
    visitor = chest.visitor()
    token = waiting(chest, visitor, section="GB")
    mine = chest.parts.acting(visitor.actor("203.0.113.7"))

    fetched = fetch_export(mine, find_export(mine, visitor, token))

    assert fetched.name == "donations-GB-2026-06-12.csv"
    assert fetched.path.read_bytes().startswith(b"\xef\xbb\xbfdonation,")
    assert last_act(chest) == ("export_fetched", f"staff:{visitor.token}")


def test_a_colleague_finds_nothing_and_that_is_in_the_log(chest: Chest) -> None:
    token = waiting(chest, chest.visitor())
    colleague = chest.visitor()
    theirs = chest.parts.acting(colleague.actor())

    with pytest.raises(NotFound) as refused:
        find_export(theirs, colleague, token)
    assert last_act(chest) == ("refused", f"staff:{colleague.token}")

    with pytest.raises(NotFound) as unknown:
        find_export(theirs, colleague, "nothing-of-this-name")
    assert str(refused.value) == str(unknown.value)


def test_what_is_not_ready_is_not_there(chest: Chest) -> None:
    visitor = chest.visitor()
    token = asked(chest, visitor)

    with pytest.raises(NotFound):
        find_export(chest.parts, visitor, token)


def test_whoever_sees_less_than_the_file_holds_does_not_get_it(chest: Chest) -> None:
    visitor = chest.visitor()
    token = waiting(chest, visitor)
    section = Grant(Role.SECTION_TREASURER, section_id=chest.sections["GB"])

    with pytest.raises(NotAllowed, match="has changed"):
        find_export(chest.parts, replace(visitor, grants=(section,)), token)
    with pytest.raises(NotAllowed):
        find_export(chest.parts, replace(visitor, grants=()), token)

    more = replace(visitor, grants=(CENTRE, section))
    assert find_export(chest.parts, more, token).token == token


def test_names_are_checked_again_at_the_door(chest: Chest) -> None:
    visitor = chest.visitor(replace(CENTRE, sees_names=True))
    token = waiting(chest, visitor, names="1")

    assert find_export(chest.parts, visitor, token).personal
    with pytest.raises(NotAllowed):
        find_export(chest.parts, replace(visitor, grants=(CENTRE,)), token)


@pytest.mark.parametrize(("names", "kept"), [("", KEPT), ("1", KEPT_WITH_NAMES)])
def test_a_link_ends(chest: Chest, clock: Clock, names: str, kept: timedelta) -> None:
    visitor = chest.visitor(replace(CENTRE, sees_names=True))
    token = waiting(chest, visitor, names=names)

    clock.advance(int(kept.total_seconds()) - 1)
    assert find_export(chest.parts, visitor, token).token == token
    clock.advance(1)
    with pytest.raises(NotFound):
        find_export(chest.parts, visitor, token)
