from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.errors import UnknownFund
from fundtracker.domain.totals import Totals
from fundtracker.store import snapshots, totals
from fundtracker.store.sections import FundSectionRow
from tests.factories.rows import NOW, a_donation, a_fund, a_section
from tests.support import databases
from tests.support.statements import asked, read_whole, without_scans

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.store.database import Database
    from fundtracker.store.funds import FundRow


def give(session: Session, fund: FundRow, count: int, **fields: object) -> None:
    rows = [a_donation(session, fund, kept=5000, succeeded_at=NOW, **fields) for _ in range(count)]
    change = Totals(received=5750 * count, donations=count)
    totals.add(session, {(fund.id, rows[0].section_id): change})


def test_the_true_one_has_every_section_and_the_published_one_what_may_be_seen(
    database: Database,
) -> None:
    with database.unit_of_work() as session:
        fund = a_fund(session, slug="hall", milestones=[100])
        britain, swiss = a_section(session, "GB", "GBP"), a_section(session, "CH", "CHF")
        session.get_one(FundSectionRow, (fund.id, swiss)).visibility = "hidden"
        give(session, fund, 5, section_id=britain, public_name="Rosa")
        give(session, fund, 1, section_id=swiss)

    with database.reading() as session:
        true = snapshots.load_true(session, "hall")
        seen = json.loads(snapshots.load(session, "hall"))
    assert {line.code: line.received for line in true.sections} == {"GB": 28_750, "CH": 5750, "": 0}
    assert {line["code"]: line["received"] for line in seen["sections"]} == {
        "GB": 28_750,
        "": 5750,
    }
    assert seen["received"] == true.received == 34_500
    assert (seen["donations"], seen["milestones"]) == (6, [{"amount": 100, "reached_at": None}])
    assert len(seen["recent"]) == 5
    assert {(entry["section"], entry["amount"]) for entry in seen["recent"]} == {("GB", 5000)}


def test_no_name_and_no_token_is_published(database: Database) -> None:
    with database.unit_of_work() as session:
        fund = a_fund(session, slug="hall")
        give(session, fund, 6, public_name="Rosa", message="Keep going")

    with database.reading() as session:
        body = snapshots.load(session, "hall").decode()
    assert '"name":null' in body
    for word in ("Rosa", "Keep going", "donation-"):
        assert word not in body


def test_a_draft_is_unknown_to_the_world_and_known_to_staff(database: Database) -> None:
    with database.unit_of_work() as session:
        a_fund(session, slug="hall", status="draft")

    with database.reading() as session:
        assert snapshots.load_true(session, "hall").fund == "hall"
        for slug in ("hall", "nowhere"):
            with pytest.raises(UnknownFund):
                snapshots.load(session, slug)


def test_what_is_held_is_published_as_it_was(database: Database) -> None:
    with database.unit_of_work() as session:
        a_fund(session, slug="hall", held='{"held": true}', held_version=5)

    with database.reading() as session:
        assert snapshots.load(session, "hall") == b'{"held": true}'


def test_reading_costs_the_same_however_many_have_given(database: Database) -> None:
    counts = []
    with database.unit_of_work() as session:
        fund = a_fund(session, slug="hall", milestones=[100, 200])
    for more in (1, 200):
        with database.unit_of_work() as session:
            give(session, fund, more)
        with database.reading() as session, asked() as statements:
            snapshots.load(session, "hall")
        counts.append(len(statements))

    # One of them looks for what was called out last.
    assert counts[0] == counts[1] <= 9


def test_reading_reads_no_table_from_end_to_end(database_url: str) -> None:
    with databases.opened(without_scans(database_url)) as database:
        with database.unit_of_work() as session:
            give(session, a_fund(session, slug="hall", milestones=[100]), 3)
        with database.reading() as session, read_whole() as found:
            snapshots.load(session, "hall")

    assert found == []
