"""The power goes off at each point between call and payment: nothing is lost, nothing is twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import count

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select

from fundtracker.domain.desk.calls import CallState
from fundtracker.domain.pledges import PledgeStatus
from fundtracker.domain.rates import Rate
from fundtracker.services.verify import verify
from fundtracker.store import snapshots
from fundtracker.store.calls import CallRow
from fundtracker.store.donations import DonationRow
from fundtracker.store.pledges import PledgeRow
from tests.chaos.collection import PEOPLE, each_of, from_call_to_payment, try_again
from tests.chaos.gift import SLUG, Scene, open_parts
from tests.chaos.power import Power
from tests.chaos.provider import Clock
from tests.chaos.test_crash_points import run
from tests.factories import rows
from tests.support import effort

# A line, its mending, its check, the money and what it pays are each a change of their own.
FEWEST = 5

pytestmark = pytest.mark.timeout(900)


@pytest.fixture
def scene(database_url: str) -> Scene:
    """An open fund whose desk nobody has used yet; nobody asks the payment provider."""
    now = Clock().now
    scene = Scene(database_url, Fernet.generate_key(), "http://127.0.0.1:9", now, gift=0)
    with open_parts(scene) as parts, parts.database.unit_of_work() as session:
        rows.a_fund(session, slug=SLUG)
    return scene


def test_wherever_the_power_goes_off_a_call_is_booked_and_paid_once(scene: Scene) -> None:
    for call in count(1):
        here = replace(scene, gift=call)
        survived = run(from_call_to_payment, here, Power(call, effort.is_thorough()))
        try_again(here)
        if survived:
            break
    assert call > FEWEST
    # What one power cut left wrong would still be wrong.
    assert_books_agree(scene, call)


def assert_books_agree(scene: Scene, calls: int) -> None:
    """Hold what was called, what is open of it, what was paid and the ledger together."""
    promised = [each_of(number).minor for number in range(1, calls + 1) for _ in range(PEOPLE)]
    with open_parts(scene) as parts:
        with parts.database.reading() as session:
            states = Counter(session.scalars(select(CallRow.state)))
            paid = select(PledgeRow.paid).where(PledgeRow.status == PledgeStatus.OPEN)
            assert sorted(session.scalars(paid)) == sorted(promised)
            assert session.scalar(select(func.count(DonationRow.id))) == calls
            snapshot = snapshots.load_true(session, SLUG)
        assert states == {CallState.COUNTED: calls, CallState.TAKEN_BACK: calls}
        report = verify(parts)
    assert (report.broken, report.waiting) == ((), ())
    rate = Rate.parse(rows.RATES["GBP"])
    given = sum(
        rate.to_base(replace(each_of(number), minor=each_of(number).minor * PEOPLE), "EUR").minor
        for number in range(1, calls + 1)
    )
    assert snapshot.received == given
    assert snapshot.headline == snapshot.received
    assert snapshot.pledges == PEOPLE * calls
