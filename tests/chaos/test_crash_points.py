"""The power goes off at each point between form and ledger: a gift is charged and counted once."""

from __future__ import annotations

import multiprocessing
import signal
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select

from fundtracker.domain.ledger import Account
from fundtracker.domain.rates import Rate
from fundtracker.services.verify import verify
from fundtracker.store import snapshots
from fundtracker.store.donations import DonationRow
from fundtracker.store.jobs import LEASE
from fundtracker.store.ledger import EntryRow
from tests.chaos.gift import SLUG, Scene, amount_of, from_form_to_ledger, open_parts, try_again
from tests.chaos.power import Power
from tests.chaos.provider import Clock, open_provider
from tests.factories import rows
from tests.support import effort

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

    from tests.chaos.provider import Provider

# Far enough apart that what is read of one donor is not read again with the next one.
BETWEEN_DONORS = timedelta(hours=2)
# What a process was at when it ended is free again.
AFTER_THE_LEASE = LEASE + timedelta(minutes=1)
# Giving, hearing of it, settling and the jobs change at least so much, one after the other.
FEWEST = 30

# So many processes, one after the other, on a machine that may do other things as well.
pytestmark = pytest.mark.timeout(900)

# Processes are forked from one that has loaded everything and has no thread.
processes = multiprocessing.get_context("forkserver")
processes.set_forkserver_preload(
    [
        "tests.chaos.gift",
        # What Stripe's SDK and its HTTP client load at the first use only.
        "netrc",
        "stripe._balance_transaction",
        "stripe._balance_transaction_service",
        "stripe._charge",
        "stripe._checkout_service",
        "stripe._event_service",
        "stripe._object_classes",
        "stripe._payment_intent",
        "stripe._webhook",
        "stripe.checkout._session",
        "stripe.checkout._session_service",
        "stripe.v2.core._event",
    ]
)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider(tmp_path: Path, clock: Clock) -> Iterator[Provider]:
    with open_provider(tmp_path, clock) as provider:
        yield provider


@pytest.fixture
def scene(database_url: str, provider: Provider, clock: Clock) -> Scene:
    """An open fund that takes pounds, to which nobody has given yet."""
    scene = Scene(database_url, Fernet.generate_key(), provider.address, clock.now, gift=0)
    with open_parts(scene) as parts, parts.database.unit_of_work() as session:
        rows.a_fund(session, slug=SLUG)
    return scene


def test_wherever_the_power_goes_off_a_gift_is_charged_once_and_counted_once(
    scene: Scene, provider: Provider, clock: Clock
) -> None:
    for gift in count(1):
        clock.advance(BETWEEN_DONORS)
        here = replace(scene, gift=gift, now=clock.now)
        survived = run(from_form_to_ledger, here, Power(gift, effort.is_thorough()))
        clock.advance(AFTER_THE_LEASE)
        try_again(replace(scene, gift=gift, now=clock.now))
        if survived:
            break
    assert gift > FEWEST
    # What one power cut left wrong would still be wrong, and its amount tells which one it was.
    assert_books_agree(scene, provider, gifts=gift)


def run(act: Callable[..., None], *given: object) -> bool:
    """Act in a process of its own; return whether it came to its end."""
    process = processes.Process(target=act, args=given)
    process.start()
    process.join()
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode == 0


def assert_books_agree(scene: Scene, provider: Provider, gifts: int) -> None:
    """Hold what donors meant to give, what they were charged, totals and ledger together."""
    given = [amount_of(number) for number in range(1, gifts + 1)]
    assert provider.pages() == gifts
    assert provider.charged() == [money.minor for money in given]
    with open_parts(scene) as parts:
        with parts.database.reading() as session:
            snapshot = snapshots.load_true(session, SLUG)
            assert session.scalar(select(func.count(DonationRow.id))) == gifts
            assert balance(session, Account.STRIPE) == provider.paid_out()
            assert balance(session, Account.STRIPE_CLEARING) == 0
        report = verify(parts)
    rate = Rate.parse(rows.RATES["GBP"])
    assert snapshot.received == sum(rate.to_base(money, "EUR").minor for money in given)
    assert snapshot.headline == snapshot.received
    assert snapshot.donations == gifts
    assert (report.broken, report.waiting) == ((), ())


def balance(session: Session, account: Account) -> int:
    """What stands on an account, all currencies together."""
    query = select(func.coalesce(func.sum(EntryRow.amount), 0)).where(EntryRow.account == account)
    return int(session.execute(query).scalar_one())
