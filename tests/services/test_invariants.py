"""Anything may happen in any order: what must always be true is looked at after every step."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from fundtracker.domain.donations import Method
from fundtracker.domain.errors import Invalid, NotNow
from fundtracker.domain.money import Money
from fundtracker.domain.rates import Rate
from fundtracker.domain.scope import Scope
from fundtracker.services.enter_gift import Entered, enter_gift
from fundtracker.services.give import GiftRequest, give
from fundtracker.services.hold import hold, release
from fundtracker.services.order_refund import RefundWish, order_refund
from fundtracker.services.reverse_gift import ReversedBefore, reverse_gift
from fundtracker.services.send_refund import send_refund
from fundtracker.services.settle import settle, settle_all
from fundtracker.services.verify import Report, verify
from fundtracker.store import snapshots
from fundtracker.store import verify as questions
from tests.factories.rows import RATES, a_fund
from tests.factories.stripe import Payment, event
from tests.support.effort import examples
from tests.support.telling import tell

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from tests.factories.stripe import Body
    from tests.support.clocks import Clock
    from tests.support.gateway import MemoryGateway

_FORMS = itertools.count(1)
SUMS = ("received", "pledged", "unconfirmed", "headline")


@dataclass
class Gift:
    """A gift and what truly happened to it, whoever has heard of it."""

    payment: Payment
    money: Money
    paid: bool = False
    refunds: dict[str, int] = field(default_factory=dict)
    ordered: int = 0
    disputed: int | None = None
    failed_late: bool = False

    @property
    def worth(self) -> int:
        """What is left of it, in the fund's minor units."""
        gone = sum(self.refunds.values()) + (self.disputed or 0)
        gone += self.money.minor if self.failed_late else 0
        kept = self.money.minor - min(self.money.minor, gone) if self.paid else 0
        rate = Rate.parse(RATES.get(self.money.currency, "1"))
        return rate.to_base(Money(kept, self.money.currency), "EUR").minor


