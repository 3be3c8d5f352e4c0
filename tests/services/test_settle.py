from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.totals import Totals
from tests.factories.rows import a_donation, a_fund
from tests.factories.stripe import Payment, event
from tests.support.telling import Known, books_of, known, states, tell_and_settle, whole

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from fundtracker.store.donations import DonationRow


@pytest.fixture
def donation(parts: Parts) -> DonationRow:
    with parts.database.unit_of_work() as session:
        return a_donation(session, a_fund(session))


def test_a_paid_page_is_money(parts: Parts, donation: DonationRow) -> None:
    payment = Payment(donation.token)

    tell_and_settle(parts, event(payment.session(), "completed"))

    assert states(parts) == ["applied"]
    assert known(parts, donation.token) == Known("succeeded", 5000)
    assert whole(parts, donation.fund_id) == Totals(received=5750, donations=1)
    assert books_of(parts, donation.id) == {
        ("stripe_clearing", "GBP"): 5000,
        ("gifts", "GBP"): -5000,
    }
