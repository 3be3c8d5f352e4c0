from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.errors import GatewayUnavailable
from fundtracker.services.resync import Resynced, resync
from fundtracker.services.verify import Report, verify
from tests.factories.rows import a_donation, a_fund
from tests.factories.stripe import Payment, event
from tests.support.telling import Known, known

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from fundtracker.store.donations import DonationRow
    from tests.support.clocks import Clock
    from tests.support.gateway import MemoryGateway


def missed(gateway: MemoryGateway, clock: Clock, donation: DonationRow, days_ago: int = 0) -> None:
    """Let a payment be listed that no webhook told of."""
    payment = Payment(donation.token)
    created = int((clock.now - timedelta(days=days_ago)).timestamp())
    charge = payment.charge(balance_transaction=f"txn_{payment.number}")
    told = (payment.session(), payment.intent(), charge)
    gateway.events += [event(thing, created=created) for thing in told]
    gateway.transactions.append(payment.line(charge, 5_700, created=created))


def test_what_was_missed_is_read_and_settled_at_once(
    parts: Parts, gateway: MemoryGateway, clock: Clock, donation: DonationRow
) -> None:
    missed(gateway, clock, donation)

    done = resync(parts)

    assert done == Resynced(events=3, transactions=1, asked=0, settled=4)
    assert known(parts, donation.token) == Known("succeeded", 5_000)
    assert verify(parts) == Report((), ())


def test_a_second_time_there_is_nothing_new(
    parts: Parts, gateway: MemoryGateway, clock: Clock, donation: DonationRow
) -> None:
    missed(gateway, clock, donation)
    resync(parts, 3)

    assert resync(parts, 3) == Resynced(0, 0, 0, 0)


def test_it_goes_as_far_back_as_it_is_told(
    parts: Parts, gateway: MemoryGateway, clock: Clock, donation: DonationRow
) -> None:
    resync(parts)
    missed(gateway, clock, donation, days_ago=5)

    assert resync(parts).events == 0
    assert resync(parts, 4).events == 0
    assert resync(parts, 6).events == 3
    assert known(parts, donation.token) == Known("succeeded", 5_000)


def test_gifts_that_are_open_for_long_are_asked_for(
    parts: Parts, gateway: MemoryGateway, clock: Clock
) -> None:
    with parts.database.unit_of_work() as session:
        donation = a_donation(session, a_fund(session))
    payment = Payment(donation.token)
    opened = payment.session(status="open", payment_status="unpaid", payment_intent=None)
    gateway.events.append(event(opened, created=int(clock.now.timestamp())))
    resync(parts)
    gateway.objects[f"cs_{payment.number}"] = payment.session()
    clock.advance(2 * 3600)

    assert resync(parts).asked == 1
    assert known(parts, donation.token) == Known("succeeded", 5_000)


def test_a_reading_that_breaks_off_goes_on_from_there(
    parts: Parts, gateway: MemoryGateway, clock: Clock, donation: DonationRow
) -> None:
    resync(parts)
    missed(gateway, clock, donation, days_ago=5)
    gateway.down = True
    with pytest.raises(GatewayUnavailable):
        resync(parts, 6)
    gateway.down = False

    assert resync(parts).events == 3
