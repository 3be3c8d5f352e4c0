from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals
from fundtracker.store import totals
from tests.factories.rows import a_fund, a_section
from tests.support.statements import asked

if TYPE_CHECKING:
    from fundtracker.store.database import Database

EVERYTHING = Scope.everything()


def test_what_is_added_is_added_in_one_statement(database: Database) -> None:
    with database.unit_of_work() as session:
        fund, other = a_fund(session), a_fund(session)
        britain = a_section(session, "GB", "GBP")
        with asked() as statements:
            totals.add(
                session,
                {
                    (other.id, 0): Totals(received=1),
                    (fund.id, britain): Totals(5, 4, 3, 2, 1),
                    (fund.id, 0): Totals(received=7, donations=1),
                },
            )
        assert len(statements) == 1
        totals.add(session, {(fund.id, britain): Totals(received=-2, donations=-1)})
        totals.add(session, {})

    with database.reading() as session:
        found = totals.of_fund(session, fund.id, EVERYTHING)
        assert found[britain] == Totals(3, 4, 3, 1, 1)
        assert found[0] == Totals(received=7, donations=1)
        assert sum(found.values(), Totals()) == Totals(10, 4, 3, 2, 1)
        assert totals.of_fund(session, other.id, EVERYTHING)[0] == Totals(received=1)


def test_a_place_without_a_row_gets_one_rather_than_lose_money(database: Database) -> None:
    with database.unit_of_work() as session:
        fund = a_fund(session)
        session.execute(text("DELETE FROM total"))
        totals.add(session, {(fund.id, 0): Totals(received=7)})

    with database.reading() as session:
        assert totals.of_fund(session, fund.id, EVERYTHING) == {0: Totals(received=7)}


@pytest.mark.parametrize("codes", [["GB"], ["GB", "CH"], []])
def test_a_reader_sees_the_own_sections_alone(database: Database, codes: list[str]) -> None:
    with database.unit_of_work() as session:
        fund = a_fund(session)
        ids = {a_section(session, code, "EUR") for code in codes}

    with database.reading() as session:
        assert totals.of_fund(session, fund.id, Scope.of(ids)).keys() == ids
