from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fundtracker.domain.donations import Payment
from fundtracker.domain.facts import (
    ChargeFact,
    ChargeState,
    DisputeFact,
    RefundFact,
    RefundStatus,
    SessionState,
    TransactionFact,
)
from fundtracker.store import payments
from fundtracker.store.donations import DonationRow
from fundtracker.store.payments import BalanceTransactionRow
from tests.factories.rows import NOW, a_donation, a_fund
from tests.support.statements import asked

if TYPE_CHECKING:
    from fundtracker.store.database import Database

CHARGE = ChargeFact(
    "ch_1", "pi_1", None, ChargeState.PENDING, 5000, "GBP", None, None, livemode=False
)
REFUND = RefundFact("re_1", "ch_1", "pi_1", 2000, "GBP", RefundStatus.PENDING, None, None)
DISPUTE = DisputeFact(
    "du_1", "ch_1", None, 3000, "GBP", "lost", frozenset({"txn_1"}), frozenset({"txn_2"})
)
EVERYTHING = Payment(
    session=SessionState.COMPLETE,
    paid=True,
    async_failed=True,
    cancelled=True,
    charges={"ch_1": CHARGE, "ch_2": replace(CHARGE, id="ch_2")},
    refunds={"re_1": REFUND},
    disputes={"du_1": DISPUTE},
)


def remember(database: Database, donation: DonationRow, now: Payment, before: Payment) -> None:
    with database.unit_of_work() as session:
        row = session.get_one(DonationRow, donation.id)
        payments.remember(session, [(row, now, before)], NOW)


def known(database: Database, donation: DonationRow) -> Payment:
    with database.reading() as session:
        return payments.known(session, [session.get_one(DonationRow, donation.id)])[donation.id]


def test_what_is_known_comes_back_as_it_was_learnt(database: Database) -> None:
    with database.unit_of_work() as session:
        fund = a_fund(session)
        donation, other = a_donation(session, fund), a_donation(session, fund)
    assert known(database, donation) == Payment()

    remember(database, donation, EVERYTHING, Payment())

    assert known(database, donation) == EVERYTHING
    assert known(database, other) == Payment()
    with database.reading() as session:
        assert session.get_one(DonationRow, donation.id).status == "succeeded"


def test_what_is_learnt_later_overwrites_and_adds_without_asking(database: Database) -> None:
    with database.unit_of_work() as session:
        donation = a_donation(session, a_fund(session))
    remember(database, donation, EVERYTHING, Payment())
    later = replace(
        EVERYTHING,
        charges={**EVERYTHING.charges, "ch_1": replace(CHARGE, transaction="txn_9")},
        refunds={"re_1": replace(REFUND, status=RefundStatus.FAILED)},
        disputes={"du_1": replace(DISPUTE, status="won", reinstated=frozenset({"a", "txn_2"}))},
    )

    with asked() as statements:
        remember(database, donation, later, EVERYTHING)

    assert known(database, donation) == later
    assert not [each for each in statements if each.startswith("SELECT charge")]


def test_lines_of_stripes_ledger_are_known_by_account(database: Database) -> None:
    line = TransactionFact("txn_1", "charge", 5700, 137, 5563, "EUR", "ch_1")
    with database.unit_of_work() as session:
        session.add(
            BalanceTransactionRow(
                account="main",
                id="txn_1",
                kind="charge",
                amount=5700,
                fee=137,
                net=5563,
                currency="EUR",
                source="ch_1",
            )
        )

    with database.reading() as session:
        assert payments.transactions(session, "main", {"txn_1", "txn_2"}) == {"txn_1": line}
        assert payments.transactions(session, "section", {"txn_1"}) == {}
        assert payments.transactions(session, "main", set()) == {}
