"""What happened to a donation, in order: from the form to the last journal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from fundtracker.domain.donations import DonationStatus, Method
from fundtracker.domain.facts import ChargeState, RefundStatus
from fundtracker.domain.ledger import COUNTED, Account
from fundtracker.domain.money import Money
from fundtracker.store import refund_orders
from fundtracker.store.donations import DonationRow, StripeRefRow
from fundtracker.store.payments import BalanceTransactionRow, ChargeRow, DisputeRow, RefundRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy.orm import Session

    from fundtracker.store.treasury_lines import DonationLine, JournalLine

_ENDED = {
    DonationStatus.EXPIRED: "expired",
    DonationStatus.FAILED: "failed",
    DonationStatus.CANCELLED: "cancelled",
}
# What a gift consists of; the other side of its journals is where the money is.
_OF_THE_GIFT = COUNTED | {Account.FEE_COVER, Account.LOSS}


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened; `at` is None where nobody told when.

    `kind` is that of a journal, or one of form, entered, page, declined, expired, failed,
    cancelled, dispute, refund_asked, refund_refused, refund_pending, refund_cancelled. `note` is a
    sentence to be translated, or Stripe's own word.
    """

    kind: str
    at: datetime | None
    money: Money | None = None
    fee: Money | None = None
    actor: str = ""
    note: str = ""
    reason: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote of themselves: personal data, all of it."""

    public_name: str | None = field(repr=False)
    message: str | None = field(repr=False)
    reference: str | None = field(repr=False)

    @property
    def any(self) -> bool:
        """Whether there is anything to be seen."""
        return any((self.public_name, self.message, self.reference))


def history(
    session: Session, line: DonationLine, journals: Sequence[JournalLine]
) -> list[Happening]:
    """Everything that is known of a donation, in the order in which it happened."""
    row = session.get_one(DonationRow, line.id)
    told = [*_beginning(session, row), *map(_booked, journals), *_asked(session, row)]
    told += _not_booked(session, row, {journal.source for journal in journals})
    told += _ended(row)
    return _in_order(told)


def words_of(session: Session, donation_id: int) -> Words:
    """What the donor wrote, or the treasurer of the donor; who asks has the right to see it."""
    query = select(DonationRow.public_name, DonationRow.message, DonationRow.reference)
    return Words(*session.execute(query.where(DonationRow.id == donation_id)).one())


def stripe_ids(session: Session, donation_id: int) -> list[str]:
    """By what Stripe knows a donation: pages, intents, charges, refunds, disputes, ledger lines."""
    line = BalanceTransactionRow
    refs = session.scalars(select(StripeRefRow.id).where(StripeRefRow.donation_id == donation_id))
    lines = session.scalars(select(line.id).where(line.donation_id == donation_id))
    return [*sorted(refs), *sorted(lines)]


def _beginning(session: Session, row: DonationRow) -> Iterator[Happening]:
    amount = Money(row.amount, row.currency)
    by_hand = row.method != Method.ONLINE
    yield Happening("entered" if by_hand else "form", row.created_at, amount, actor=row.actor)
    if row.session_state is not None:
        yield Happening("page", None)
    failed = select(ChargeRow).where(
        ChargeRow.donation_id == row.id, ChargeRow.state == ChargeState.FAILED
    )
    for charge in session.scalars(failed):
        yield Happening("declined", None, note=charge.method or "")


def _booked(journal: JournalLine) -> Happening:
    fee = None
    if journal.kind == "settlement":
        moved = [entry for entry in journal.entries if entry.account == Account.STRIPE]
        fees = [entry for entry in journal.entries if entry.account == Account.FEES]
        fee = Money(fees[0].amount, fees[0].currency) if fees else None
    else:
        moved = [entry for entry in journal.entries if entry.account in _OF_THE_GIFT]
    amount = sum(entry.amount for entry in moved)
    money = Money(amount, moved[0].currency) if moved else None
    if money is not None and journal.kind != "settlement":
        money = abs(money)
    return Happening(journal.kind, journal.booked_at, money, fee, journal.actor)


def _asked(session: Session, row: DonationRow) -> Iterator[Happening]:
    for order in refund_orders.of_donation(session, row.id):
        amount = Money(order.amount, row.currency)
        yield Happening(
            "refund_asked", order.asked_at, amount, actor=order.actor, reason=order.reason
        )
        if order.refused_at is not None:
            yield Happening("refund_refused", order.refused_at, amount, note=order.note or "")


def _not_booked(session: Session, row: DonationRow, booked: set[str]) -> Iterator[Happening]:
    """Refunds on their way or given up, and how disputes stand, which no journal tells."""
    for refund in session.scalars(select(RefundRow).where(RefundRow.donation_id == row.id)):
        if refund.id in booked:
            continue
        given_up = refund.status in {RefundStatus.CANCELLED, RefundStatus.FAILED}
        kind = "refund_cancelled" if given_up else "refund_pending"
        yield Happening(kind, refund.heard_at, Money(refund.amount, refund.currency))
    for dispute in session.scalars(select(DisputeRow).where(DisputeRow.donation_id == row.id)):
        amount = Money(dispute.amount, dispute.currency)
        yield Happening("dispute", None, amount, note=dispute.status)


def _ended(row: DonationRow) -> Iterator[Happening]:
    kind = _ENDED.get(DonationStatus(row.status))
    if kind is None or row.method != Method.ONLINE:
        return
    ran_out = datetime.fromtimestamp(row.checkout_expires_at, UTC) if kind == "expired" else None
    yield Happening(kind, ran_out)


def _in_order(told: Iterable[Happening]) -> list[Happening]:
    """Sort by time; what has none stays behind what it was told after."""
    last = datetime.min.replace(tzinfo=UTC)
    placed = []
    for happening in told:
        last = happening.at or last
        placed.append((last, happening))
    return [happening for _, happening in sorted(placed, key=lambda item: item[0])]
