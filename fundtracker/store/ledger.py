"""Journals and entries: written once, sealed, never changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain.ledger import RECEIVED, Account, Entry, Journal, totals
from fundtracker.store import days
from fundtracker.store.base import Base, Key, kind_of
from fundtracker.store.days import DayKey, Sum, day_in
from fundtracker.store.donations import DonationRow
from fundtracker.store.funds import FundRow
from fundtracker.store.payments import stripe_method_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from fundtracker.domain.actors import Actor

# Donations that are held in memory at once.
_STEP = 1000


class JournalRow(Base):
    """The header that seals a journal: inserted after its entries, refused unless they balance.

    `fund_id` and `section_id` are those of its donation or pledge; without one it is the whole
    house's.
    """

    __tablename__ = "journal"

    id: Mapped[Key]
    account: Mapped[str]
    source: Mapped[str]
    kind: Mapped[str]
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"))
    section_id: Mapped[int | None] = mapped_column(ForeignKey("section.id"))
    donation_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id"), index=True)
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"), index=True)
    actor: Mapped[str]
    booked_at: Mapped[datetime]

    __table_args__ = (
        # A trigger of SQLite's sees -1 where no number is given yet, so no row may have it.
        CheckConstraint("id > 0", name="positive"),
        UniqueConstraint("account", "source", "kind"),
        # A donation is received once, whatever the payment is called.
        Index(
            "uq_journal_gift",
            "donation_id",
            unique=True,
            sqlite_where=text("kind = 'gift'"),
            postgresql_where=text("kind = 'gift'"),
        ),
        # The ledger pages, newest first.
        Index("ix_journal_fund", "fund_id", "id"),
        Index("ix_journal_section", "section_id", "id"),
        Index("ix_journal_kind", "kind", "id"),
        Index("ix_journal_booked", "booked_at", "id"),
    )


class EntryRow(Base):
    """One side of a journal, never updated or deleted."""

    __tablename__ = "entry"

    id: Mapped[Key]
    # Checked at the commit: entries go in first, their header last.
    journal_id: Mapped[int] = mapped_column(
        ForeignKey("journal.id", deferrable=True, initially="DEFERRED"),
        index=True,
    )
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"))
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"))
    account: Mapped[str]
    holder: Mapped[str]
    currency: Mapped[str]
    amount: Mapped[int]
    base: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("id > 0", name="positive"),
        Index("ix_entry_totals", "fund_id", "section_id", "account"),
    )


@dataclass(frozen=True, slots=True)
class Booking:
    """A journal, and what it belongs to."""

    journal: Journal
    fund_id: int | None
    section_id: int | None
    donation_id: int | None
    pledge_id: int | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """What a donation brought until now: `kept` in its currency, `received` in the fund's."""

    donation_id: int
    day: DayKey
    kept: int
    received: int

    @property
    def sum(self) -> Sum:
        """What it is of its day."""
        return Sum(self.received, int(self.kept > 0))


def post(
    session: Session,
    account: str,
    bookings: Sequence[Booking],
    actor: Actor,
    now: datetime,
) -> None:
    """Write journals: all the entries first, then the headers that seal them; then their days."""
    if not bookings:
        return
    ids = _next_ids(session, len(bookings))
    entries = [
        {
            "journal_id": journal_id,
            "fund_id": item.fund,
            "section_id": item.section,
            "account": item.account,
            "holder": item.holder,
            "currency": item.currency,
            "amount": item.amount,
            "base": item.base,
        }
        for journal_id, booking in zip(ids, bookings, strict=True)
        for item in booking.journal.entries
    ]
    headers = [
        {
            "id": journal_id,
            "account": account,
            "source": booking.journal.source,
            "kind": booking.journal.kind,
            "fund_id": booking.fund_id,
            "section_id": booking.section_id,
            "donation_id": booking.donation_id,
            "pledge_id": booking.pledge_id,
            "actor": str(actor),
            "booked_at": now,
        }
        for journal_id, booking in zip(ids, bookings, strict=True)
    ]
    connection = session.connection()
    connection.execute(insert(EntryRow), entries)
    connection.execute(insert(JournalRow), headers)
    _count_days(session, bookings)


