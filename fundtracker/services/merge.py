"""One batch of the inbox in memory: every row gets a verdict, every donation what is new of it.

Nothing known is unlearned and order does not matter: a fact about a payment that we do not know
is parked until something links it, one that contradicts what we know is quarantined with the
total unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fundtracker.domain.facts import (
    ChargeFact,
    DisputeFact,
    IntentFact,
    RefundFact,
    SessionFact,
    TransactionFact,
)
from fundtracker.domain.money import Money
from fundtracker.domain.postings import Gift
from fundtracker.domain.rates import Rate
from fundtracker.services.agree import contradiction
from fundtracker.services.identify import DONATION_OBJECTS, identity
from fundtracker.store.inbox import InboxState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fundtracker.domain.donations import Payment
    from fundtracker.domain.facts import Fact
    from fundtracker.payments.events import Notice
    from fundtracker.services.identify import PaymentFact
    from fundtracker.store.donations import DonationRow

_ORDER = (SessionFact, IntentFact, ChargeFact, RefundFact, DisputeFact, TransactionFact)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a row; `note` and `waits_for` hold ids and amounts, never personal data."""

    state: InboxState
    note: str | None = None
    waits_for: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of Stripe's ledger to be booked, and what it settles, if that is ours."""

    fact: TransactionFact
    original: Money | None
    donation_id: int | None


@dataclass(slots=True)
class Case:
    """One donation of the batch: its row, what was known of its payment, and what is known now."""

    row: DonationRow
    gift: Gift
    before: Payment
    payment: Payment

    @property
    def is_new(self) -> bool:
        """Whether anything was learnt."""
        return self.payment != self.before


@dataclass(slots=True)
class Batch:
    """The donations that a batch is about, by id, and by every name that they have.

    `heard` are the objects that were learnt of: something may be parked for one of them.
    """

    account: str
    livemode: bool
    cases: dict[int, Case]
    refs: dict[str, int]
    known_lines: dict[str, TransactionFact]
    new_refs: dict[str, int] = field(default_factory=dict)
    heard: set[str] = field(default_factory=set)
    lines: list[Line] = field(default_factory=list)
    _tokens: dict[str, int] = field(init=False)
    _intents: dict[int, str] = field(init=False)

    def __post_init__(self) -> None:
        """Index the donations by their own token, and their payment intents by donation."""
        self._tokens = {case.row.token: number for number, case in self.cases.items()}
        self._intents = _intents(self.refs)

    def judge(self, notice: Notice) -> Verdict:
        """Learn everything that a message tells, or nothing of it."""
        if notice.livemode is not None and notice.livemode is not self.livemode:
            return Verdict(InboxState.QUARANTINED, f"{notice.id} has the wrong live mode")
        if not notice.facts:
            return Verdict(InboxState.IGNORED)
        trial = _Trial(self)
        # An object can stand in one that says less of whose it is: what names the most goes first.
        for fact in sorted(notice.facts, key=lambda fact: _ORDER.index(type(fact))):
            verdict = trial.learn(fact)
            if verdict is not None:
                return verdict
        trial.keep()
        return Verdict(InboxState.APPLIED)

    def intent_of(self, donation_id: int) -> str | None:
        """The payment intent of a donation, if it is known."""
        return self._intents.get(donation_id)

    def link(self, refs: Mapping[str, int]) -> None:
        """Take ids of Stripe's for those of donations."""
        self.refs.update(refs)
        self.new_refs.update(refs)
        self._intents.update(_intents(refs))

    def named(self, token: str | None, ids: Iterable[str]) -> set[int]:
        """The donations that go by any of these names."""
        found = {self.refs[ref] for ref in ids if ref in self.refs}
        if token is not None and token in self._tokens:
            found.add(self._tokens[token])
        return found


