from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from fundtracker.domain.errors import Busy
from fundtracker.domain.totals import Totals
from fundtracker.services.settle import settle, settle_all
from fundtracker.services.verify import verify
from fundtracker.store import inbox
from fundtracker.store.funds import FundRow, milestones, version
from tests.factories.rows import a_donation, a_fund
from tests.factories.stripe import Payment, event
from tests.support import databases
from tests.support.postgres import as_superuser
from tests.support.statements import asked, heard, read_whole, without_scans
from tests.support.telling import (
    Known,
    books_of,
    known,
    rows,
    states,
    tell,
    tell_and_settle,
    whole,
)
from tests.support.tools import parts_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fundtracker.services.parts import Parts
    from fundtracker.store.donations import DonationRow
    from tests.support.clocks import Clock


class PowerCut(BaseException):
    """The process is gone: nobody handles it."""


def a_poisoned_donation(parts: Parts) -> DonationRow:
    """A donation to a fund whose currency nobody knows: booking it raises."""
    with parts.database.unit_of_work() as session:
        return a_donation(session, a_fund(session, currency="XXX"))


def address(parts: Parts) -> str:
    return parts.database.writer.url.render_as_string(hide_password=False)


def spoil(parts: Parts, row_id: int) -> None:
    """Make a payload unreadable, as if its key were lost."""
    with parts.database.unit_of_work() as session:
        statement = text("UPDATE inbox SET payload = :junk WHERE id = :id")
        session.execute(statement, {"junk": b"encrypted by nobody", "id": row_id})


def test_a_paid_page_is_money(parts: Parts, donation: DonationRow) -> None:
    assert tell_and_settle(parts, event(Payment(donation.token).session())) == ["applied"]

    assert known(parts, donation.token) == Known("succeeded", 5000)
    assert whole(parts, donation.fund_id) == Totals(received=5750, donations=1)
    assert books_of(parts, donation.id) == {
        ("stripe_clearing", "GBP"): 5000,
        ("gifts", "GBP"): -5000,
    }


def test_nothing_to_do_is_soon_done(parts: Parts) -> None:
    assert settle(parts) == 0


def test_money_announces_a_version_and_names_its_moment(
    parts: Parts, donation: DonationRow, clock: Clock
) -> None:
    tell_and_settle(parts, event(Payment(donation.token).session()))

    with parts.database.reading() as session:
        fund = session.get_one(FundRow, donation.fund_id)
        assert fund.version == int(clock.now.timestamp() * 1000)
        assert fund.as_of == clock.now
    assert parts.broker.newer(fund.slug, 0, timeout=0) == fund.version


def test_what_moves_no_money_announces_nothing(parts: Parts, donation: DonationRow) -> None:
    session = Payment(donation.token).session(payment_status="unpaid")
    tell_and_settle(parts, event(session))

    assert known(parts, donation.token) == Known("processing", 0)
    with parts.database.reading() as reading:
        fund = reading.get_one(FundRow, donation.fund_id)
        assert version(reading, fund.slug) == 0


