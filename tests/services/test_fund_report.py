from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.scope import Scope
from fundtracker.reports.tables import Part, Picture
from fundtracker.services.fund_report import fund_report
from fundtracker.store import funds
from fundtracker.store.funds import FundRow, TargetChangeRow
from tests.support.treasure import SLUG, Chest, a_chest

if TYPE_CHECKING:
    from fundtracker.reports.tables import Cell
    from fundtracker.services.parts import Parts


@pytest.fixture
def chest(parts: Parts) -> Chest:
    chest = a_chest(parts)
    chest.gift(10_000, "GBP", "GB")
    chest.gift(2_500, "EUR")
    return chest


def report(chest: Chest) -> tuple[dict[str, list[tuple[Cell, ...]]], Picture]:
    with chest.parts.database.reading() as session:
        parts, picture = fund_report(session, funds.by_slug(session, SLUG), Scope.everything())
    return {part.table.title: rows(part) for part in parts}, picture


def rows(part: Part) -> list[tuple[Cell, ...]]:
    return [tuple(map(str, row)) for row in part.table.rows(part.lines)]


def test_it_says_where_the_fund_stands(chest: Chest) -> None:
    tables, picture = report(chest)

    assert ("Headline", "EUR", "EUR 140.00", "None") in tables["Where it stands"]
    assert ("Gifts", "EUR", "None", "2") in tables["Where it stands"]
    assert picture == Picture("EUR", 14_000, 40_000_000, 0, 14_000, 0, 0)


def test_it_is_divided_by_section_and_by_method(chest: Chest) -> None:
    tables, _ = report(chest)

    received = {row[0]: row[3] for row in tables["Sections"]}
    assert received == {"CH": "EUR 0.00", "GB": "EUR 115.00", "": "EUR 25.00"}
    assert [row[:1] + row[3:] for row in tables["Methods"]] == [("online", "EUR 140.00", "2")]


def test_it_tells_how_the_fund_came_there(chest: Chest) -> None:
    changed = datetime(2026, 6, 12, 17, tzinfo=UTC)
    with chest.parts.database.unit_of_work() as session:
        session.add(
            TargetChangeRow(
                fund_id=chest.fund.id, before=100, after=200, actor="staff:x", at=changed
            ),
        )
    tables, _ = report(chest)

    marks = [row[1:] for row in tables["Milestones"]]
    assert marks == [("EUR 100.00", str(chest.parts.clock())), ("EUR 10000.00", "None")]
    assert tables["Targets"] == [(str(changed), "EUR", "EUR 1.00", "EUR 2.00")]
    assert ("GBP", "1.15", "EUR", "2026-06-01", "test") in tables["Rates"]
    assert tables["Rates"][0][:3] == ("EUR", "1", "EUR")


def test_the_picture_shows_what_the_rule_counts(chest: Chest) -> None:
    with chest.parts.database.unit_of_work() as session:
        session.get_one(FundRow, chest.fund.id).counting_rule = "received"

    assert report(chest)[1].promised == 0


def test_of_rates_only_those_in_use_are_told(chest: Chest) -> None:
    with chest.parts.database.unit_of_work() as session:
        session.get_one(FundRow, chest.fund.id).rate_table_id = None

    assert [row[0] for row in report(chest)[0]["Rates"]] == ["EUR"]
