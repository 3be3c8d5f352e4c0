from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.donations import Back, DonationStatus, Payment
from fundtracker.domain.facts import (
    ChargeFact,
    ChargeState,
    DisputeFact,
    Fact,
    IntentFact,
    RefundFact,
    RefundStatus,
    SessionFact,
    SessionState,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

SESSION = SessionFact(
    id="cs_1",
    token="gift",
    state=SessionState.OPEN,
    paid=False,
    async_failed=False,
    amount=5000,
    currency="GBP",
    intent="pi_1",
    livemode=False,
)
INTENT = IntentFact("pi_1", "gift", cancelled=False, amount=5000, currency="GBP", livemode=False)
CHARGE = ChargeFact(
    id="ch_1",
    intent="pi_1",
    token=None,
    state=ChargeState.SUCCEEDED,
    amount=5000,
    currency="GBP",
    transaction=None,
    failure_transaction=None,
    livemode=False,
)
REFUND = RefundFact(
    id="re_1",
    charge="ch_1",
    intent="pi_1",
    amount=2000,
    currency="GBP",
    status=RefundStatus.SUCCEEDED,
    transaction=None,
    failure_transaction=None,
)
DISPUTE = DisputeFact(
    id="du_1",
    charge="ch_1",
    intent="pi_1",
    amount=3000,
    currency="GBP",
    status="needs_response",
    withdrawn=frozenset({"txn_out"}),
    reinstated=frozenset(),
)

EXPIRED = replace(SESSION, state=SessionState.EXPIRED)
COMPLETE = replace(SESSION, state=SessionState.COMPLETE)
PAID = replace(COMPLETE, paid=True)
ASYNC_FAILED = replace(COMPLETE, async_failed=True)
CANCELLED = replace(INTENT, cancelled=True)
PENDING = replace(CHARGE, state=ChargeState.PENDING)
DECLINED = replace(CHARGE, id="ch_0", state=ChargeState.FAILED)
FAILED_LATE = replace(CHARGE, state=ChargeState.FAILED, failure_transaction="txn_back")


def learn(facts: Iterable[Fact]) -> Payment:
    payment = Payment()
    for fact in facts:
        match fact:
            case SessionFact():
                payment = payment.with_session(fact)
            case IntentFact():
                payment = payment.with_intent(fact)
            case ChargeFact():
                payment = payment.with_charge(fact)
            case RefundFact():
                payment = payment.with_refund(fact)
            case DisputeFact():
                payment = payment.with_dispute(fact)
    return payment


def moved(*facts: Fact) -> dict[str, int]:
    return {f"{back.source} {back.kind}": back.amount for back in learn(facts).backs()}


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ([], "created"),
        ([INTENT], "created"),
        ([SESSION], "open"),
        ([SESSION, DECLINED], "open"),
        ([SESSION, PENDING], "processing"),
        ([COMPLETE], "processing"),
        ([COMPLETE, DECLINED], "processing"),
        ([EXPIRED], "expired"),
        ([EXPIRED, PENDING], "expired"),
        ([EXPIRED, CANCELLED], "cancelled"),
        ([ASYNC_FAILED, CANCELLED], "failed"),
        ([PAID], "succeeded"),
        ([EXPIRED, CHARGE], "succeeded"),
        ([ASYNC_FAILED, CANCELLED, PAID], "succeeded"),
        ([PAID, FAILED_LATE], "succeeded"),
        ([COMPLETE, FAILED_LATE], "processing"),
    ],
)
def test_the_status_is_what_the_facts_say_in_whatever_order(facts: list[Fact], status: str) -> None:
    for order in itertools.permutations(facts):
        assert learn(order).status == status


def test_a_charge_that_failed_before_is_forgotten_when_it_succeeds() -> None:
    assert moved(replace(CHARGE, state=ChargeState.FAILED), CHARGE) == {}


@pytest.mark.parametrize("status", ["pending", "requires_action"])
def test_a_refund_under_way_moves_nothing(status: str) -> None:
    assert moved(PAID, replace(REFUND, status=RefundStatus(status))) == {}


@pytest.mark.parametrize("status", ["cancelled", "failed"])
def test_a_refund_that_failed_is_mirrored(status: str) -> None:
    failed = replace(REFUND, status=RefundStatus(status))

    assert moved(PAID, REFUND, failed) == {"re_1 refund": 2000, "re_1 refund_failed": -2000}