def test_money_counts_though_the_fund_closed_while_the_donor_paid(parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        fund = a_fund(session, status="closed")
        row = a_donation(session, fund)

    tell_and_settle(parts, event(Payment(row.token).session()))

    assert whole(parts, fund.id) == Totals(received=5750, donations=1)


def test_a_missing_rate_holds_back_the_gift_and_not_stripes_ledger(parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        row = a_donation(session, a_fund(session), rate_mantissa=None, rate_scale=None)
    pay = Payment(row.token)

    tell_and_settle(
        parts, event(pay.session()), event(pay.charge()), event(pay.line(pay.charge(), 5700))
    )

    assert whole(parts, row.fund_id) == Totals()
    assert known(parts, row.token) == Known("succeeded", 0)
    assert books_of(parts, row.id)[("stripe", "EUR")] == 5700
    assert verify(parts).broken == ()


def test_a_line_of_nobodys_is_booked_by_itself(parts: Parts) -> None:
    payout = Payment("nobody").line({"id": "po_1", "object": "payout"}, -90_000)
    nothing = Payment("nobody").line({"id": "adj_1", "object": "adjustment"}, 0)

    assert tell_and_settle(parts, event(payout), event(nothing)) == ["applied", "applied"]
    assert verify(parts).broken == ()


def test_milestones_are_reached_once_and_for_all(parts: Parts, clock: Clock) -> None:
    with parts.database.unit_of_work() as session:
        fund = a_fund(session, milestones=[5000, 5750, 5751])
        row = a_donation(session, fund)
    pay = Payment(row.token)

    first = clock.now
    tell_and_settle(parts, event(pay.session()))
    clock.advance(60)
    tell_and_settle(parts, event(pay.refund(5000)))

    with parts.database.reading() as session:
        reached = {mark.amount: mark.reached_at for mark in milestones(session, fund.id)}
    assert reached == {5000: first, 5750: first, 5751: None}


@pytest.mark.parametrize("poison", ["raises", "unreadable"])
def test_one_bad_row_holds_nobody_up(parts: Parts, donation: DonationRow, poison: str) -> None:
    bad = a_poisoned_donation(parts)
    tell(parts, event(Payment(bad.token).session()), event(Payment(donation.token).session()))
    if poison == "unreadable":
        spoil(parts, rows(parts)[0].id)

    settle_all(parts)

    assert states_and_attempts(parts) == [("received", 1), ("applied", 1)]
    assert whole(parts, donation.fund_id) == Totals(received=5750, donations=1)
    assert known(parts, bad.token) == Known("created", 0)


def states_and_attempts(parts: Parts) -> list[tuple[str, int]]:
    with parts.database.reading() as session:
        query = text("SELECT state, attempts FROM inbox ORDER BY id")
        return [(row.state, row.attempts) for row in session.execute(query)]


def test_a_bad_row_is_tried_twice_as_late_each_time_and_waits_for_a_person_after_eight(
    parts: Parts, clock: Clock
) -> None:
    tell(parts, event(Payment(a_poisoned_donation(parts).token).session()))

    for attempts in range(1, 8):
        assert settle_all(parts) == 1
        assert states_and_attempts(parts) == [("received", attempts)]
        clock.advance(2**attempts - 1)
        assert settle_all(parts) == 0
        clock.advance(1)
    settle_all(parts)

    assert states_and_attempts(parts) == [("failed", 8)]
    assert rows(parts)[0].note == "InvalidCurrency"
    clock.advance(10**6)
    assert settle_all(parts) == 0


def test_a_row_that_was_mended_is_settled_when_its_time_comes(parts: Parts, clock: Clock) -> None:
    bad = a_poisoned_donation(parts)
    tell_and_settle(parts, event(Payment(bad.token).session()))
    with parts.database.unit_of_work() as session:
        session.get_one(FundRow, bad.fund_id).currency = "EUR"

    clock.advance(2)
    settle_all(parts)

    assert states(parts) == ["applied"]
    assert rows(parts)[0].note is None


def test_attempts_are_committed_before_anything_is_done(parts: Parts, clock: Clock) -> None:
    """So that a row that kills the process is later tried alone."""
    with parts.database.unit_of_work() as session:
        fund = a_fund(session)
        tokens = [a_donation(session, fund).token for _ in range(3)]
    tell(parts, *(event(Payment(token).session()) for token in tokens))

    def cut(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO entry"):
            raise PowerCut

    with heard(cut), pytest.raises(PowerCut):
        settle(parts)
    assert states_and_attempts(parts) == [("received", 1)] * 3
    assert settle(parts) == 0

    clock.advance(5)
    with heard(cut), pytest.raises(PowerCut):
        settle(parts)
    assert states_and_attempts(parts) == [("received", 2), ("received", 1), ("received", 1)]

    clock.advance(5)
    assert [settle(parts) for _ in range(4)] == [1, 1, 1, 0]
    assert whole(parts, fund.id) == Totals(received=3 * 5750, donations=3)


def test_a_full_disk_is_no_fault_of_the_rows(parts: Parts, donation: DonationRow) -> None:
    bad = a_poisoned_donation(parts)
    tell(parts, event(Payment(bad.token).session()), event(Payment(donation.token).session()))
    alone: list[str] = []

    def full(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO entry"):
            alone.append(statement)
            raise Busy

    with heard(full):
        settle(parts)

    assert len(alone) == 1
    assert states_and_attempts(parts) == [("received", 1), ("received", 0)]


def test_a_row_whose_attempts_never_end_is_given_up(parts: Parts, clock: Clock) -> None:
    tell(parts, event(Payment("nobody").session()))
    for _ in range(8):
        with parts.database.unit_of_work() as session:
            assert inbox.claim(session, "main", clock.now, 10)
        clock.advance(5)

    assert settle(parts) == 0

    assert states_and_attempts(parts) == [("failed", 8)]
    assert rows(parts)[0].note == "no attempt came to an end"


def test_rows_of_another_account_are_left_to_its_own_settler(
    parts: Parts, donation: DonationRow
) -> None:
    other = parts_on(parts.database)
    other.gateway.account = "section"  # type: ignore[misc]
    tell(other, event(Payment(donation.token).session()))

    assert settle(parts) == 0
    assert settle(other) == 1


def test_settling_asks_as_much_for_forty_payments_as_for_one(parts: Parts) -> None:
    """And as much for the thousandth donation as for the first."""
    costs = []
    with parts.database.unit_of_work() as session:
        fund = a_fund(session)
    for count in (1, 40, 1):
        with parts.database.unit_of_work() as session:
            pays = [Payment(a_donation(session, fund).token) for _ in range(count)]
        stories = [
            [event(pay.session()) for pay in pays],
            [event(pay.charge()) for pay in pays],
            [event(pay.line(pay.charge(), 5700, fee=137)) for pay in pays],
            [event(pay.charge(balance_transaction=f"txn_{pay.number}")) for pay in pays],
            [event(pay.refund(500)) for pay in pays],
            [event(pay.refund(500, status="failed")) for pay in pays],
            [event(pay.dispute(10, pay.line(pay.dispute(), -10, "d"))) for pay in pays],
        ]
        counted = []
        for events in stories:
            tell(parts, *events)
            with asked() as statements:
                settle_all(parts)
            counted.append(len(statements))
        costs.append(counted)

    assert costs[0] == costs[1] == costs[2]
    # A refund looks for what the gift had paid, and for whoever wanted that withdrawn.
    assert max(costs[0]) < 43


def test_settling_reads_no_table_from_end_to_end(database_url: str) -> None:
    with databases.opened(without_scans(database_url)) as database:
        parts = parts_on(database)
        with database.unit_of_work() as session:
            pay = Payment(a_donation(session, a_fund(session, milestones=[1])).token)
        line = pay.line(pay.charge(), 5700)
        out = pay.line(pay.dispute(), -10, "d")
        tell(
            parts,
            event(pay.charge()),
            event(pay.session()),
            event(line),
            event(pay.refund(500)),
            event(pay.dispute(10, out)),
        )
        with read_whole() as found:
            settle_all(parts)

    assert found == []


def test_locks_are_taken_in_the_order_that_everybody_keeps(
    parts: Parts, donation: DonationRow
) -> None:
    """Donations, then totals, then the fund: so nobody waits for somebody who waits for them."""
    tell(parts, event(Payment(donation.token).session()))

    with asked() as statements:
        settle(parts)

    order = ("FROM donation", "INSERT INTO total", "UPDATE fund")
    places = [next(n for n, each in enumerate(statements) if what in each) for what in order]
    assert places == sorted(places)
    # Milestones are only ever touched by who holds their fund; the donation was locked before.
    after = {each.split()[1] for each in statements[places[-1] + 1 :] if each.startswith("UPDATE")}
    assert after <= {"milestone", "donation"}


class TestTwoAtOnce:
    """On PostgreSQL several processes may settle; on SQLite several threads of one."""

    @pytest.fixture
    def pool(self) -> Iterator[ThreadPoolExecutor]:
        with ThreadPoolExecutor(8) as pool:
            yield pool

    def test_first_donations_that_come_together_leave_right_totals(
        self, parts: Parts, pool: ThreadPoolExecutor
    ) -> None:
        with parts.database.unit_of_work() as session:
            fund = a_fund(session)
            tokens = [a_donation(session, fund).token for _ in range(24)]
        start = Barrier(8)

        def one_process(number: int) -> int:
            with databases.opened(address(parts)) as own:
                mine = parts_on(own if not parts.database.is_sqlite else parts.database)
                start.wait()
                tell(mine, *(event(Payment(token).session()) for token in tokens[number::8]))
                return settle_all(mine)

        tried = sum(pool.map(one_process, range(8)))
        settle_all(parts)

        assert tried >= 24
        assert states_and_attempts(parts) == [("applied", 1)] * 24
        assert whole(parts, fund.id) == Totals(received=24 * 5750, donations=24)
        assert verify(parts).broken == ()


@pytest.mark.postgresql
class TestPostgres:
    @pytest.fixture
    def parts(self, postgres_url: str) -> Iterator[Parts]:
        with databases.opened(postgres_url) as database:
            yield parts_on(database)

    def test_a_deadlock_is_tried_again_and_not_counted(
        self, parts: Parts, donation: DonationRow
    ) -> None:
        tell(parts, event(Payment(donation.token).session()))
        lock_fund = text("SELECT 1 FROM fund FOR UPDATE")
        lock_donation = text("SELECT 1 FROM donation FOR UPDATE")
        with (
            databases.opened(as_superuser(address(parts))) as other,
            other.unit_of_work() as foreign,
            ThreadPoolExecutor(1) as pool,
        ):
            # Whoever has waited for this long looks for a deadlock and is its victim: the settler.
            foreign.execute(text("SET LOCAL deadlock_timeout = '60s'"))
            foreign.execute(lock_fund)
            settling = pool.submit(settle, parts)
            wait_for_a_lock(foreign)
            foreign.execute(lock_donation)
            with pytest.raises(Exception, match="deadlock detected"):
                settling.result()

        assert states_and_attempts(parts) == [("received", 0)]
        assert settle_all(parts) == 1
        assert whole(parts, donation.fund_id) == Totals(received=5750, donations=1)

    def test_others_stand_by_while_one_settles(self, parts: Parts, donation: DonationRow) -> None:
        tell(parts, event(Payment(donation.token).session()))
        with (
            databases.opened(address(parts)) as other,
            ThreadPoolExecutor(1) as pool,
        ):
            with other.unit_of_work() as foreign:
                foreign.execute(text("SELECT pg_advisory_xact_lock(1765537471)"))
                settling = pool.submit(settle, parts)
                wait_for_a_lock(foreign)
                assert states_and_attempts(parts) == [("received", 0)]
            assert settling.result() == 1
        assert states(parts) == ["applied"]


def wait_for_a_lock(session: object) -> None:
    """Return when another connection waits for a lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    while not session.scalar(waiting):  # type: ignore[attr-defined]
        pass


class TestSQLite:
    @pytest.fixture
    def parts(self, sqlite_url: str) -> Iterator[Parts]:
        with databases.opened(sqlite_url) as database:
            yield parts_on(database)

    def test_a_file_that_another_process_writes_is_busy_and_costs_no_attempt(
        self, parts: Parts, donation: DonationRow
    ) -> None:
        tell(parts, event(Payment(donation.token).session()))
        with parts.database.unit_of_work() as session:
            session.execute(text("PRAGMA busy_timeout = 1"))
        with (
            databases.opened(address(parts)) as other,
            other.unit_of_work() as foreign,
        ):
            foreign.execute(text("UPDATE fund SET name = 'Renamed'"))
            with pytest.raises(Busy):
                settle(parts)

        assert states_and_attempts(parts) == [("received", 0)]
