from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.actors import Actor
from fundtracker.domain.errors import Changed, Invalid, UnknownFund
from fundtracker.services.lock_rates import lock_rates
from fundtracker.store import funds, rates
from tests.factories.rows import a_fund
from tests.support.deeds import deeds

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts


@pytest.fixture
def table_id(parts: Parts) -> int:
    """Return the table of a fund called hall."""
    with parts.database.unit_of_work() as session:
        return a_fund(session, slug="hall").rate_table_id or 0


def test_rates_are_locked_once_by_somebody_at_a_time(parts: Parts, table_id: int) -> None:
    anna, berta = (parts.acting(Actor.staff(name)) for name in ("anna", "berta"))

    assert lock_rates(anna, "hall", table_id)
    assert not lock_rates(berta, "hall", table_id)

    with parts.database.reading() as session:
        (table,) = rates.tables(session, funds.by_slug(session, "hall").id)
        assert rates.locked_table(session, table_id) is not None
    assert table.is_locked
    assert (table.locked_by, table.locked_at) == ("staff:anna", parts.clock())
    (deed,) = deeds(parts.database)
    assert (deed.action, deed.facts["after"]) == (
        "rates_locked",
        {"table": table_id, "source": "test", "as_of": "2026-06-01"},
    )


def test_only_the_table_that_holds_is_locked(parts: Parts, table_id: int) -> None:
    with pytest.raises(Changed):
        lock_rates(parts, "hall", table_id + 1)
    with pytest.raises(UnknownFund):
        lock_rates(parts, "nowhere", table_id)

    with parts.database.reading() as session:
        assert rates.locked_table(session, table_id) is None


def test_where_there_are_no_rates_there_is_nothing_to_lock(parts: Parts, table_id: int) -> None:
    with parts.database.unit_of_work() as session:
        funds.row_of(session, "hall").rate_table_id = None

    with pytest.raises(Invalid, match="no exchange rates to lock"):
        lock_rates(parts, "hall", table_id)
