from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from fundtracker.domain.scope import Scope
from fundtracker.store import donations
from fundtracker.store.base import UnreadableError
from fundtracker.store.database import Database
from fundtracker.store.keys import Keys
from tests.factories.rows import NOW, a_donation, a_fund
from tests.support import databases


def test_a_missing_key_hides_the_name_and_stops_neither_the_number_nor_the_worker(
    database_url: str,
) -> None:
    with databases.opened(database_url) as database, database.unit_of_work() as session:
        gift = {"token": "token", "kept": 5000, "succeeded_at": NOW}
        a_donation(session, a_fund(session), public_name="Rosa", message="Keep going", **gift)

    database = Database.open(database_url, Keys([Fernet.generate_key()]))
    try:
        with database.unit_of_work() as session:
            [row] = donations.lock(session, "main", {"token"}, set())
            [recent] = donations.recent(session, row.fund_id, Scope.everything(), 12)
            assert (row.kept, recent.kept) == (5000, 5000)
            with pytest.raises(UnreadableError):
                _ = row.public_name
    finally:
        database.close()
