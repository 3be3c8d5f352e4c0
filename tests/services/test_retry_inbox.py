from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text

from fundtracker.domain.actors import Actor
from fundtracker.domain.errors import (
    Changed,
    GatewayRefused,
    GatewayUnavailable,
    Invalid,
    InvalidText,
    NotFound,
)
from fundtracker.services.inspect_inbox import About, about
from fundtracker.services.retry_inbox import ask_again, retry, set_aside
from fundtracker.services.settle import settle_all
from fundtracker.store import stuck
from fundtracker.store.audit import AuditRow
from tests.factories.stripe import Payment, event
from tests.support.telling import known, rows, states, tell_and_settle

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from fundtracker.store.donations import DonationRow
    from fundtracker.store.stuck import StuckRow
    from tests.support.clocks import Clock
    from tests.support.gateway import MemoryGateway


@pytest.fixture
def parts(parts: Parts) -> Parts:
    return parts.acting(Actor.staff("anna", "203.0.113.9"))


@pytest.fixture
def pay(donation: DonationRow) -> Payment:
    return Payment(donation.token)


@pytest.fixture
def parked(parts: Parts, pay: Payment) -> StuckRow:
    """Return a row about a charge whose intent nobody has heard of."""
    assert tell_and_settle(parts, event(pay.charge())) == ["parked"]
    return the_row(parts)


@pytest.fixture
def quarantined(parts: Parts, pay: Payment) -> StuckRow:
    """Return a row that says another amount than was to be paid."""
    assert tell_and_settle(parts, event(pay.session(amount_total=1))) == ["quarantined"]
    return the_row(parts)


def the_row(parts: Parts, row_id: int = 1) -> StuckRow:
    with parts.database.reading() as session:
        row = stuck.stuck_row(session, parts.gateway.account, row_id)
    assert row is not None
    return row


def log(parts: Parts) -> list[AuditRow]:
    with parts.database.reading() as session:
        return list(session.scalars(select(AuditRow).order_by(AuditRow.number)))


class TestTryingAgain:
    def test_a_row_is_settled_from_its_first_attempt(
        self, parts: Parts, quarantined: StuckRow, donation: DonationRow
    ) -> None:
        with parts.database.unit_of_work() as session:
            session.execute(text("UPDATE donation SET amount = 1"))

        retry(parts, quarantined.id, quarantined.edition)

        row = the_row(parts)
        assert (row.state, row.attempts, row.note, row.settled_at) == ("received", 0, None, None)
        settle_all(parts)
        assert states(parts) == ["applied"]
        assert known(parts, donation.token).kept == 1

    def test_it_is_recorded_with_what_it_was(self, parts: Parts, parked: StuckRow) -> None:
        retry(parts, parked.id, parked.edition)

        (entry,) = log(parts)
        assert (entry.actor, entry.action) == ("staff:anna", "inbox_retried")
        assert entry.subject == f"inbox:{parked.event_id}"
        assert json.loads(entry.facts) == {
            "before": {"state": "parked", "note": None, "waits_for": parked.waits_for},
            "after": {"state": "received", "note": None, "waits_for": None},
        }

    def test_the_second_of_two_is_told_so(self, parts: Parts, parked: StuckRow) -> None:
        retry(parts, parked.id, parked.edition)

        with pytest.raises(Changed, match="Somebody else has acted on this meanwhile"):
            set_aside(parts, parked.id, parked.edition, "Not ours")

        assert the_row(parts).state == "received"
        assert [entry.action for entry in log(parts)] == ["inbox_retried", "refused"]

    def test_also_where_the_settler_has_put_it_back_meanwhile(
        self, parts: Parts, parked: StuckRow, clock: Clock
    ) -> None:
        retry(parts, parked.id, parked.edition)
        clock.advance(1)
        settle_all(parts)
        assert the_row(parts).state == "parked"

        with pytest.raises(Changed):
            retry(parts, parked.id, parked.edition)

    def test_what_is_settled_is_not_tried_again(self, parts: Parts, pay: Payment) -> None:
        tell_and_settle(parts, event(pay.session()))

        with pytest.raises(Changed):
            retry(parts, 1, the_row(parts).edition)
        assert states(parts) == ["applied"]

    def test_what_is_not_there_is_not_found(self, parts: Parts) -> None:
        with pytest.raises(NotFound):
            retry(parts, 99, "parked:")
        with pytest.raises(NotFound):
            ask_again(parts, 99)


