from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from fundtracker.domain.donations import DonationStatus
from fundtracker.domain.errors import UnknownDonation, UnknownFund
from fundtracker.domain.money import Money
from fundtracker.services.give import GiftRequest, Started, give
from fundtracker.services.settle import settle_all
from fundtracker.services.thank import Outcome, outcome
from fundtracker.services.work import work
from fundtracker.store.donations import DonationRow
from fundtracker.store.jobs import JobRow
from tests.factories.rows import a_fund
from tests.factories.stripe import Payment, event
from tests.support.telling import tell_and_settle

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from tests.support.clocks import Clock
    from tests.support.gateway import MemoryGateway

FIFTY = Money(5000, "GBP")


@pytest.fixture
def started(parts: Parts) -> Started:
    with parts.database.unit_of_work() as session:
        a_fund(session, slug="hall")
        a_fund(session, slug="strike")
    return give(parts, "hall", GiftRequest("random-1", FIFTY, "GB"))


def token(parts: Parts) -> str:
    with parts.database.reading() as session:
        return session.scalars(select(DonationRow.token)).one()


def jobs(parts: Parts) -> list[JobRow]:
    with parts.database.reading() as session:
        return list(session.scalars(select(JobRow)))


def test_a_donor_who_is_quicker_than_the_webhook_is_told_processing(
    parts: Parts, started: Started, clock: Clock
) -> None:
    assert outcome(parts, "hall", started.session_id) == Outcome(DonationStatus.PROCESSING, FIFTY)

    [job] = jobs(parts)
    assert (job.kind, job.subject) == ("ask_session", started.session_id)
    assert job.due_at == clock.now + timedelta(seconds=3)


def test_stripe_is_asked_once_however_often_the_page_is_loaded(
    parts: Parts, started: Started, clock: Clock, gateway: MemoryGateway
) -> None:
    for _ in range(3):
        outcome(parts, "hall", started.session_id)
    clock.advance(2)
    assert not work(parts)
    clock.advance(1)
    assert work(parts)
    outcome(parts, "hall", started.session_id)

    assert not work(parts)
    assert gateway.calls.count("retrieve_session") == 1


def test_what_stripe_answers_is_settled_like_everything_else(
    parts: Parts, started: Started, clock: Clock, gateway: MemoryGateway
) -> None:
    outcome(parts, "hall", started.session_id)
    paid = {"status": "complete", "payment_status": "paid", "payment_intent": "pi_1"}
    gateway.objects[started.session_id] |= paid

    clock.advance(3)
    work(parts)
    settle_all(parts)

    assert outcome(parts, "hall", started.session_id) == Outcome(DonationStatus.SUCCEEDED, FIFTY)


@pytest.mark.parametrize(
    ("session", "what", "status"),
    [
        ({}, "completed", "succeeded"),
        ({"payment_status": "unpaid"}, "completed", "processing"),
        ({"payment_status": "unpaid"}, "async_payment_failed", "failed"),
        ({"payment_status": "unpaid", "status": "expired"}, "expired", "expired"),
    ],
)
def test_what_is_known_is_told_and_nobody_is_asked(
    parts: Parts, started: Started, session: dict[str, str], what: str, status: str
) -> None:
    payment = Payment(token(parts))
    tell_and_settle(parts, event(payment.session(id=started.session_id, **session), what))

    assert outcome(parts, "hall", started.session_id) == Outcome(DonationStatus(status), FIFTY)
    assert jobs(parts) == []


def test_nobody_is_told_of_the_gifts_of_another_fund(parts: Parts, started: Started) -> None:
    with pytest.raises(UnknownDonation):
        outcome(parts, "strike", started.session_id)
    with pytest.raises(UnknownDonation):
        outcome(parts, "hall", "cs_guessed")
    with pytest.raises(UnknownFund):
        outcome(parts, "nowhere", started.session_id)
