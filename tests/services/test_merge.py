from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fundtracker.domain.totals import Totals
from fundtracker.payments.gateway import Seen
from fundtracker.services.receive import keep
from fundtracker.services.settle import settle, settle_all
from fundtracker.services.verify import verify
from fundtracker.store import ledger
from fundtracker.store.funds import FundRow
from tests.factories.rows import a_donation, a_fund
from tests.factories.stripe import Payment, event
from tests.support.effort import examples
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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fundtracker.services.parts import Parts
    from fundtracker.store.donations import DonationRow
    from tests.factories.stripe import Body


class Story(NamedTuple):
    """Everything that can happen to one gift of £50, in the order in which it happens."""

    fund: int
    donation: int
    token: str
    events: list[Body]


class Ending(NamedTuple):
    """What is left of a story."""

    known: Known
    whole: Totals
    books: dict[tuple[str, str], int]


def begin(parts: Parts) -> Story:
    with parts.database.unit_of_work() as session:
        row = a_donation(session, a_fund(session))
    pay = Payment(row.token)
    charged, returned = pay.charge(), pay.refund(1000, "a")
    charge_line = pay.line(charged, 5700, fee=137)
    taken, given_back = (
        pay.line(pay.dispute(), -3360, "d", fee=1500),
        pay.line(pay.dispute(), 3360, "w"),
    )
    failing = pay.refund(500, "b")
    failure = pay.line(charged, -5700, "f")
    things = [
        pay.session(status="open", payment_status="unpaid", payment_intent=None),
        pay.charge(status="pending"),
        pay.session(payment_status="unpaid"),
        pay.intent(),
        pay.session(),
        charged,
        pay.charge(balance_transaction=charge_line["id"]),
        charge_line,
        returned | {"status": "pending"},
        returned,
        pay.line(returned, -1130, "a"),
        failing,
        failing | {"status": "failed"},
        pay.line(failing, -565, "b"),
        pay.line(failing, 565, "c"),
        pay.dispute(3000, taken),
        pay.dispute(3000, given_back, status="won"),
        taken,
        given_back,
        pay.charge(status="failed", failure_balance_transaction=failure["id"]),
        failure,
    ]
    return Story(row.fund_id, row.id, row.token, [event(thing) for thing in things])


def ending(parts: Parts, story: Story) -> Ending:
    settle_all(parts)
    return Ending(
        known(parts, story.token), whole(parts, story.fund), books_of(parts, story.donation)
    )


def tell_in_batches(parts: Parts, events: Sequence[Body], cuts: Sequence[int], limit: int) -> None:
    for start, end in zip([0, *cuts], [*cuts, len(events)], strict=True):
        tell(parts, *events[start:end])
        settle(parts, limit)


def test_the_whole_story_ends_with_nothing(parts: Parts) -> None:
    story = begin(parts)
    tell(parts, *story.events)

    end = ending(parts, story)

    # £10 went back and was not there any more when the payment failed as a whole.
    assert end.known == Known("succeeded", 0)
    assert end.whole == Totals()
    assert end.books[("loss", "GBP")] == 1000
    assert ("stripe_clearing", "GBP") not in end.books


def test_a_story_can_end_sooner(parts: Parts) -> None:
    story = begin(parts)
    tell(parts, *story.events[:13])

    end = ending(parts, story)

    assert end.known == Known("succeeded", 4000)
    assert end.whole == Totals(received=4600, donations=1)


def test_a_bare_charge_waits_until_something_says_whose_it_is(
    parts: Parts, donation: DonationRow
) -> None:
    pay = Payment(donation.token)

    assert tell_and_settle(parts, event(pay.charge())) == ["parked"]
    assert rows(parts)[0].waits_for == pay.charge()["payment_intent"]
    assert whole(parts, donation.fund_id) == Totals()

    assert tell_and_settle(parts, event(pay.intent())) == ["applied", "applied"]
    assert whole(parts, donation.fund_id) == Totals(received=5750, donations=1)