def test_refunds_in_parts_each_count() -> None:
    second = replace(REFUND, id="re_2", amount=500)

    assert moved(PAID, second, REFUND) == {"re_1 refund": 2000, "re_2 refund": 500}


def test_a_dispute_counts_by_its_ledger_lines_and_not_by_its_word() -> None:
    warning = replace(DISPUTE, status="warning_closed", withdrawn=frozenset())
    won = replace(DISPUTE, status="won", reinstated=frozenset({"txn_in"}))

    assert moved(PAID, warning) == {}
    assert moved(PAID, replace(DISPUTE, status="lost")) == {"txn_out dispute_withdrawn": 3000}
    assert moved(PAID, won, DISPUTE) == {
        "txn_out dispute_withdrawn": 3000,
        "txn_in dispute_reinstated": -3000,
    }


def test_money_that_a_bank_put_back_waits_until_it_is_known_to_have_been_taken() -> None:
    back = replace(DISPUTE, withdrawn=frozenset(), reinstated=frozenset({"txn_in"}))

    assert moved(PAID, back) == {}
    assert sum(moved(PAID, back, DISPUTE).values()) == 0


def test_the_word_of_a_dispute_is_the_newest() -> None:
    lost = replace(DISPUTE, status="lost", withdrawn=frozenset())

    assert learn([DISPUTE, lost]).disputes["du_1"].status == "lost"


@pytest.mark.parametrize(
    "facts",
    [[PAID, FAILED_LATE], [PAID, CHARGE, FAILED_LATE], [FAILED_LATE, CHARGE], [FAILED_LATE, PAID]],
)
def test_a_late_failure_counts_whether_or_not_the_success_was_heard(facts: list[Fact]) -> None:
    assert moved(*facts) == {"ch_1 late_failure": 5000}


def test_a_second_charge_makes_good_a_late_failure() -> None:
    again = replace(CHARGE, id="ch_2")

    assert moved(PAID, FAILED_LATE, again) == {
        "ch_1 late_failure": 5000,
        "ch_2 charged_again": -5000,
    }


def test_movements_come_in_one_order_wherever_they_are_read() -> None:
    facts = [replace(REFUND, id=f"re_{number}", amount=number) for number in (3, 1, 2)]

    assert [back.source for back in learn(facts).backs()] == ["re_1", "re_2", "re_3"]


def test_every_status_has_a_label() -> None:
    assert all(status.label for status in DonationStatus)


STATES = st.sampled_from(SessionState)
FACTS = st.one_of(
    st.builds(
        replace, st.just(SESSION), state=STATES, paid=st.booleans(), async_failed=st.booleans()
    ),
    st.builds(replace, st.just(INTENT), cancelled=st.booleans()),
    st.builds(
        replace,
        st.just(CHARGE),
        id=st.sampled_from(["ch_1", "ch_2"]),
        intent=st.sampled_from([None, "pi_1"]),
        state=st.sampled_from(ChargeState),
        transaction=st.sampled_from([None, "txn_1"]),
        failure_transaction=st.sampled_from([None, "txn_2"]),
    ),
    st.builds(
        replace,
        st.just(REFUND),
        id=st.sampled_from(["re_1", "re_2"]),
        status=st.sampled_from(RefundStatus),
        charge=st.sampled_from([None, "ch_1"]),
        intent=st.sampled_from([None, "pi_1"]),
    ),
    st.builds(
        replace,
        st.just(DISPUTE),
        charge=st.sampled_from([None, "ch_1"]),
        intent=st.sampled_from([None, "pi_1"]),
        withdrawn=st.frozensets(st.sampled_from(["txn_3", "txn_4"])),
        reinstated=st.frozensets(st.sampled_from(["txn_5", "txn_6"])),
    ),
)


@given(facts=st.lists(FACTS, max_size=8), data=st.data())
def test_facts_in_any_order_any_number_of_times_are_the_same_payment(
    facts: list[Fact], data: st.DataObject
) -> None:
    shuffled = data.draw(
        st.permutations(facts + data.draw(st.lists(st.sampled_from(facts or [INTENT]))))
    )

    assert learn(shuffled) == learn([*facts, *shuffled])
    assert set(learn(shuffled).backs()) == set(learn([*facts, *shuffled]).backs())


@given(facts=st.lists(FACTS, max_size=8), later=FACTS)
def test_no_movement_is_ever_unlearned(facts: list[Fact], later: Fact) -> None:
    before: set[Back] = set(learn(facts).backs())

    assert before <= set(learn([*facts, later]).backs())
