from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from fundtracker.domain.errors import GatewayUnavailable, Invalid
from fundtracker.domain.funds import FundStatus
from fundtracker.domain.money import Money
from fundtracker.domain.scope import Scope
from fundtracker.services.allocate import reverse
from fundtracker.services.catch_up import read_events, read_transactions
from fundtracker.services.change_pledge import Shown
from fundtracker.services.create_fund import NewFund, create_fund
from fundtracker.services.decide_pledge import reopen_pledge
from fundtracker.services.give import GiftRequest, give
from fundtracker.services.sample.plan import moment
from fundtracker.services.sample.provider import Provider
from fundtracker.services.sample.seed import is_seeded, seed
from fundtracker.services.verify import Report, verify
from fundtracker.store import funds, pledges, snapshots
from fundtracker.store.allocations import AllocationRow
from fundtracker.store.calls import CallRow
from fundtracker.store.donations import DonationRow
from fundtracker.store.inbox import InboxRow
from fundtracker.store.ledger import EntryRow, JournalRow
from fundtracker.store.payments import BalanceTransactionRow, RefundRow
from fundtracker.store.pledges import PledgeRow
from tests.services.sample.small import AUTUMN, SMALL, SPRING
from tests.simulator.world import Receiver

if TYPE_CHECKING:
    from datetime import datetime

    from fundtracker.domain.snapshot import Snapshot
    from fundtracker.services.parts import Parts
    from fundtracker.simulator.switches import Switches
    from tests.support.clocks import Clock


def snapshot(parts: Parts, slug: str) -> Snapshot:
    with parts.database.reading() as session:
        return snapshots.load_true(session, slug)


def everything(parts: Parts) -> dict[str, int]:
    """Count the rows that a second seed could double."""
    tables = (
        DonationRow,
        RefundRow,
        InboxRow,
        JournalRow,
        EntryRow,
        BalanceTransactionRow,
        PledgeRow,
        AllocationRow,
        CallRow,
    )
    with parts.database.reading() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in tables
        }


def given_at(parts: Parts, slug: str) -> list[datetime]:
    with parts.database.reading() as session:
        fund = funds.by_slug(session, slug)
        query = select(DonationRow.succeeded_at).where(DonationRow.fund_id == fund.id)
        return sorted(at for at in session.scalars(query) if at is not None)


class Interrupted(BaseException):
    """Somebody pressed Ctrl-C."""


def test_the_sample_is_there_as_if_people_had_made_it(
    parts: Parts, provider: Provider, switches: Switches, clock: Clock
) -> None:
    before = switches.now()
    assert not is_seeded(parts, SMALL)

    seed(parts, provider, SMALL)

    assert is_seeded(parts, SMALL)
    everything_is_counted_to_the_cent(parts)
    what_became_of_pledges_is_as_planned(parts)
    what_was_called_out_was_typed_at_the_desk(parts)
    one_fund_is_open_one_is_over_and_one_is_a_draft(parts)
    gifts_lie_in_the_past_where_they_belong(parts)
    fees_are_known_and_nothing_is_left_between_the_accounts(parts)
    assert switches.now() == before
    the_simulator_sends_none_of_it(switches)
    clock.advance(1)
    the_worker_has_nothing_left_to_read(parts)
    a_seed_that_is_made_again_finds_everything(parts, provider)
    any_of_it_can_be_refunded_and_opened_again(parts)


def everything_is_counted_to_the_cent(parts: Parts) -> None:
    autumn, spring = snapshot(parts, "autumn"), snapshot(parts, "spring")
    assert (autumn.received, autumn.donations) == (200_000, AUTUMN.gifts)
    assert (spring.received, spring.donations) == (150_000, SPRING.gifts)
    assert (autumn.pledged, autumn.unconfirmed, autumn.headline) == (150_000, 9_000, 359_000)
    assert {line.code: line.permille for line in autumn.sections}["ES"] == 1000
    assert verify(parts) == Report((), ())


