from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from fundtracker.domain.errors import GatewayUnavailable
from fundtracker.domain.totals import Totals
from fundtracker.services.catch_up import ask_open, forget, read_events, read_transactions
from fundtracker.services.settle import settle_all
from fundtracker.services.verify import verify
from fundtracker.store import jobs
from fundtracker.store.donations import StripeRefRow
from tests.factories.rows import a_donation, a_fund
from tests.factories.stripe import Payment, event
from tests.support.gateway import MemoryGateway
from tests.support.statements import heard
from tests.support.telling import known, rows, states, tell, tell_and_settle, whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fundtracker.payments.gateway import Page
    from fundtracker.services.parts import Parts
    from fundtracker.store.donations import DonationRow
    from tests.factories.stripe import Body
    from tests.support.clocks import Clock


class PowerCut(BaseException):
    """The process is gone: nobody handles it."""


def seconds(clock: Clock) -> int:
    return int(clock.now.timestamp())


def happen(gateway: MemoryGateway, clock: Clock, count: int = 1) -> list[Body]:
    """Let payments happen of which no webhook tells."""
    new = [event(Payment("nobody").session(), created=seconds(clock)) for _ in range(count)]
    gateway.events += new
    return new


def ids(events: Sequence[Body]) -> list[str]:
    return sorted(each["id"] for each in events)


def kept(parts: Parts) -> list[str]:
    return sorted(row.event_id for row in rows(parts))


def cursor(parts: Parts, name: str = "events") -> str | None:
    with parts.database.reading() as session:
        return jobs.cursor(session, "main", name)


def test_events_that_never_came_are_read_page_by_page(
    parts: Parts, gateway: MemoryGateway, clock: Clock
) -> None:
    missed = happen(gateway, clock, 7)
    tell(parts, missed[3])
    gateway.page_size = 3

    assert read_events(parts) == 6

    assert kept(parts) == ids(missed)
    assert gateway.calls == ["list_events"] * 3
    assert cursor(parts) == str(seconds(clock))


def test_each_reading_begins_an_hour_before_the_last_one(
    parts: Parts, gateway: MemoryGateway, clock: Clock
) -> None:
    """For a list can show a line later than its time says."""
    read_events(parts)
    first = clock.now
    late, lost = event(Payment("a").session()), event(Payment("b").session())
    gateway.events = [
        lost | {"created": int(first.timestamp()) - 3601},
        late | {"created": int(first.timestamp()) - 3600},
    ]
    clock.advance(300)
    new = happen(gateway, clock)

    assert read_events(parts) == 2
    assert kept(parts) == ids([late, *new])


def test_after_three_days_nothing_is_missing_and_the_first_reading_goes_back_thirty(
    parts: Parts, gateway: MemoryGateway, clock: Clock
) -> None:
    asked: list[int] = []

    class Noting(MemoryGateway):
        def list_events(self, *, created_from: int, after: str | None) -> Page:
            asked.append(created_from)
            return super().list_events(created_from=created_from, after=after)

    gateway.__class__ = Noting
    start = clock.now
    read_events(parts)
    clock.now = start + timedelta(days=3)
    read_events(parts)
    clock.now = start + timedelta(days=60)
    read_events(parts)

    assert [int(start.timestamp()) - each for each in asked] == [
        30 * 86_400,
        3600,
        -30 * 86_400,
    ]


def test_a_crash_between_pages_loses_nothing(
    parts: Parts, gateway: MemoryGateway, clock: Clock
) -> None:
    missed = happen(gateway, clock, 5)
    gateway.page_size = 2
    gateway.down = False

    class GoesDown(MemoryGateway):
        def list_events(self, *, created_from: int, after: str | None) -> Page:
            self.down = after is not None
            return super().list_events(created_from=created_from, after=after)

    gateway.__class__ = GoesDown
    with pytest.raises(GatewayUnavailable):
        read_events(parts)
    assert (len(rows(parts)), cursor(parts)) == (2, None)

    gateway.__class__ = MemoryGateway
    gateway.down = False
    assert read_events(parts) == 3
    assert kept(parts) == ids(missed)