def test_a_line_waits_for_the_object_and_not_only_for_its_name(
    parts: Parts, donation: DonationRow
) -> None:
    """A refund tells whose the charge is, and nothing of what the charge took."""
    pay = Payment(donation.token)
    line = pay.line(pay.charge(), 5700, fee=137)

    before = tell_and_settle(
        parts, event(pay.session()), event(pay.refund()), event(line), event(line)
    )
    after = tell_and_settle(parts, event(pay.charge()))

    assert before == ["applied", "applied", "parked", "parked"]
    assert after == ["applied"] * 5
    assert books_of(parts, donation.id)[("stripe", "EUR")] == 5563


def test_a_line_with_the_whole_charge_in_it_is_enough(parts: Parts, donation: DonationRow) -> None:
    """As the list of Stripe's ledger shows it, when every webhook was lost."""
    pay = Payment(donation.token)
    charge = pay.charge(metadata={"donation": donation.token})
    line = pay.line(charge, 5700, fee=137) | {"source": charge}
    body = json.dumps(line).encode()

    keep(parts, [Seen(line["id"], "balance_transaction", livemode=False, body=body)])
    settle_all(parts)

    assert states(parts) == ["applied"]
    assert known(parts, donation.token) == Known("succeeded", 5000)
    assert ("stripe_clearing", "GBP") not in books_of(parts, donation.id)


def test_whatever_does_not_concern_us_is_ignored(parts: Parts) -> None:
    customer = {"id": "cus_1", "object": "customer"}
    monthly = Payment("nobody").session(mode="subscription")

    assert tell_and_settle(parts, event(customer), event(monthly)) == ["ignored", "ignored"]


def test_what_is_no_message_of_stripes_is_quarantined(parts: Parts) -> None:
    assert tell_and_settle(parts, event(Payment("x").session(amount_total="50"))) == ["quarantined"]
    assert rows(parts)[0].note == "cannot be read"


CONTRADICTIONS = {
    "amount": lambda pay: pay.session(amount_total=9999),
    "currency": lambda pay: pay.session(currency="usd"),
    "amount of the intent": lambda pay: pay.intent(amount=1),
    "amount of the charge": lambda pay: pay.charge(amount=1),
    "currency of a refund": lambda pay: pay.refund(currency="usd"),
    "another intent": lambda pay: pay.session(id="cs_other", payment_intent="pi_other"),
    "another intent of the charge": lambda pay: pay.charge(payment_intent="pi_other"),
    "amount of a refund": lambda pay: pay.refund(2001),
    "charge of a refund": lambda pay: pay.refund(charge="ch_other"),
    "amount of a dispute": lambda pay: pay.dispute(2999),
    "ledger line of the charge": lambda pay: pay.charge(balance_transaction="txn_other"),
    "ledger line": lambda pay: pay.line(pay.charge(), 5701, fee=137),
}


@pytest.mark.parametrize("what", CONTRADICTIONS)
def test_what_contradicts_what_we_know_is_quarantined_and_changes_nothing(
    parts: Parts, donation: DonationRow, what: str
) -> None:
    pay = Payment(donation.token)
    line = pay.line(pay.charge(), 5700, fee=137)
    told = [
        pay.session(),
        pay.charge(balance_transaction=line["id"], metadata={"donation": donation.token}),
        pay.refund(),
        pay.dispute(),
        line,
    ]
    tell_and_settle(parts, *(event(thing) for thing in told))
    before = (known(parts, donation.token), whole(parts, donation.fund_id))

    state = tell_and_settle(parts, event(CONTRADICTIONS[what](pay)))[-1]

    assert state == "quarantined"
    assert rows(parts)[-1].note
    assert (known(parts, donation.token), whole(parts, donation.fund_id)) == before
    assert verify(parts).broken == ()


def test_real_money_and_play_money_do_not_mix(parts: Parts, donation: DonationRow) -> None:
    paid = event(Payment(donation.token).session(livemode=True), livemode=True)

    assert tell_and_settle(parts, paid) == ["quarantined"]
    assert whole(parts, donation.fund_id) == Totals()