def what_became_of_pledges_is_as_planned(parts: Parts) -> None:
    with parts.database.reading() as session:
        rows = session.scalars(select(PledgeRow)).all()
        statuses = Counter((row.source, row.status) for row in rows)
        paid = sorted((row.source, row.paid == row.amount) for row in rows if row.paid)
        parted = sorted(row.source for row in rows if len(pledges.instalments(session, row)) > 1)
    assert statuses == {
        ("online", "open"): 1,
        ("online", "cancelled"): 1,
        ("floor", "open"): 6,
        ("floor", "unconfirmed"): 2,
        ("floor", "written_off"): 1,
        ("section", "open"): 2,
    }
    assert paid == [("floor", False), ("floor", True), ("online", True), ("section", False)]
    assert parted == ["section", "section"]


def what_was_called_out_was_typed_at_the_desk(parts: Parts) -> None:
    """Some of it is still to be looked at."""
    with parts.database.reading() as session:
        rows = session.scalars(select(CallRow)).all()
        called = session.scalars(select(PledgeRow).where(PledgeRow.source == "floor")).all()
    assert {row.call_id for row in called} == {row.id for row in rows if row.state == "counted"}
    assert Counter(row.state for row in rows) == {"counted": 9, "parked": 1}
    assert sum(row.double_open for row in rows) == 1
    assert sum(row.is_confirmed for row in rows) == 7
    assert {row.teller for row in rows} == {"sample-teller"}


def a_seed_that_is_made_again_finds_everything(parts: Parts, provider: Provider) -> None:
    before = everything(parts), snapshot(parts, "autumn").headline

    seed(parts, provider, SMALL)

    assert (everything(parts), snapshot(parts, "autumn").headline) == before


def any_of_it_can_be_refunded_and_opened_again(parts: Parts) -> None:
    with parts.database.reading() as session:
        given_up = session.scalars(select(PledgeRow).where(PledgeRow.status == "written_off")).one()
        query = select(DonationRow).join(AllocationRow).where(DonationRow.method == "online")
        gift = session.scalars(query.limit(1)).one()
        allocated = session.scalars(
            select(AllocationRow).where(AllocationRow.donation_id == gift.id)
        ).one()

    reopen_pledge(parts, Shown(given_up.token, given_up.version), Scope.everything())
    reverse(parts, allocated.token, Scope.everything())

    assert verify(parts) == Report((), ())


def one_fund_is_open_one_is_over_and_one_is_a_draft(parts: Parts) -> None:
    with parts.database.reading() as session:
        assert [fund.slug for fund in funds.open_funds(session, parts.clock())] == ["autumn"]
        stands = {fund.slug: fund.status for fund in funds.all_funds(session)}
    assert stands == {
        "autumn": FundStatus.OPEN,
        "next-conference": FundStatus.DRAFT,
        "rehearsal": FundStatus.PAUSED,
        "spring": FundStatus.CLOSED,
    }


def gifts_lie_in_the_past_where_they_belong(parts: Parts) -> None:
    now = parts.clock()
    autumn, spring = given_at(parts, "autumn"), given_at(parts, "spring")
    assert moment(now, -AUTUMN.opened) <= autumn[0] < now - timedelta(days=20)
    assert now - timedelta(days=1) < autumn[-1] <= now
    assert spring[-1] <= moment(now, SPRING.closes)
    first, _ = snapshot(parts, "autumn").milestones
    assert first.reached_at is not None
    assert autumn[0] <= first.reached_at <= autumn[-1]


def fees_are_known_and_nothing_is_left_between_the_accounts(parts: Parts) -> None:
    with parts.database.reading() as session:
        rows = session.execute(
            select(EntryRow.account, func.sum(EntryRow.amount).label("sum"))
            .where(EntryRow.account.in_(["stripe_clearing", "fees"]))
            .group_by(EntryRow.account, EntryRow.currency)
        ).all()
    assert [row.sum for row in rows if row.account == "stripe_clearing"] == [0, 0, 0]
    assert all(row.sum > 0 for row in rows if row.account == "fees")


def the_simulator_sends_none_of_it(switches: Switches) -> None:
    with switches.storage.reading() as connection:
        states = connection.execute("SELECT DISTINCT state FROM delivery").fetchall()
    assert states == [("dropped",)]