def posted(
    session: Session, donation_ids: Collection[int]
) -> dict[int | None, set[tuple[str, str]]]:
    """The (source, kind) of what is booked for each of these donations."""
    query = select(JournalRow.donation_id, JournalRow.source, JournalRow.kind)
    found: dict[int | None, set[tuple[str, str]]] = {number: set() for number in donation_ids}
    for row in session.execute(query.where(JournalRow.donation_id.in_(donation_ids))):
        found[row.donation_id].add((row.source, row.kind))
    return found


def booked(session: Session, donation_id: int, kind: str) -> Journal:
    """The one journal of that kind that is booked for a donation, as it was posted."""
    query = select(JournalRow).where(JournalRow.donation_id == donation_id, JournalRow.kind == kind)
    header = session.scalars(query).one()
    rows = session.scalars(select(EntryRow).where(EntryRow.journal_id == header.id))
    entries = (
        Entry(
            account=Account(row.account),
            amount=row.amount,
            currency=row.currency,
            base=row.base,
            fund=row.fund_id,
            section=row.section_id,
            holder=row.holder,
        )
        for row in rows
    )
    return Journal(header.source, header.kind, tuple(entries))


def brought(session: Session, *only: ColumnElement[bool]) -> Iterator[Brought]:
    """What donations brought, donation by donation, read as far as it is asked for."""
    query = (
        select(
            DonationRow.id,
            FundRow.id,
            EntryRow.section_id,
            FundRow.timezone,
            DonationRow.succeeded_at,
            func.min(JournalRow.booked_at),
            DonationRow.method,
            stripe_method_of(DonationRow.id),
            -func.sum(EntryRow.amount),
            -func.sum(EntryRow.base),
        )
        .select_from(JournalRow)
        .join(EntryRow, EntryRow.journal_id == JournalRow.id)
        .join(DonationRow, DonationRow.id == JournalRow.donation_id)
        .join(FundRow, FundRow.id == EntryRow.fund_id)
        .where(EntryRow.account.in_(RECEIVED), *only)
        .group_by(DonationRow.id, FundRow.id, EntryRow.section_id)
    )
    rows = session.execute(query.execution_options(yield_per=_STEP))
    for number, fund, section, timezone, given_at, booked_at, method, word, kept, base in rows:
        given_on = day_in(timezone, given_at or booked_at)
        booked_on = day_in(timezone, booked_at)
        key = DayKey(fund, section, given_on, booked_on, method, word or "")
        yield Brought(number, key, int(kept), int(base or 0))


def _count_days(session: Session, bookings: Sequence[Booking]) -> None:
    """Add what was just booked to the days of its donations."""
    entries: defaultdict[int, list[Entry]] = defaultdict(list)
    for booking in bookings:
        if booking.donation_id is not None and totals(booking.journal.entries):
            entries[booking.donation_id] += booking.journal.entries
    if not entries:
        return
    sums: defaultdict[DayKey, Sum] = defaultdict(Sum)
    for now in brought(session, JournalRow.donation_id.in_(entries)):
        own = [entry for entry in entries[now.donation_id] if entry.account in RECEIVED]
        before = now.kept + sum(entry.amount for entry in own)
        received = -sum(entry.base or 0 for entry in own)
        sums[now.day] += Sum(received, now.sum.donations - (before > 0))
    days.add(session, sums)


def _next_ids(session: Session, count: int) -> Sequence[int]:
    """Numbers for journals before their headers exist.

    On SQLite the writer is alone, so that the next numbers are free; entries without a header,
    which only a foreign hand can leave there, keep theirs.
    """
    if kind_of(session) == "postgresql":
        numbers = text("SELECT nextval('journal_id_seq') FROM generate_series(1, :count)")
        return list(session.scalars(numbers, {"count": count}))
    taken = (
        session.scalar(select(func.max(column))) for column in (JournalRow.id, EntryRow.journal_id)
    )
    first = 1 + max(number or 0 for number in taken)
    return range(first, first + count)