class TestSettingAside:
    def test_a_row_is_ignored_for_a_reason_that_stands_in_the_log(
        self, parts: Parts, quarantined: StuckRow
    ) -> None:
        set_aside(parts, quarantined.id, quarantined.edition, " A test of Anna's ")

        row = the_row(parts)
        assert (row.state, row.note, row.settled_at) == ("ignored", "set aside", parts.clock())
        (entry,) = log(parts)
        assert entry.action == "inbox_set_aside"
        assert "Anna's" not in entry.facts
        assert json.loads(entry.private or "")["reason"] == "A test of Anna's"

    def test_without_a_reason_it_stays(self, parts: Parts, parked: StuckRow) -> None:
        with pytest.raises(Invalid, match="Say why") as refused:
            set_aside(parts, parked.id, parked.edition, "  ")
        with pytest.raises(InvalidText, match="too long"):
            set_aside(parts, parked.id, parked.edition, "x" * 501)

        assert refused.value.field == "reason"
        assert the_row(parts).state == "parked"
        assert log(parts) == []


class TestAskingStripe:
    def test_the_answer_may_be_what_a_row_waits_for(
        self, parts: Parts, parked: StuckRow, pay: Payment, gateway: MemoryGateway
    ) -> None:
        gateway.objects[f"pi_{pay.number}"] = pay.intent(latest_charge=pay.charge())

        assert ask_again(parts, parked.id)

        settle_all(parts)
        assert set(states(parts)) == {"applied"}
        assert known(parts, pay.token).status == "succeeded"
        (entry,) = log(parts)
        assert entry.action == "inbox_asked"
        assert json.loads(entry.facts) == {"after": {"asked": f"pi_{pay.number}", "new": True}}

    def test_an_answer_that_we_have_is_no_news(
        self, parts: Parts, quarantined: StuckRow, pay: Payment, gateway: MemoryGateway
    ) -> None:
        gateway.objects[f"cs_{pay.number}"] = pay.session(amount_total=1)

        assert ask_again(parts, quarantined.id)
        assert not ask_again(parts, quarantined.id)
        assert len(rows(parts)) == 2

    @pytest.mark.parametrize("id", ["ch_1", "re_1", "cs_1"])
    def test_charges_refunds_and_pages_can_be_asked_for(
        self, parts: Parts, gateway: MemoryGateway, id: str
    ) -> None:
        thing = {"id": id, "object": "thing"}
        gateway.objects[id] = thing
        tell_and_settle(parts, event(thing))

        ask_again(parts, 1)

        assert gateway.calls == [
            {
                "ch_1": "retrieve_charge",
                "re_1": "retrieve_refund",
                "cs_1": "retrieve_session",
            }[id]
        ]

    def test_what_stripe_cannot_be_asked_for_is_said(self, parts: Parts) -> None:
        tell_and_settle(parts, event({"id": "po_1", "object": "payout"}))

        with pytest.raises(Invalid, match="cannot be asked"):
            ask_again(parts, 1)

    def test_when_stripe_knows_nothing_or_is_away_nothing_changes(
        self, parts: Parts, parked: StuckRow, gateway: MemoryGateway
    ) -> None:
        with pytest.raises(GatewayRefused, match=f"does not know {parked.waits_for}"):
            ask_again(parts, parked.id)
        gateway.down = True
        with pytest.raises(GatewayUnavailable, match="Stripe cannot be reached"):
            ask_again(parts, parked.id)

        assert log(parts) == []
        assert the_row(parts) == parked


class TestWhatARowIsAbout:
    def test_its_type_and_ids_and_no_more(self, parts: Parts, parked: StuckRow) -> None:
        number = (parked.waits_for or "").removeprefix("pi_")

        assert about(parked) == About("charge.updated", f"ch_{number}", f"pi_{number}")
        assert "payload" not in repr(parked)

    def test_what_cannot_be_read_is_about_nothing(self, parts: Parts, parked: StuckRow) -> None:
        with parts.database.unit_of_work() as session:
            spoil = text("UPDATE inbox SET payload = :junk")
            session.execute(spoil, {"junk": b"encrypted by nobody"})

        assert about(the_row(parts)) == About("", "", "")
