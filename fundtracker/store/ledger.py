"""Journals and entries: written once, sealed, never changed."""

from __future__ import annotations

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

from fundtracker.domain.ledger import RECEIVED, totals
from fundtracker.store import days
from fundtracker.store.base import Base, Key
from fundtracker.store.days import Standing

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from fundtracker.domain.actors import Actor
    from fundtracker.domain.ledger import Journal


class JournalRow(Base):
    """The header that seals a journal: inserted after its entries, refused unless they balance.

    `fund_id` and `section_id` are those of its donation; without one it is the whole house's.
    """

    __tablename__ = "journal"

    id: Mapped[Key]
    account: Mapped[str]
    source: Mapped[str]
    kind: Mapped[str]
    fund_id: Mapped[int | None] = mapped_column(ForeignKey("fund.id"))
    section_id: Mapped[int | None] = mapped_column(ForeignKey("section.id"))
    donation_id: Mapped[int | None] = mapped_column(ForeignKey("donation.id"), index=True)
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
            "actor": str(actor),
            "booked_at": now,
        }
        for journal_id, booking in zip(ids, bookings, strict=True)
    ]
    before = _standing(session, bookings)
    connection = session.connection()
    connection.execute(insert(EntryRow), entries)
    connection.execute(insert(JournalRow), headers)
    days.post(session, bookings, before, now)


def posted(
    session: Session, donation_ids: Collection[int]
) -> dict[int | None, set[tuple[str, str]]]:
    """The (source, kind) of what is booked for each of these donations."""
    query = select(JournalRow.donation_id, JournalRow.source, JournalRow.kind)
    found: dict[int | None, set[tuple[str, str]]] = {number: set() for number in donation_ids}
    for row in session.execute(query.where(JournalRow.donation_id.in_(donation_ids))):
        found[row.donation_id].add((row.source, row.kind))
    return found


def _standing(session: Session, bookings: Sequence[Booking]) -> dict[int, Standing]:
    """What is booked of the donations that get something beside their gift."""
    first = {booking.donation_id for booking in bookings if booking.journal.kind == "gift"}
    known = {
        booking.donation_id
        for booking in bookings
        if booking.donation_id is not None and totals(booking.journal.entries)
    } - first
    if not known:
        return {}
    query = (
        select(
            JournalRow.donation_id,
            func.min(JournalRow.booked_at),
            -func.sum(EntryRow.amount),
        )
        .join(EntryRow, EntryRow.journal_id == JournalRow.id)
        .where(
            JournalRow.donation_id.in_(known),
            EntryRow.account.in_(RECEIVED),
        )
        .group_by(JournalRow.donation_id)
    )
    rows = session.execute(query)
    return {number: Standing(at, int(kept)) for number, at, kept in rows if number is not None}


def _next_ids(session: Session, count: int) -> Sequence[int]:
    """Numbers for journals before their headers exist.

    On SQLite the writer is alone, so that the next numbers are free; entries without a header,
    which only a foreign hand can leave there, keep theirs.
    """
    if session.get_bind().dialect.name == "postgresql":
        numbers = text("SELECT nextval('journal_id_seq') FROM generate_series(1, :count)")
        return list(session.scalars(numbers, {"count": count}))
    taken = (
        session.scalar(select(func.max(column))) for column in (JournalRow.id, EntryRow.journal_id)
    )
    first = 1 + max(number or 0 for number in taken)
    return range(first, first + count)
