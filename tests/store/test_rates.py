from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from fundtracker.domain.rates import Rate
from fundtracker.store import funds, rates
from tests.factories.rows import NOW, a_fund

if TYPE_CHECKING:
    from fundtracker.store.database import Database


def test_a_funds_own_currency_needs_no_rate(database: Database) -> None:
    with database.unit_of_work() as session:
        a_fund(session, slug="hall").rate_table_id = None

    with database.reading() as session:
        assert rates.current(session, funds.by_slug(session, "hall")) == {"EUR": Rate.ONE}


def test_later_rates_make_a_new_table_and_the_old_one_stays(database: Database) -> None:
    with database.unit_of_work() as session:
        fund = a_fund(session, slug="hall")
        before = fund.rate_table_id
        fund.rate_table_id = rates.supersede(
            session,
            fund.id,
            {"GBP": Rate.parse("1.2"), "CLP": Rate.parse("0.000983")},
            source="ECB",
            as_of=date(2026, 6, 12),
            made_by="command:root",
            made_at=NOW,
        )

    with database.reading() as session:
        found = rates.current(session, funds.by_slug(session, "hall"))
        assert found == {"EUR": Rate.ONE, "GBP": Rate(12, 1), "CLP": Rate(983, 6)}
        old = session.get_one(rates.RateRow, (before, "GBP"))
        assert (old.mantissa, old.scale) == (115, 2)
