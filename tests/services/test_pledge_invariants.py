"""Pledges are made, paid, split, netted, withdrawn, opened and refunded in any order.

Beside what must always be true, two rules of the ledger: a donation made for a pledge raises the
headline by what is over-paid and nothing else; a late allocation leaves what was received alone and
lowers the headline by what it said before.
"""

from __future__ import annotations

import itertools
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import update

from fundtracker.domain.desk.values import PaidBy
from fundtracker.domain.errors import Changed, Invalid, NotNow
from fundtracker.domain.money import Money
from fundtracker.domain.pledges import Instalment, PledgeStatus
from fundtracker.domain.scope import Scope
from fundtracker.services import allocate as allocating
from fundtracker.services.allocate import Wanted, allocate, effect, propose, reverse
from fundtracker.services.change_pledge import Shown
from fundtracker.services.decide_pledge import (
    cancel_pledge,
    confirm_pledge,
    reopen_pledge,
    write_off_pledge,
)
from fundtracker.services.give import GiftRequest, give
from fundtracker.services.restate_pledge import move_pledge, name_pledge, restate_pledge
from fundtracker.services.settle import settle_all
from fundtracker.services.verify import verify
from fundtracker.store import allocations, donations, snapshots
from fundtracker.store import verify as questions
from fundtracker.store.donations import DonationRow
from tests.factories.pledges import read, some_pledges
from tests.factories.rows import a_fund
from tests.factories.stripe import Payment, event
from tests.support.effort import examples
from tests.support.telling import tell

if TYPE_CHECKING:
    from fundtracker.domain.snapshot import Snapshot
    from fundtracker.services.parts import Parts
    from fundtracker.store.pledges import PledgeRow

_FORMS = itertools.count(1)
EVERYTHING = Scope.everything()
CURRENCIES = st.sampled_from(["GBP", "CHF", "EUR", "CLP"])
SECTIONS = st.sampled_from(["GB", "CH", ""])
AMOUNTS = st.integers(60, 30_000)
DUE = date(2026, 7, 1)


