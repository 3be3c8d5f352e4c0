from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from fundtracker.domain.actors import Actor
from fundtracker.domain.ledger import Account, Entry, Journal
from fundtracker.store import ledger
from fundtracker.store.ledger import Booking, EntryRow, JournalRow
from tests.factories.rows import NOW, a_donation, a_fund
from tests.support.statements import asked

if TYPE_CHECKING:
    from fundtracker.store.database import Database
    from fundtracker.store.donations import DonationRow


@pytest.fixture
def donation(database: Database) -> DonationRow:
    with database.unit_of_work() as session:
        return a_donation(session, a_fund(session))


def a_journal(source: str, kind: str = "refund", amount: int = 5) -> Journal:
    entries = (
        Entry(Account.BANK, amount, "EUR", holder="bag 7"),
        Entry(Account.GIFTS, -amount, "EUR", base=-amount, fund=1),
    )
    return Journal(source, kind, entries)


def post(database: Database, *bookings: Booking) -> None:
    with database.unit_of_work() as session:
        ledger.post(session, "main", bookings, Actor.worker(), NOW)


def test_journals_are_written_in_as_many_statements_however_many_they_are(
    database: Database, donation: DonationRow
) -> None:
    counts = []
    for numbers in (range(1), range(1, 30)):
        with asked() as statements:
            post(
                database,
                *(
                    Booking(
                        a_journal(f"re_{n}"), donation.fund_id, donation.section_id, donation.id
                    )
                    for n in numbers
                ),
            )
        counts.append(len(statements))
    post(database)

    assert counts[0] == counts[1]
    with database.reading() as session:
        headers = session.scalars(select(JournalRow).order_by(JournalRow.id)).all()
        entries = session.scalars(select(EntryRow)).all()
        posted = ledger.posted(session, [donation.id, 99])
    assert [row.source for row in headers] == [f"re_{number}" for number in range(30)]
    assert {(row.actor, row.booked_at, row.account) for row in headers} == {
        (str(Actor.worker()), NOW, "main")
    }
    assert {row.journal_id for row in entries} == {row.id for row in headers}
    assert {(e.account, e.holder, e.amount, e.base) for e in entries} == {
        ("bank", "bag 7", 5, None),
        ("gifts", "", -5, -5),
    }
    assert posted == {donation.id: {(f"re_{n}", "refund") for n in range(30)}, 99: set()}


def test_a_fact_is_booked_once(database: Database, donation: DonationRow) -> None:
    post(database, Booking(a_journal("re_1"), None, None, None))

    with pytest.raises(DBAPIError):
        post(database, Booking(a_journal("re_1", amount=7), None, None, None))
    post(database, Booking(a_journal("re_1", kind="refund_failed"), None, None, None))


def test_a_donation_is_received_once_whatever_its_payment_is_called(
    database: Database, donation: DonationRow
) -> None:
    post(
        database,
        Booking(a_journal("pi_1", kind="gift"), donation.fund_id, donation.section_id, donation.id),
    )

    with pytest.raises(DBAPIError):
        post(
            database,
            Booking(
                a_journal("pi_2", kind="gift"), donation.fund_id, donation.section_id, donation.id
            ),
        )
