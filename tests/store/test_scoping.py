from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from fundtracker.domain.scope import Reach, Scope
from fundtracker.store.donations import DonationRow
from fundtracker.store.scoping import within
from tests.factories.rows import a_donation, a_fund, a_section

if TYPE_CHECKING:
    from fundtracker.store.database import Database

Place = tuple[int, int]


@pytest.fixture
def places(database: Database) -> list[Place]:
    """Where there is one donation each: two funds, two sections and none."""
    with database.unit_of_work() as session:
        funds = [a_fund(session), a_fund(session)]
        sections = [0, a_section(session, "GB", "GBP"), a_section(session, "CH", "CHF")]
        for fund, section in product(funds, sections):
            a_donation(session, fund, section_id=section)
        return list(product([fund.id for fund in funds], sections))


def seen(database: Database, scope: Scope) -> list[Place]:
    """What the query lets through by itself: the database is not told of the scope."""
    query = select(DonationRow.fund_id, DonationRow.section_id).order_by(DonationRow.id)
    query = within(query, scope, DonationRow.fund_id, DonationRow.section_id)
    with database.reading() as session:
        return [(row.fund_id, row.section_id) for row in session.execute(query)]


def test_a_query_finds_what_the_scope_allows(database: Database, places: list[Place]) -> None:
    funds, sections = {fund for fund, _ in places}, {section for _, section in places}
    reaches = [Reach(*place) for place in product([None, *funds], [None, *sections])]
    scopes = [Scope.nothing(), Scope(frozenset(reaches[5:8])), Scope(frozenset(reaches[-3:]))]
    scopes += [Scope(frozenset({reach})) for reach in reaches]

    for scope in scopes:
        allowed = [place for place in places if scope.allows(*place)]
        assert (str(scope), seen(database, scope)) == (str(scope), allowed)


def test_nothing_is_found_in_no_scope(database: Database, places: list[Place]) -> None:
    assert places
    assert seen(database, Scope.nothing()) == []


def test_what_a_query_asks_for_itself_still_holds(database: Database, places: list[Place]) -> None:
    fund, section = places[-1]
    query = select(func.count()).where(DonationRow.fund_id != fund)
    query = within(query, Scope.of([section]), DonationRow.fund_id, DonationRow.section_id)

    with database.reading() as session:
        assert session.scalar(query) == 1