class Promises(RuleBasedStateMachine):
    """A fund to which people promise, give and pay."""

    pledges: Bundle[str] = Bundle("pledges")
    gifts: Bundle[Payment] = Bundle("gifts")
    parts_of: Bundle[str] = Bundle("parts_of")

    def __init__(self, parts: Parts) -> None:
        super().__init__()
        self.parts = parts
        with parts.database.unit_of_work() as session:
            self.slug = a_fund(session).slug

    @rule(
        target=pledges,
        amount=AMOUNTS,
        currency=CURRENCIES,
        section=SECTIONS,
        people=st.integers(1, 3),
        status=st.sampled_from([PledgeStatus.OPEN, PledgeStatus.UNCONFIRMED]),
        counted=st.booleans(),
        paid_by=st.sampled_from([None, PaidBy.CASH]),
    )
    def promise(
        self,
        *,
        amount: int,
        currency: str,
        section: str,
        people: int,
        status: PledgeStatus,
        counted: bool,
        paid_by: PaidBy | None,
    ) -> MultipleResults[str] | str:
        made = some_pledges(
            self.parts,
            self.slug,
            [Money(amount, currency)] * people,
            section,
            status=status,
            counted=counted,
            paid_by=paid_by,
        )
        return multiple(*(row.token for row in made))

    @rule(target=gifts, amount=AMOUNTS, currency=CURRENCIES, section=SECTIONS)
    def give(self, amount: int, currency: str, section: str) -> Payment:
        payment = self._give(Money(amount, currency), section)
        self._pay(payment)
        return payment

    @rule(target=gifts, token=pledges, amount=AMOUNTS, other=st.booleans())
    def pay_a_pledge(self, token: str, amount: int, other: bool) -> Payment:  # noqa: FBT001 - drawn
        pledge, before = read(self.parts, token), self._true()
        payment = self._give(Money(amount, "EUR" if other else pledge.currency), pledge=pledge)
        self._pay(payment)
        paid, after = read(self.parts, token), self._true()
        rose = after.received - before.received
        nets = paid.paid_base - pledge.paid_base
        assert 0 <= nets <= rose
        counted = pledge.counted and pledge.status in {PledgeStatus.OPEN, PledgeStatus.UNCONFIRMED}
        assert after.headline - before.headline == rose - (nets if counted else 0)
        return payment

    @rule(payment=gifts, amount=st.integers(1, 20_000))
    def refund(self, payment: Payment, amount: int) -> None:
        tell(self.parts, event(payment.refund(amount, f"_{next(_FORMS)}")))
        settle_all(self.parts)

    @rule(payment=gifts, amount=st.integers(1, 20_000))
    def dispute(self, payment: Payment, amount: int) -> None:
        out = payment.line(payment.dispute(), -300, "d")
        tell(self.parts, event(payment.dispute(amount, out)))
        settle_all(self.parts)

    @rule(target=parts_of, payment=gifts, token=pledges, most=st.none() | AMOUNTS)
    def net(self, payment: Payment, token: str, most: int | None) -> MultipleResults[str] | str:
        wanted = Wanted(token, most)
        before = self._true()
        try:
            said = effect(self.parts, payment.token, wanted, EVERYTHING)
        except NotNow:
            return multiple()
        shown = Wanted(token, most, said.share)
        allocate(self.parts, payment.token, [shown], EVERYTHING)
        after = self._true()
        assert after.received == before.received
        assert before.headline - after.headline == said.lowers
        assert read(self.parts, token).version > 1
        return multiple(*self._parts(payment)[-1:])

    @rule(target=parts_of, payment=gifts, token=pledges)
    def propose(self, payment: Payment, token: str) -> MultipleResults[str] | str:
        before = self._true()
        try:
            part = propose(self.parts, payment.token, Wanted(token), EVERYTHING)
        except NotNow:
            return multiple()
        assert self._true().headline == before.headline
        return part

    @rule(token=parts_of)
    def confirm_part(self, token: str) -> None:
        with suppress(NotNow, Changed):
            allocating.confirm(self.parts, token, EVERYTHING)

    @rule(token=consumes(parts_of))
    def take_back(self, token: str) -> None:
        with suppress(NotNow):
            received = self._true().received
            reverse(self.parts, token, EVERYTHING)
            assert self._true().received == received

    @rule(payment=gifts, first=pledges, second=pledges, third=pledges, most=AMOUNTS)
    def split(self, payment: Payment, first: str, second: str, third: str, most: int) -> None:
        several = [Wanted(first, most), Wanted(second, most), Wanted(third)]
        before = self._true()
        with suppress(NotNow):
            allocate(self.parts, payment.token, several, EVERYTHING)
            return
        # All of it or nothing.
        assert self._true().version == before.version

    @rule(token=pledges, what=st.integers(0, 6), amount=AMOUNTS)
    def decide(self, token: str, what: int, amount: int) -> None:
        row = read(self.parts, token)
        shown = Shown(token, row.version)
        due = Instalment(DUE, Money(amount, row.currency))
        deeds = (
            lambda: confirm_pledge(self.parts, shown, EVERYTHING),
            lambda: cancel_pledge(self.parts, shown, EVERYTHING),
            lambda: write_off_pledge(self.parts, shown, EVERYTHING, "It will not come"),
            lambda: reopen_pledge(self.parts, shown, EVERYTHING),
            lambda: restate_pledge(self.parts, shown, [due], EVERYTHING),
            lambda: move_pledge(self.parts, shown, "CH", EVERYTHING),
            lambda: name_pledge(self.parts, shown, "Anna", EVERYTHING),
        )
        received = self._true().received
        with suppress(Invalid, NotNow):
            deeds[what]()
        assert self._true().received == received

    @invariant()
    def totals_are_the_sums_of_the_ledger(self) -> None:
        with self.parts.database.reading() as session:
            kept, summed = questions.kept_totals(session), questions.ledger_totals(session)
        nothing = questions.Sums(0, 0, 0, 0, 0)
        for place in kept.keys() | summed.keys():
            assert kept.get(place, nothing) == summed.get(place, nothing)

    def teardown(self) -> None:
        """Whatever happened, every row is what it has to be."""
        assert verify(self.parts).broken == ()

    def _give(self, money: Money, section: str = "", pledge: PledgeRow | None = None) -> Payment:
        request = GiftRequest(f"form-{next(_FORMS)}", money, section)
        token = give(self.parts, self.slug, request).session_id.removeprefix("cs_")
        if pledge is not None:
            with self.parts.database.unit_of_work() as session:
                values = {"pledge_id": pledge.id, "section_id": pledge.section_id}
                session.execute(
                    update(DonationRow).where(DonationRow.token == token).values(values)
                )
        return Payment(token, money.minor, money.currency.lower())

    def _pay(self, payment: Payment) -> None:
        session = payment.session(id=f"cs_{payment.token}")
        tell(self.parts, event(session), event(payment.charge()))
        settle_all(self.parts)

    def _parts(self, payment: Payment) -> list[str]:
        with self.parts.database.reading() as session:
            row = donations.by_token(session, payment.token, EVERYTHING)
            return [p.token for p in allocations.of_donation(session, row.id, EVERYTHING)]

    def _true(self) -> Snapshot:
        with self.parts.database.reading() as session:
            return snapshots.load_true(session, self.slug)


@pytest.mark.unmeasured
def test_whatever_happens_to_pledges_the_sums_are_right(parts: Parts) -> None:
    class Here(Promises):
        def __init__(self) -> None:
            super().__init__(parts)

    run_state_machine_as_test(
        Here,
        settings=settings(
            # Most on SQLite, which is quicker; what it finds there does not depend on the database.
            max_examples=examples(20 if parts.database.is_sqlite else 8),
            stateful_step_count=25,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )
