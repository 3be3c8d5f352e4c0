"""Milestones: reached by the headline, and then for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.funds import CountingRule
from fundtracker.domain.totals import Totals
from fundtracker.store import funds, milestones, sections, totals
from tests.factories.rows import NOW, a_fund
from tests.support.statements import asked

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.store.database import Database
    from fundtracker.store.funds import FundRow

LATER = NOW + timedelta(hours=1)


def marks(session: Session, row: FundRow) -> list[tuple[int, datetime | None]]:
    return [(mark.amount, mark.reached_at) for mark in funds.milestones(session, row.id)]


def test_they_are_reached_by_the_headline_and_stay_so(database: Database) -> None:
    with database.unit_of_work() as session:
        row = a_fund(session, milestones=[300, 100, 200])
        other = a_fund(session, milestones=[100])
        totals.add(session, {(row.id, 0): Totals(received=200)})
        milestones.reach(session, [row.id], NOW)
        totals.add(session, {(row.id, 0): Totals(received=-100)})
        milestones.reach(session, [row.id, other.id], LATER)

    with database.reading() as session:
        assert marks(session, row) == [(100, NOW), (200, NOW), (300, None)]
        assert marks(session, other) == [(100, None)]


@pytest.mark.parametrize(
    ("rule", "reached"),
    [
        (CountingRule.RECEIVED, [100]),
        (CountingRule.RECEIVED_AND_PLEDGED, [100, 200]),
        (CountingRule.EVERYTHING_ANNOUNCED, [100, 200, 300]),
    ],
)
def test_the_headline_is_that_of_the_rule_over_all_sections(
    database: Database, rule: CountingRule, reached: list[int]
) -> None:
    with database.unit_of_work() as session:
        row = a_fund(session, milestones=[100, 200, 300, 400], counting_rule=rule)
        section = sections.by_code(session)["GB"].id
        totals.add(
            session,
            {
                (row.id, 0): Totals(received=60, pledged=100),
                (row.id, section): Totals(received=40, unconfirmed=99),
            },
        )
        milestones.reach(session, [row.id], NOW)

        assert [amount for amount, at in marks(session, row) if at] == reached[:2]
        totals.add(session, {(row.id, section): Totals(unconfirmed=1)})
        milestones.reach(session, [row.id], LATER)
        assert [amount for amount, at in marks(session, row) if at] == reached


def test_what_lies_ahead_is_asked_about_in_one_statement(database: Database) -> None:
    with database.unit_of_work() as session:
        row = a_fund(session, milestones=[100])
        session.flush()
        with asked() as statements:
            milestones.reach(session, [row.id], NOW)
        assert len(statements) == 1
