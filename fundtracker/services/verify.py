"""Verify: hold every kept number against the facts and the ledger, and name the rows at fault."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.donations import DonationStatus, Method
from fundtracker.services.merge import gift_of
from fundtracker.services.verify_calls import verify_calls
from fundtracker.services.verify_pledges import verify_pledges
from fundtracker.store import funds, payments, policies, recount, triggers
from fundtracker.store import verify as questions
from fundtracker.store.days import Sum

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from fundtracker.domain.donations import Payment
    from fundtracker.services.parts import Parts
    from fundtracker.store.donations import DonationRow


@dataclass(frozen=True, slots=True)
class Report:
    """What is broken, and what waits for a person or a fact; sentences that name rows."""

    broken: tuple[str, ...]
    waiting: tuple[str, ...]


def verify(parts: Parts) -> Report:
    """Check the whole database, reading only; no sentence holds personal data."""
    with parts.database.reading() as session:
        guarded = (*_seal(session), *_policies(session))
        broken = (
            *guarded,
            *_totals(session),
            *_days(session),
            *_donations(session),
            *verify_pledges(session),
            *verify_calls(session),
        )
        return Report(broken, tuple(_waiting(session)))


def _seal(session: Session) -> Iterator[str]:
    """Invariant 1: journals balance, and nothing can change them."""
    for name in sorted(triggers.missing(session.connection())):
        what = "audit log" if name.startswith("audit") else "ledger"
        yield f"The trigger {name} is missing: the {what} is not sealed. Run `flask db upgrade`."
    for journal in questions.unbalanced(session):
        yield f"Journal {journal} does not balance."
    for journal in questions.unsealed(session):
        yield f"Journal {journal} is not whole: entries and header do not go together."


def _policies(session: Session) -> Iterator[str]:
    """Invariant 9: on PostgreSQL the tables themselves keep sections apart."""
    for table in sorted(policies.missing(session.connection())):
        yield f"The policy of {table} is missing: it shows every section. Run `flask db upgrade`."


def _totals(session: Session) -> Iterator[str]:
    """Invariants 3 to 5: totals are the sums of the ledger, section by section."""
    for fund, section in questions.places_without_total(session):
        yield f"Section {section} of fund {fund} has no total row."
    kept, summed = questions.kept_totals(session), questions.ledger_totals(session)
    nothing = questions.Sums(0, 0, 0, 0, 0)
    for place in sorted({*kept, *summed}):
        row, ledger = kept.get(place, nothing), summed.get(place, nothing)
        for name in questions.Sums._fields:
            said, true = getattr(row, name), getattr(ledger, name)
            if said != true:
                yield (
                    f"Fund {place[0]}, section {place[1]}: {name} says {said}, "
                    f"and the ledger sums to {true}."
                )


def _days(session: Session) -> Iterator[str]:
    """Invariant 5 again: what is kept of each day is the sum of what the ledger has of it."""
    kept, summed = recount.kept_days(session), recount.days(session)
    for day in sorted({*kept, *summed}):
        said, true = kept.get(day, Sum()), summed.get(day, Sum())
        if said != true:
            yield (
                f"Fund {day.fund_id}, section {day.section_id}, {day.given_on}, {day.method}:"
                f" the day says {said.received} of {said.donations} donations,"
                f" and the ledger {true.received} of {true.donations}."
            )


def _donations(session: Session) -> Iterator[str]:
    """Invariants 2 and 6: what is booked for a donation is what its facts amount to."""
    for rows in questions.donations(session):
        known = payments.known(session, rows)
        booked = questions.booked(session, [row.id for row in rows])
        bases = funds.by_ids(session, {row.fund_id for row in rows})
        for row in rows:
            base_currency = bases[row.fund_id].currency
            if row.method != Method.ONLINE:
                yield from _entered(row, booked.get(row.id), base_currency)
                continue
            payment = known[row.id]
            if payment.status != row.status:
                yield f"Donation {row.id} says {row.status}; its facts say {payment.status}."
            yield from _donation(row, payment, booked.get(row.id), base_currency)
    for number in questions.misdated(session):
        yield f"Donation {number} does not say when its gift was booked."
    for number in questions.misplaced(session):
        yield f"Journal {number} is not of the fund and section of its donation."
    for refund in questions.misplaced_refunds(session):
        yield f"Refund {refund} is not of the fund and section of its donation."


def _entered(
    row: DonationRow, booked: questions.Booked | None, base_currency: str
) -> Iterator[str]:
    """No provider tells of it: it is there whole, or it is reversed."""
    kept = row.amount if row.status == DonationStatus.SUCCEEDED else 0
    expected = questions.Booked(kept, gift_of(row, base_currency).base(kept))
    if booked != expected:
        yield f"Donation {row.id} is booked as {booked}; what was entered comes to {expected}."
    if row.kept != kept:
        yield f"Donation {row.id} says that {row.kept} was kept; what was entered says {kept}."


def _donation(
    row: DonationRow,
    payment: Payment,
    booked: questions.Booked | None,
    base_currency: str,
) -> Iterator[str]:
    gift = gift_of(row, base_currency)
    if gift.rate is None or not payment.succeeded:
        if booked is not None:
            yield f"Donation {row.id} is booked, though it cannot be counted."
        return
    kept = gift.kept(sum(back.amount for back in payment.backs()))
    expected = questions.Booked(kept, gift.base(kept))
    if booked != expected:
        yield f"Donation {row.id} is booked as {booked}; its facts amount to {expected}."
    if row.kept != kept:
        yield f"Donation {row.id} says that {row.kept} was kept; its facts say {kept}."


def _waiting(session: Session) -> Iterator[str]:
    for item in questions.waiting(session):
        yield f"Inbox row {item.id} is {item.state}: {item.reason}."
    for currency, amount in questions.suspense(session).items():
        yield f"{amount} minor units of {currency} stand on the suspense account."
    for row in questions.without_rate(session):
        yield f"Donation {row} has no exchange rate, and is not counted until it has one."
