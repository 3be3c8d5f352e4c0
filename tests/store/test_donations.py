from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from fundtracker.domain.errors import UnknownDonation
from fundtracker.domain.scope import Scope
from fundtracker.store import donations
from fundtracker.store.donations import DonationRow, StripeRefRow
from tests.factories.rows import NOW, a_donation, a_fund, a_section
from tests.support import databases
from tests.support.statements import read_whole, without_scans

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.store.database import Database
    from fundtracker.store.funds import FundRow

EVERYTHING = Scope.everything()


@pytest.fixture
def fund(database: Database) -> FundRow:
    with database.unit_of_work() as session:
        return a_fund(session)


def linked(session: Session, fund: FundRow, *refs: str, **fields: Any) -> DonationRow:  # noqa: ANN401 - columns
    row = a_donation(session, fund, **fields)
    session.add_all(StripeRefRow(account=row.account, id=ref, donation_id=row.id) for ref in refs)
    session.flush()
    return row


def test_donations_are_locked_by_their_token_or_any_id_in_one_order(
    database: Database, fund: FundRow
) -> None:
    with database.unit_of_work() as session:
        first = linked(session, fund, "pi_1", "ch_1")
        second = linked(session, fund, "pi_2")
        linked(session, fund, "pi_3")
        foreign = linked(session, fund, "pi_4", account="section")

    with database.unit_of_work() as session:
        found = donations.lock(
            session,
            "main",
            {second.token, first.token, "nobody"},
            {"ch_1", "pi_1", "pi_4", "pi_9"},
        )
        assert [row.id for row in found] == [first.id, second.id]
        # A token of another account's donation is for the reader to notice.
        assert [row.id for row in donations.lock(session, "main", {foreign.token}, ())] == [
            foreign.id
        ]
        assert donations.lock(session, "main", (), ()) == []
        assert donations.refs_of(session, "main", [first.id]) == {
            "pi_1": first.id,
            "ch_1": first.id,
        }


def test_what_is_locked_is_read_as_it_is_now(database: Database, fund: FundRow) -> None:
    with database.unit_of_work() as session:
        row = linked(session, fund, "pi_1")
    with database.unit_of_work() as session:
        stale = session.get_one(DonationRow, row.id)
        session.execute(text("UPDATE donation SET kept = 7"))
        assert donations.lock(session, "main", {row.token}, ()) == [stale]
        assert stale.kept == 7
        session.execute(text("UPDATE donation SET kept = 8"))
        assert donations.locked(session, row.id).kept == 8


def test_a_second_row_of_the_same_form_is_the_first(database: Database, fund: FundRow) -> None:
    values = {
        "attempt": "form-1",
        "account": "main",
        "fund_id": fund.id,
        "section_id": 0,
        "method": "online",
        "currency": "EUR",
        "amount": 100,
        "status": "created",
        "checkout_expires_at": 0,
        "actor": "donor",
        "created_at": NOW,
        "public_name": "Rosa",
    }
    with database.unit_of_work() as session:
        first = donations.add(session, values | {"token": "a"})
        second = donations.add(session, values | {"token": "b"})

        assert first is second
        assert (first.token, first.public_name, first.kept) == ("a", "Rosa", 0)
        assert donations.by_attempt(session, "form-1") is first
        assert donations.by_attempt(session, "form-2") is None


def test_a_page_leads_to_its_donation_in_its_fund(database: Database, fund: FundRow) -> None:
    with database.unit_of_work() as session:
        row = linked(session, fund, "pi_1", "cs_1")
        # An underscore is no wildcard here.
        other = linked(session, fund, "csx")

    with database.reading() as session:
        assert donations.page_of(session, row) == "cs_1"
        assert donations.page_of(session, other) is None
        assert donations.of_session(session, "main", fund.id, "cs_1").id == row.id
        for account, fund_id, page in [
            ("section", fund.id, "cs_1"),
            ("main", fund.id + 1, "cs_1"),
            ("main", fund.id, "cs_2"),
        ]:
            with pytest.raises(UnknownDonation):
                donations.of_session(session, account, fund_id, page)


def test_undecided_donations_are_listed_open_ones_first(database: Database, fund: FundRow) -> None:
    old, older = NOW - timedelta(hours=2), NOW - timedelta(hours=3)
    with database.unit_of_work() as session:
        linked(session, fund, "cs_processing", status="processing", created_at=older)
        linked(session, fund, "cs_open", "pi_open", status="open", created_at=old)
        linked(session, fund, "cs_older", status="open", created_at=older)
        linked(session, fund, "cs_new", status="open", created_at=NOW)
        linked(session, fund, "cs_paid", status="succeeded", created_at=old)
        linked(session, fund, "cs_else", status="open", created_at=old, account="section")

    with database.reading() as session:
        asked = donations.unsettled(session, "main", NOW - timedelta(hours=1), 10)
        assert asked == ["cs_older", "cs_open", "cs_processing"]
        assert donations.unsettled(session, "main", NOW - timedelta(hours=1), 1) == ["cs_older"]


def test_recent_are_those_that_were_kept_newest_first_and_in_scope(
    database: Database, fund: FundRow
) -> None:
    with database.unit_of_work() as session:
        britain = a_section(session, "GB", "GBP")
        times = [NOW + timedelta(seconds=number) for number in range(5)]
        rows = [
            a_donation(session, fund, succeeded_at=time, kept=1, section_id=section)
            for time, section in zip(times, [0, britain, 0, 0, 0], strict=True)
        ]
        a_donation(session, fund, succeeded_at=NOW, kept=0)
        a_donation(session, fund)
        a_donation(session, a_fund(session), succeeded_at=NOW, kept=1)

    with database.reading() as session:
        found = donations.recent(session, fund.id, EVERYTHING, 3)
        assert [row.id for row in found] == [rows[4].id, rows[3].id, rows[2].id]
        found = donations.recent(session, fund.id, Scope.of([britain]), 3)
        assert [row.id for row in found] == [rows[1].id]
        assert donations.recent(session, fund.id, Scope.of([]), 3) == []


def test_no_question_reads_every_donation(database_url: str) -> None:
    with (
        databases.opened(without_scans(database_url)) as database,
        database.unit_of_work() as session,
    ):
        fund = a_fund(session)
        row = linked(session, fund, "pi_1", "cs_1")
        with read_whole() as found:
            assert donations.lock(session, "main", {row.token, "t"}, {"pi_1", "pi_2"}) == [row]
            donations.locked(session, row.id)
            donations.refs_of(session, "main", [row.id])
            donations.by_attempt(session, row.attempt)
            donations.page_of(session, row)
            donations.of_session(session, "main", fund.id, "cs_1")
            donations.unsettled(session, "main", NOW, 50)
            donations.recent(session, fund.id, EVERYTHING, 12)

    assert found == []