@pytest.mark.parametrize("table", ["inbox", "cursor"])
def test_the_last_page_and_the_cursor_are_one_commit(
    parts: Parts, gateway: MemoryGateway, clock: Clock, table: str
) -> None:
    happen(gateway, clock)

    def cut(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(f"INSERT INTO {table}"):
            raise PowerCut

    with heard(cut), pytest.raises(PowerCut):
        read_events(parts)

    assert (rows(parts), cursor(parts)) == ([], None)


def test_the_two_lists_have_cursors_of_their_own(
    parts: Parts, gateway: MemoryGateway, clock: Clock
) -> None:
    read_transactions(parts)

    assert cursor(parts, "transactions") == str(seconds(clock))
    assert cursor(parts, "events") is None


def test_fees_come_with_the_list_of_lines(
    parts: Parts, donation: DonationRow, gateway: MemoryGateway, clock: Clock
) -> None:
    pay = Payment(donation.token)
    tell_and_settle(parts, event(pay.session()))
    line = pay.line(pay.charge(), 5700, fee=137, created=seconds(clock))
    gateway.transactions = [line | {"source": pay.charge(balance_transaction=line["id"])}]

    assert read_transactions(parts) == 1
    assert read_transactions(parts) == 0
    settle_all(parts)

    assert states(parts) == ["applied", "applied"]
    assert whole(parts, donation.fund_id) == Totals(received=5750, donations=1)
    assert verify(parts).broken == ()


class TestOpenDonations:
    """A page may have ended unheard."""

    def waiting(self, parts: Parts, **fields: object) -> DonationRow:
        with parts.database.unit_of_work() as session:
            row = a_donation(session, a_fund(session), **{"status": "open"} | fields)
            session.add(StripeRefRow(account="main", id=f"cs_{row.token}", donation_id=row.id))
        return row

    def test_they_are_asked_about_after_an_hour(
        self, parts: Parts, gateway: MemoryGateway, clock: Clock
    ) -> None:
        row = self.waiting(parts)
        expired = Payment(row.token).session(
            id=f"cs_{row.token}", status="expired", payment_status="unpaid"
        )
        gateway.objects = {f"cs_{row.token}": expired}

        assert ask_open(parts) == 0
        clock.advance(3601)
        assert ask_open(parts) == 1
        settle_all(parts)

        assert known(parts, row.token).status == "expired"
        assert ask_open(parts) == 0
        assert gateway.calls == ["retrieve_session"]

    def test_a_page_that_stripe_no_longer_knows_does_not_hold_up_the_others(
        self, parts: Parts, gateway: MemoryGateway, clock: Clock
    ) -> None:
        self.waiting(parts)
        row = self.waiting(parts)
        gateway.objects = {f"cs_{row.token}": Payment(row.token).session(id=f"cs_{row.token}")}
        clock.advance(3601)

        assert ask_open(parts) == 1

    def test_payments_that_take_days_do_not_keep_them_waiting(
        self, parts: Parts, gateway: MemoryGateway, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("fundtracker.services.catch_up.OPEN_BATCH", 1)
        self.waiting(parts, status="processing", created_at=clock.now - timedelta(days=5))
        row = self.waiting(parts)
        gateway.objects = {f"cs_{row.token}": Payment(row.token).session(id=f"cs_{row.token}")}
        clock.advance(3601)

        assert ask_open(parts) == 1


def test_payloads_are_emptied_thirty_days_after_they_were_applied(
    parts: Parts, donation: DonationRow, clock: Clock
) -> None:
    pay = Payment(donation.token)
    parked = event(Payment("nobody").charge())
    tell_and_settle(parts, event(pay.session()), event({"id": "x", "object": "y"}), parked)

    clock.advance(30 * 86_400)
    assert forget(parts) == 0
    clock.advance(1)
    assert forget(parts) == 2
    assert forget(parts) == 0

    assert [bool(row.payload) for row in rows(parts)] == [False, False, True]
    with parts.database.reading() as session:
        emptied = session.scalar(text("SELECT count(*) FROM inbox WHERE payload IS NULL"))
    assert emptied == 2