def test_a_message_that_names_two_donations_is_nobodys(parts: Parts, donation: DonationRow) -> None:
    pay = Payment(donation.token)
    with parts.database.unit_of_work() as session:
        other = a_donation(session, session.get_one(FundRow, donation.fund_id))
    tell_and_settle(parts, event(pay.session()))

    state = tell_and_settle(parts, event(pay.intent(metadata={"donation": other.token})))[-1]

    assert state == "quarantined"
    assert known(parts, other.token) == Known("created", 0)


def test_a_donation_of_another_account_is_not_ours_to_settle(parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        row = a_donation(session, a_fund(session), account="section")

    assert tell_and_settle(parts, event(Payment(row.token).session())) == ["quarantined"]
    assert known(parts, row.token) == Known("created", 0)


def test_a_message_is_learnt_as_a_whole_or_not_at_all(parts: Parts, donation: DonationRow) -> None:
    pay = Payment(donation.token)
    two_minds = pay.session(payment_intent=pay.intent(latest_charge=pay.charge(amount=1)))

    assert tell_and_settle(parts, event(two_minds)) == ["quarantined"]
    assert known(parts, donation.token) == Known("created", 0)


def test_a_dispute_won_and_a_refund_that_fails_give_the_money_back(
    parts: Parts, donation: DonationRow
) -> None:
    pay = Payment(donation.token)
    out, back = pay.line(pay.dispute(), -3360, "d"), pay.line(pay.dispute(), 3360, "w")

    tell_and_settle(parts, event(pay.session()), event(pay.dispute(3000, out)), event(pay.refund()))
    assert known(parts, donation.token).kept == 0

    won, failed = pay.dispute(3000, out, back, status="won"), pay.refund(status="failed")
    tell_and_settle(parts, event(won), event(failed))
    assert known(parts, donation.token).kept == 5000
    assert whole(parts, donation.fund_id) == Totals(received=5750, donations=1)


def test_two_charges_of_one_payment_are_one_gift(parts: Parts, donation: DonationRow) -> None:
    """It cannot be; were it so, the second would stand on clearing, for all to see."""
    pay = Payment(donation.token)
    again = pay.charge(id=f"ch_{pay.number}_again")

    tell_and_settle(parts, event(pay.session()), event(pay.charge()), event(again))

    assert known(parts, donation.token) == Known("succeeded", 5000)
    assert whole(parts, donation.fund_id) == Totals(received=5750, donations=1)


def test_a_refund_that_never_left_books_nothing(parts: Parts, donation: DonationRow) -> None:
    pay = Payment(donation.token)
    events = [event(pay.session()), event(pay.refund()), event(pay.refund(status="canceled"))]

    tell_and_settle(parts, *events)

    with parts.database.reading() as session:
        [booked] = ledger.posted(session, [donation.id]).values()
    assert {kind for _, kind in booked} == {"gift"}


# The database is made once for all examples: each begins with a fund and a donation of its own.
@pytest.mark.unmeasured
@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_same_facts_in_any_order_any_number_of_times_in_any_batches_end_the_same(
    parts: Parts, data: st.DataObject
) -> None:
    straight, shuffled = begin(parts), begin(parts)
    numbers = st.lists(st.integers(0, len(straight.events) - 1), max_size=25, unique=True)
    chosen = data.draw(st.one_of(st.just(list(range(len(straight.events)))), numbers))
    again = data.draw(st.lists(st.sampled_from(chosen), max_size=6)) if chosen else []
    order = data.draw(st.permutations(chosen + again))
    anew = data.draw(st.sets(st.integers(0, len(order))))
    events = [
        shuffled.events[number] | ({"id": f"evt_{shuffled.token}_{place}"} if place in anew else {})
        for place, number in enumerate(order)
    ]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(events)), max_size=4)))

    tell(parts, *(straight.events[number] for number in sorted(chosen)))
    tell_in_batches(parts, events, cuts, data.draw(st.integers(1, 8)))

    assert ending(parts, shuffled) == ending(parts, straight)
    assert verify(parts).broken == ()
