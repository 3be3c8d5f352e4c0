from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.errors import UnknownFund
from fundtracker.domain.funds import FundStatus
from fundtracker.store import funds
from fundtracker.store.funds import FundRow
from tests.factories.rows import NOW, a_fund

if TYPE_CHECKING:
    from fundtracker.store.database import Database

MILLISECONDS = int(NOW.timestamp() * 1000)


def test_a_fund_is_found_by_its_address(database: Database) -> None:
    with database.unit_of_work() as session:
        row = a_fund(session, slug="hall", presets=[10, 20], status="draft")

    with database.reading() as session:
        fund = funds.by_slug(session, "hall")
        assert (fund.id, fund.status, fund.presets) == (row.id, FundStatus.DRAFT, (10, 20))
        assert funds.by_ids(session, [row.id, 99]) == {row.id: fund}
        for find in (funds.by_slug, funds.version):
            with pytest.raises(UnknownFund):
                find(session, "nowhere")


def test_open_are_those_that_take_gifts_now_the_one_that_closes_first_before_the_others(
    database: Database,
) -> None:
    with database.unit_of_work() as session:
        a_fund(session, slug="late", closes_at=NOW + timedelta(hours=2))
        a_fund(session, slug="soon", closes_at=NOW + timedelta(hours=1))
        a_fund(session, slug="open", closes_at=NOW + timedelta(hours=3), opens_at=NOW)
        a_fund(session, slug="closing", closes_at=NOW)
        a_fund(session, slug="opening", opens_at=NOW + timedelta(seconds=1))
        a_fund(session, slug="paused", status="paused")

    with database.reading() as session:
        assert [fund.slug for fund in funds.open_funds(session, NOW)] == ["soon", "late", "open"]
        assert len(funds.all_funds(session)) == 6


def test_a_fund_without_an_end_is_listed_after_those_that_close(database: Database) -> None:
    with database.unit_of_work() as session:
        a_fund(session, slug="endless", closes_at=None)
        a_fund(session, slug="soon", closes_at=NOW + timedelta(hours=1))

    with database.reading() as session:
        assert [fund.slug for fund in funds.open_funds(session, NOW)] == ["soon", "endless"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (0, MILLISECONDS),
        (MILLISECONDS - 1, MILLISECONDS),
        (MILLISECONDS, MILLISECONDS + 1),
        (MILLISECONDS + 9_000, MILLISECONDS + 9_001),
    ],
)
def test_a_version_rises_and_survives_a_restored_backup(
    database: Database, before: int, after: int
) -> None:
    with database.unit_of_work() as session:
        row = a_fund(session, slug="hall", version=before)
        a_fund(session, slug="else", version=7)
        assert funds.bump(session, [row.id], NOW) == {"hall": after}
        assert funds.bump(session, [], NOW) == {}

    with database.reading() as session:
        assert funds.version(session, "hall") == after
        assert funds.by_slug(session, "hall").as_of == NOW
        assert funds.version(session, "else") == 7


def test_the_world_is_told_the_version_that_it_sees_and_staff_the_true_one(
    database: Database,
) -> None:
    with database.unit_of_work() as session:
        a_fund(session, slug="held", version=9, held="{}", held_version=5)
        a_fund(session, slug="draft", version=3, status="draft")

    with database.reading() as session:
        assert funds.version(session, "held") == 5
        assert funds.versions(session) == {"held": 9, "draft": 3}
        with pytest.raises(UnknownFund):
            funds.version(session, "draft")


def test_a_locked_fund_is_read_as_it_is_now(database: Database) -> None:
    with database.unit_of_work() as session:
        row = a_fund(session, slug="hall", version=1)
        stale = session.get_one(FundRow, row.id)
        funds.bump(session, [row.id], NOW)
        assert funds.locked(session, "hall") is stale
        assert stale.version == MILLISECONDS