class Fund(RuleBasedStateMachine):
    """A fund in a busy hour."""

    gifts: Bundle[Gift] = Bundle("gifts")

    def __init__(self, parts: Parts, clock: Clock, gateway: MemoryGateway) -> None:
        super().__init__()
        self.parts, self.clock, self.gateway = parts, clock, gateway
        with parts.database.unit_of_work() as session:
            fund = a_fund(session, milestones=[10_000, 100_000])
        self.id, self.slug = fund.id, fund.slug
        self.all: list[Gift] = []
        self.by_hand: dict[str, Gift] = {}
        self.unheard: list[Body] = []
        self.heard: list[Body] = []
        self.held: bytes | None = None
        self.versions = (0, 0)

    @rule(
        target=gifts,
        amount=st.integers(100, 30_000),
        currency=st.sampled_from(["GBP", "CHF", "EUR", "CLP"]),
        section=st.sampled_from(["GB", "CH", ""]),
    )
    def give(self, amount: int, currency: str, section: str) -> Gift:
        request = GiftRequest(f"form-{next(_FORMS)}", Money(amount, currency), section)
        started = give(self.parts, self.slug, request)
        token = started.session_id.removeprefix("cs_")
        gift = Gift(Payment(token, amount, currency.lower()), request.amount)
        self.all.append(gift)
        return gift

    @rule(gift=gifts)
    def pay(self, gift: Gift) -> None:
        if gift.paid:
            return
        gift.paid = True
        pay = gift.payment
        line = pay.line(pay.charge(), 1000, fee=30)
        self._happen(
            pay.session(id=f"cs_{pay.token}"),
            pay.charge(),
            pay.charge(balance_transaction=line["id"]),
            line,
        )

    @rule(gift=gifts, amount=st.integers(1, 20_000), fails=st.booleans())
    def refund(self, gift: Gift, amount: int, fails: bool) -> None:  # noqa: FBT001 - drawn
        if not gift.paid:
            return
        part = f"_{len(gift.refunds)}"
        refund = gift.payment.refund(amount, part)
        gift.refunds[part] = 0 if fails else amount
        line = gift.payment.line(refund, -500, f"r{part}")
        self._happen(refund | {"status": "pending"}, refund, line)
        if fails:
            back = gift.payment.line(refund, 500, f"f{part}")
            self._happen(refund | {"status": "failed"}, back)

    @rule(gift=gifts, amount=st.integers(1, 20_000), won=st.booleans())
    def dispute(self, gift: Gift, amount: int, won: bool) -> None:  # noqa: FBT001 - drawn
        if not gift.paid or gift.disputed is not None:
            return
        gift.disputed = 0 if won else amount
        pay = gift.payment
        out, back = pay.line(pay.dispute(), -300, "d"), pay.line(pay.dispute(), 300, "w")
        self._happen(pay.dispute(amount, out), out)
        if won:
            self._happen(pay.dispute(amount, out, back, status="won"), back)

    @rule(gift=gifts)
    def fail_late(self, gift: Gift) -> None:
        if not gift.paid or gift.failed_late:
            return
        gift.failed_late = True
        line = gift.payment.line(gift.payment.charge(), -1000, "l")
        self._happen(
            gift.payment.charge(status="failed", failure_balance_transaction=line["id"]), line
        )

    @rule(
        amount=st.integers(1, 30_000),
        currency=st.sampled_from(["GBP", "EUR", "CLP"]),
        section=st.sampled_from(["GB", "CH", ""]),
        method=st.sampled_from([Method.BANK, Method.CASH, Method.CHEQUE]),
        day=st.integers(1, 12),
    )
    def enter(self, amount: int, currency: str, section: str, method: Method, day: int) -> None:
        money = Money(amount, currency)
        token = enter_gift(
            self.parts,
            self.slug,
            Entered(
                attempt=f"form-of-the-day-{next(_FORMS)}",
                method=method,
                section=section,
                amount=money,
                given_on=date(2026, 6, day),
                holder="Bag 7",
                another=True,
            ),
            Scope.everything(),
        )
        self.by_hand[token] = Gift(Payment(token), money, paid=True)

    @precondition(lambda self: self.by_hand)
    @rule(data=st.data())
    def reverse(self, data: st.DataObject) -> None:
        token = data.draw(st.sampled_from(sorted(self.by_hand)))
        if not self.by_hand[token].paid:
            with pytest.raises(ReversedBefore):
                reverse_gift(self.parts, token, "Again", Scope.everything())
            return
        self.by_hand[token].paid = False
        reverse_gift(self.parts, token, "It was read wrongly", Scope.everything())

    @rule(gift=gifts, amount=st.integers(1, 20_000))
    def order_refund(self, gift: Gift, amount: int) -> None:
        key = f"form-of-the-day-{next(_FORMS)}"
        wish = RefundWish(key, Money(amount, gift.money.currency), "The donor asked for it")
        try:
            order_refund(self.parts, gift.payment.token, wish, Scope.everything())
        except (Invalid, NotNow):
            return
        gift.ordered += amount
        assert gift.ordered <= gift.money.minor
        gift.refunds[key] = amount
        send_refund(self.parts, key)
        self._happen(self.gateway.objects[f"re_{key}"] | {"status": "succeeded"})

    @rule(order=st.randoms(use_true_random=False), count=st.integers(1, 12))
    def deliver(self, order: Any, count: int) -> None:  # noqa: ANN401 - Hypothesis names no type
        order.shuffle(self.unheard)
        tell(self.parts, *self.unheard[:count])
        self.heard += self.unheard[:count]
        del self.unheard[:count]

    @precondition(lambda self: self.heard)
    @rule(data=st.data(), anew=st.booleans())
    def replay(self, data: st.DataObject, anew: bool) -> None:  # noqa: FBT001 - drawn
        again = data.draw(st.sampled_from(self.heard))
        tell(self.parts, event(again["data"]["object"]) if anew else again)

    @rule(limit=st.integers(1, 30))
    def settle(self, limit: int) -> None:
        settle(self.parts, limit)

    @rule(seconds=st.integers(1, 40))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)

    @rule()
    def hold(self) -> None:
        hold(self.parts, self.slug)
        self.held = self.held or self._published()

    @rule()
    def release(self) -> None:
        release(self.parts, self.slug)
        self.held = None

    @invariant()
    def totals_are_the_sums_of_the_ledger(self) -> None:
        with self.parts.database.reading() as session:
            kept, summed = questions.kept_totals(session), questions.ledger_totals(session)
        nothing = questions.Sums(0, 0, 0, 0, 0)
        for place, sums in kept.items():
            assert sums == summed.get(place, nothing)
        assert summed.keys() <= kept.keys()

    @invariant()
    def sections_and_no_section_are_the_fund(self) -> None:
        with self.parts.database.reading() as session:
            bodies = [
                snapshots.load_true(session, self.slug).to_json(),
                snapshots.load(session, self.slug),
            ]
        for snapshot in map(json.loads, bodies):
            for name in SUMS:
                assert sum(line[name] for line in snapshot["sections"]) == snapshot[name]

    @invariant()
    def versions_only_rise(self) -> None:
        with self.parts.database.reading() as session:
            true = snapshots.load_true(session, self.slug).version
        versions = (true, json.loads(self._published())["version"])
        assert all(now >= before for now, before in zip(versions, self.versions, strict=True))
        self.versions = versions

    @invariant()
    def what_is_held_stands_still(self) -> None:
        assert self.held in {None, self._published()}

    def teardown(self) -> None:
        """Let everything be heard: then the ledger knows what truly happened."""
        tell(self.parts, *self.unheard)
        settle_all(self.parts)
        with self.parts.database.reading() as session:
            true = snapshots.load_true(session, self.slug)
        gifts = (*self.all, *self.by_hand.values())
        assert true.received == sum(gift.worth for gift in gifts)
        assert verify(self.parts) == Report((), self._suspense())

    def _suspense(self) -> tuple[str, ...]:
        """A line that settles euros in euros with another amount is rightly looked at."""
        return tuple(s for s in verify(self.parts).waiting if "suspense" in s)

    def _happen(self, *things: Body) -> None:
        self.unheard += [event(thing) for thing in things]

    def _published(self) -> bytes:
        with self.parts.database.reading() as session:
            return snapshots.load(session, self.slug)


@pytest.mark.unmeasured
def test_what_must_always_be_true(parts: Parts, clock: Clock, gateway: MemoryGateway) -> None:
    class Here(Fund):
        def __init__(self) -> None:
            super().__init__(parts, clock, gateway)

    run_state_machine_as_test(
        Here,
        settings=settings(
            # Most on SQLite, which is quicker; what it finds there does not depend on the database.
            max_examples=examples(20 if parts.database.is_sqlite else 8),
            stateful_step_count=25,
            suppress_health_check=list(HealthCheck),
            # Looking for fewer steps over a real database takes longer than reading the many.
            phases=[Phase.generate],
        ),
    )