class _Trial:
    """The facts of one message on trial: they count together, or not at all."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._payments: dict[int, Payment] = {}
        self._refs: dict[str, int] = {}
        self._heard: set[str] = set()
        self._lines: list[Line] = []

    def learn(self, fact: Fact) -> Verdict | None:
        """Learn one fact; a verdict ends the trial."""
        if isinstance(fact, TransactionFact):
            return self._line(fact)
        name = identity(fact)
        found = self._batch.named(name.token, name.refs)
        found.update(self._refs[ref] for ref in name.refs if ref in self._refs)
        if not found:
            return Verdict(InboxState.PARKED, waits_for=name.wanted)
        if len(found) > 1:
            return Verdict(InboxState.QUARANTINED, f"{fact.id} names two donations")
        number = found.pop()
        gift = self._batch.cases[number].gift
        problem = contradiction(fact, self._batch.account, gift, self._payment(number))
        problem = problem or self._second_intent(fact, number)
        if problem is not None:
            return Verdict(InboxState.QUARANTINED, problem)
        self._payments[number] = _merged(self._payment(number), fact)
        self._refs.update({ref: number for ref in name.refs if ref not in self._batch.refs})
        self._heard.add(fact.id)
        return None

    def keep(self) -> None:
        """Let what was learnt count."""
        batch = self._batch
        for number, payment in self._payments.items():
            batch.cases[number].payment = payment
        batch.link(self._refs)
        batch.heard.update(self._heard)
        batch.lines.extend(self._lines)
        batch.known_lines.update({line.fact.id: line.fact for line in self._lines})

    def _payment(self, number: int) -> Payment:
        return self._payments.get(number) or self._batch.cases[number].payment

    def _second_intent(self, fact: PaymentFact, number: int) -> str | None:
        known = self._batch.intent_of(number) or _intents(self._refs).get(number)
        intent = fact.id if isinstance(fact, IntentFact) else fact.intent
        if known is None or intent is None or known == intent:
            return None
        return f"{fact.id} is of {intent}, the donation of {known}"

    def _line(self, fact: TransactionFact) -> Verdict | None:
        known = self._batch.known_lines.get(fact.id)
        if known is not None:
            same = (known.net, known.fee, known.currency) == (fact.net, fact.fee, fact.currency)
            return None if same else Verdict(InboxState.QUARANTINED, f"{fact.id} has changed")
        source = fact.source or ""
        if not source.startswith(DONATION_OBJECTS):
            self._lines.append(Line(fact, None, None))
            return None
        number = self._refs.get(source, self._batch.refs.get(source))
        moved = None if number is None else _moved(self._payment(number), source)
        if moved is None:
            return Verdict(InboxState.PARKED, waits_for=source)
        original = moved if fact.amount >= 0 else -moved
        self._lines.append(Line(fact, original, number))
        return None


def gift_of(row: DonationRow, base_currency: str) -> Gift:
    """A donation's row as the ledger sees it."""
    rate = None
    if row.rate_mantissa is not None and row.rate_scale is not None:
        rate = Rate(row.rate_mantissa, row.rate_scale)
    return Gift(
        fund=row.fund_id,
        section=row.section_id,
        holder=row.account,
        currency=row.currency,
        amount=row.amount,
        base_currency=base_currency,
        rate=rate,
        cover=row.cover,
    )


def _intents(refs: Mapping[str, int]) -> dict[int, str]:
    return {number: ref for ref, number in refs.items() if ref.startswith("pi_")}


def _merged(payment: Payment, fact: PaymentFact) -> Payment:
    if isinstance(fact, SessionFact):
        return payment.with_session(fact)
    if isinstance(fact, IntentFact):
        return payment.with_intent(fact)
    if isinstance(fact, ChargeFact):
        return payment.with_charge(fact)
    if isinstance(fact, RefundFact):
        return payment.with_refund(fact)
    return payment.with_dispute(fact)


def _moved(payment: Payment, source: str) -> Money | None:
    """What an object of the payment moved, unsigned."""
    fact = (
        payment.charges.get(source) or payment.refunds.get(source) or payment.disputes.get(source)
    )
    return None if fact is None else Money(fact.amount, fact.currency)