def the_worker_has_nothing_left_to_read(parts: Parts) -> None:
    before = everything(parts)

    assert (read_events(parts), read_transactions(parts)) == (0, 0)
    assert everything(parts) == before


class Interrupting:
    """A gateway or a broker at whose nth call of a name somebody presses Ctrl-C."""

    def __init__(self, real: object, name: str, at: int) -> None:
        self._real, self._name, self._left = real, name, at

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the real one has
        if name == self._name:
            self._left -= 1
            if not self._left:
                raise Interrupted
        return getattr(self._real, name)


@dataclass(frozen=True, slots=True)
class InterruptingProvider(Provider):
    """A provider at whose nth payment somebody presses Ctrl-C."""

    left: list[int]

    def pay(self, session_id: str) -> None:
        Provider.pay(self, session_id)
        self.left.pop()
        if not self.left:
            raise Interrupted


# In the order in which a seed comes by; each is counted from where the one before it ended.
INTERRUPTIONS = [
    ("create_session", 9),
    ("list_events", 1),
    ("create_refund", 2),
    # While something is promised, confirmed, given up, and while it is paid.
    ("announce", 2),
    ("announce", 10),
    ("announce", 8),
    ("announce", 10),
]


@pytest.mark.unmeasured
def test_a_seed_that_is_interrupted_again_and_again_goes_on_where_it_was(
    parts: Parts, provider: Provider, switches: Switches, clock: Clock
) -> None:
    something_is_given_to_another_fund(parts, provider)
    # A page that was paid before an interruption is not paid again.
    with pytest.raises(Interrupted):
        seed(parts, InterruptingProvider(provider.address, [0] * 5), SMALL)
    for name, at in INTERRUPTIONS:
        stumbling = replace(
            parts,
            gateway=Interrupting(parts.gateway, name, at),
            broker=Interrupting(parts.broker, name, at),
        )
        with pytest.raises(Interrupted):
            seed(stumbling, provider, SMALL)
        assert not is_seeded(parts, SMALL)
        assert not switches.now().drop
        clock.advance(2 * 3600)

    seed(parts, provider, SMALL)

    everything_is_counted_to_the_cent(parts)
    found = everything(parts)
    assert found["donation"] == AUTUMN.gifts + SPRING.gifts + 1
    assert (found["pledge"], found["allocation"]) == (13, 4)
    # What else the simulator knows of is settled as well.
    assert snapshot(parts, "mine").received == 2_500


def something_is_given_to_another_fund(parts: Parts, provider: Provider) -> None:
    create_fund(parts, NewFund("mine", "Mine", "EUR", 10_000, status=FundStatus.OPEN))
    started = give(parts, "mine", GiftRequest("form", Money(2_500, "EUR"), ""))
    provider.pay(started.session_id)


def test_a_seed_whose_payment_pages_have_ended_does_not_go_on(
    parts: Parts, provider: Provider, clock: Clock
) -> None:
    with pytest.raises(Interrupted):
        seed(parts, InterruptingProvider(provider.address, [0] * 5), SMALL)
    clock.advance(24 * 3600)

    with pytest.raises(Invalid, match="begin afresh"):
        seed(parts, provider, SMALL)


def test_without_a_simulator_nothing_is_made(parts: Parts) -> None:
    nobody = Provider("http://127.0.0.1:9")

    with pytest.raises(GatewayUnavailable):
        seed(parts, nobody, SMALL)

    assert everything(parts)["donation"] == 0


def test_a_page_that_cannot_be_paid_stops_the_seed(provider: Provider) -> None:
    with pytest.raises(GatewayUnavailable):
        provider.pay("cs_test_of_nobody")


def test_a_simulator_whose_switches_do_not_turn_is_not_filled(parts: Parts) -> None:
    receiver = Receiver(answers=[500])
    receiver.start()
    try:
        with pytest.raises(GatewayUnavailable):
            seed(parts, Provider(receiver.url), SMALL)
    finally:
        receiver.stop()

    assert everything(parts)["donation"] == 0
