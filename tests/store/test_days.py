from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from fundtracker.domain.actors import Actor
from fundtracker.domain.donations import Back
from fundtracker.domain.facts import ChargeState
from fundtracker.domain.postings import Gift, given, returned
from fundtracker.domain.rates import Rate
from fundtracker.store import days, ledger, recount
from fundtracker.store.days import DayKey, Sum
from fundtracker.store.ledger import Booking
from fundtracker.store.payments import ChargeRow
from tests.factories.rows import NOW, a_donation, a_fund
from tests.support.statements import asked

if TYPE_CHECKING:
    from fundtracker.store.database import Database
    from fundtracker.store.donations import DonationRow
    from fundtracker.store.funds import FundRow

TODAY = date(2026, 6, 12)


@pytest.fixture
def fund(database: Database) -> FundRow:
    with database.unit_of_work() as session:
        return a_fund(session)


@pytest.fixture
def donation(database: Database, fund: FundRow) -> DonationRow:
    with database.unit_of_work() as session:
        return a_donation(session, fund, succeeded_at=NOW)


def gift_of(row: DonationRow) -> Gift:
    rate = Rate(115, 2)
    return Gift(row.fund_id, row.section_id, "main", row.currency, row.amount, "EUR", rate)


def book_gift(database: Database, row: DonationRow, at: datetime = NOW) -> None:
    booking = Booking(given(gift_of(row), f"pi_{row.id}"), row.fund_id, row.section_id, row.id)
    with database.unit_of_work() as session:
        ledger.post(session, "main", [booking], Actor.worker(), at)


def book_back(database: Database, row: DonationRow, amount: int, before: int = 0) -> None:
    back = Back(f"re_{row.id}_{before}", "refund", amount)
    journal = returned(gift_of(row), back, before)
    booking = Booking(journal, row.fund_id, row.section_id, row.id)
    later = NOW + timedelta(days=3)
    with database.unit_of_work() as session:
        ledger.post(session, "main", [booking], Actor.worker(), later)


def kept(database: Database) -> dict[DayKey, Sum]:
    """What is kept of all days, which is what the ledger says of them."""
    with database.reading() as session:
        kept = recount.kept_days(session)
        assert kept == recount.days(session)
        return kept


def test_a_gift_is_of_the_day_on_which_it_was_given_and_of_that_on_which_it_was_booked(
    database: Database, fund: FundRow, donation: DonationRow
) -> None:
    with database.unit_of_work() as session:
        by_bank = a_donation(
            session, fund, method="bank", succeeded_at=datetime(2026, 6, 3, 12, tzinfo=UTC)
        )

    book_gift(database, donation)
    book_gift(database, by_bank)

    assert kept(database) == {
        DayKey(fund.id, 0, TODAY, TODAY, "online", ""): Sum(5750, 1),
        DayKey(fund.id, 0, date(2026, 6, 3), TODAY, "bank", ""): Sum(5750, 1),
    }


def test_days_begin_at_midnight_in_the_timezone_of_the_fund(
    database: Database, fund: FundRow
) -> None:
    with database.unit_of_work() as session:
        before, after = (
            a_donation(session, fund, succeeded_at=datetime(2026, 6, 12, 21, minute, tzinfo=UTC))
            for minute in (59, 0)
        )
        after.succeeded_at = datetime(2026, 6, 12, 22, 0, tzinfo=UTC)
    for row in (before, after):
        book_gift(database, row)

    assert {key.given_on for key in kept(database)} == {TODAY, date(2026, 6, 13)}


def test_what_goes_back_is_taken_from_the_days_of_its_gift(
    database: Database, fund: FundRow, donation: DonationRow
) -> None:
    day = DayKey(fund.id, 0, TODAY, TODAY, "online", "")
    book_gift(database, donation)

    book_back(database, donation, 2000)
    assert kept(database) == {day: Sum(3450, 1)}

    book_back(database, donation, 3000, before=2000)
    assert kept(database) == {}


def test_a_gift_and_what_goes_back_at_once_are_counted_together(
    database: Database, fund: FundRow, donation: DonationRow
) -> None:
    gift = gift_of(donation)
    bookings = [
        Booking(journal, fund.id, 0, donation.id)
        for journal in (given(gift, "pi_1"), returned(gift, Back("re_1", "refund", 1000), 0))
    ]
    with database.unit_of_work() as session:
        ledger.post(session, "main", bookings, Actor.worker(), NOW)

    assert list(kept(database).values()) == [Sum(4600, 1)]


def test_a_donation_moves_when_stripe_tells_how_it_was_paid(
    database: Database, fund: FundRow, donation: DonationRow
) -> None:
    book_gift(database, donation)
    with database.unit_of_work() as session:
        session.add_all(
            ChargeRow(
                account="main",
                id=f"ch_{method}",
                donation_id=donation.id,
                amount=5000,
                currency="GBP",
                state=state,
                method=method,
            )
            for method, state in (
                ("card", ChargeState.FAILED),
                ("sepa_debit", ChargeState.SUCCEEDED),
            )
        )
        session.flush()
        recount.relabel(session, {donation.id: ""})
        recount.relabel(session, {})

    assert kept(database) == {
        DayKey(fund.id, 0, TODAY, TODAY, "online", "sepa_debit"): Sum(5750, 1)
    }


def test_in_another_timezone_the_days_are_counted_again(
    database: Database, fund: FundRow, donation: DonationRow
) -> None:
    book_gift(database, donation)
    with database.unit_of_work() as session:
        other = a_fund(session)
        book = a_donation(session, other, succeeded_at=NOW)
    book_gift(database, book)

    with database.unit_of_work() as session:
        session.execute(
            text("UPDATE fund SET timezone = 'Pacific/Auckland' WHERE id = :id"), {"id": fund.id}
        )
        recount.make_anew(session, fund.id)

    assert {(key.fund_id, key.given_on) for key in kept(database)} == {
        (fund.id, date(2026, 6, 13)),
        (other.id, TODAY),
    }


def test_as_many_days_as_one_likes_are_added_in_few_statements(
    database: Database, fund: FundRow
) -> None:
    many = {
        DayKey(fund.id, 0, TODAY + timedelta(days=number), TODAY, "cash", ""): Sum(1, 1)
        for number in range(1500)
    }
    with database.unit_of_work() as session:
        with asked() as statements:
            days.add(session, many)
            days.add(session, dict.fromkeys(many, Sum(1, 0)))
            days.add(session, dict.fromkeys(many, Sum()))
        assert len([each for each in statements if each.startswith("INSERT")]) == 4

    with database.reading() as session:
        assert recount.kept_days(session) == dict.fromkeys(many, Sum(2, 1))


def test_what_was_booked_before_days_were_kept_is_counted_by_the_migration(
    database: Database, fund: FundRow, donation: DonationRow
) -> None:
    book_gift(database, donation)
    book_back(database, donation, 2000)
    before = kept(database)

    database.downgrade("0001")
    database.upgrade()

    assert (
        kept(database) == before == {DayKey(fund.id, 0, TODAY, TODAY, "online", ""): Sum(3450, 1)}
    )
