"""Donations, and the ids of Stripe's that belong to them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, select, text, union
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain.donations import DonationStatus, Method
from fundtracker.domain.errors import UnknownDonation
from fundtracker.store.base import Base, Key, Private, insert_into
from fundtracker.store.scoping import within

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope


class DonationRow(Base):
    """Money that arrives, one row a payment; the rate is frozen when the row is made.

    `token` is what the outside sees, and Stripe's idempotency key. `attempt` is the form that made
    it: the same form sent twice finds the same row. `session_state`, `paid`, `async_failed` and
    `pi_cancelled` are facts that only grow; `status` and `kept` follow from facts.
    """

    __tablename__ = "donation"

    id: Mapped[Key]
    token: Mapped[str] = mapped_column(unique=True)
    attempt: Mapped[str] = mapped_column(unique=True)
    account: Mapped[str]
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"))
    method: Mapped[str]
    currency: Mapped[str]
    amount: Mapped[int]
    cover: Mapped[int] = mapped_column(default=0)
    rate_mantissa: Mapped[int | None]
    rate_scale: Mapped[int | None]
    status: Mapped[str]
    kept: Mapped[int] = mapped_column(default=0)
    checkout_url: Mapped[str | None]
    checkout_expires_at: Mapped[int]
    session_state: Mapped[int | None]
    paid: Mapped[bool] = mapped_column(default=False)
    async_failed: Mapped[bool] = mapped_column(default=False)
    pi_cancelled: Mapped[bool] = mapped_column(default=False)
    actor: Mapped[str]
    created_at: Mapped[datetime]
    # When the money was given: when we heard of it, or the day that a treasurer wrote down.
    succeeded_at: Mapped[datetime | None]
    # When its gift was booked, as the journal says.
    booked_at: Mapped[datetime | None]
    # Decrypted for who asks for them alone: neither the public number nor the worker does, and
    # neither stops where a key is missing.
    public_name: Mapped[Private] = mapped_column(deferred=True)
    message: Mapped[Private] = mapped_column(deferred=True)
    # What a treasurer wrote down with money by bank, in cash or by cheque: how to find it again.
    reference: Mapped[Private] = mapped_column(deferred=True)
    reference_key: Mapped[str | None]
    # The pledge that it was made for: it pays it when it succeeds.
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledge.id"), index=True)

    __table_args__ = (
        CheckConstraint("amount > 0 AND cover >= 0 AND kept >= 0", name="amounts"),
        Index("ix_donation_recent", "fund_id", "succeeded_at", "id"),
        Index("ix_donation_status", "status", "created_at"),
        # The ledger pages, newest first, one index for each thing that they can be narrowed by.
        Index("ix_donation_fund", "fund_id", "id"),
        # With what else a section's own treasurer narrows them by.
        Index("ix_donation_section", "section_id", "id", "method", "status", "account"),
        # The few that wait for an exchange rate.
        Index(
            "ix_donation_without_rate",
            "fund_id",
            "currency",
            sqlite_where=text("rate_mantissa IS NULL"),
            postgresql_where=text("rate_mantissa IS NULL"),
        ),
        Index("ix_donation_method", "method", "id"),
        Index("ix_donation_stage", "status", "id"),
        Index("ix_donation_account", "account", "id"),
        Index("ix_donation_given", "succeeded_at", "id"),
        Index("ix_donation_booked", "booked_at", "id"),
        # Most have none, and that is nothing to look for.
        Index(
            "ix_donation_reference_key",
            "reference_key",
            sqlite_where=text("reference_key IS NOT NULL"),
            postgresql_where=text("reference_key IS NOT NULL"),
        ),
    )


class StripeRefRow(Base):
    """An id of Stripe's that belongs to a donation: identities of one payment meet here."""

    __tablename__ = "stripe_ref"

    account: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    donation_id: Mapped[int] = mapped_column(ForeignKey("donation.id"), index=True)


def add(session: Session, values: Mapping[str, object]) -> DonationRow:
    """Add a donation, or find the one that the same form made at the same moment."""
    statement = insert_into(session, DonationRow).values(**values)
    session.execute(statement.on_conflict_do_nothing(index_elements=[DonationRow.attempt]))
    query = select(DonationRow).where(DonationRow.attempt == values["attempt"])
    return session.scalars(query).one()


def other_account(session: Session, account: str) -> str | None:
    """An account whose gifts are here beside those of this one, if there is any."""
    query = select(DonationRow.account).where(DonationRow.account != account)
    return session.scalar(query.limit(1))


def by_attempt(session: Session, attempt: str) -> DonationRow | None:
    """The donation that a form made, if it was sent before."""
    return session.scalar(select(DonationRow).where(DonationRow.attempt == attempt))


def entered_like(
    session: Session,
    like: Mapping[str, object],
    given_between: tuple[datetime, datetime],
    keys: Collection[str],
) -> bool:
    """Whether a treasurer has entered a gift with these columns, of that time and reference."""
    start, end = given_between
    query = select(DonationRow.id).where(
        *(getattr(DonationRow, name) == value for name, value in like.items()),
        DonationRow.method != Method.ONLINE,
        DonationRow.succeeded_at >= start,
        DonationRow.succeeded_at < end,
        DonationRow.reference_key.in_(keys) if keys else DonationRow.reference_key.is_(None),
    )
    return session.scalar(query.limit(1)) is not None


def locked(session: Session, donation_id: int) -> DonationRow:
    """A donation, locked until the end of the unit of work."""
    query = select(DonationRow).where(DonationRow.id == donation_id).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def by_token(session: Session, token: str, scope: Scope) -> DonationRow:
    """A donation within a scope; raises UnknownDonation for any other."""
    query = select(DonationRow).where(DonationRow.token == token)
    row = session.scalar(within(query, scope, DonationRow.fund_id, DonationRow.section_id))
    if row is None:
        raise UnknownDonation
    return row


def locked_by_token(session: Session, token: str, scope: Scope) -> DonationRow:
    """A donation within a scope, locked until the end; raises UnknownDonation for any other."""
    query = select(DonationRow).where(DonationRow.token == token)
    query = within(query, scope, DonationRow.fund_id, DonationRow.section_id)
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise UnknownDonation
    return row


def page_of(session: Session, row: DonationRow) -> str | None:
    """The Checkout Session of a donation, if it has one."""
    query = select(StripeRefRow.id).where(
        StripeRefRow.donation_id == row.id,
        StripeRefRow.id.startswith("cs_", autoescape=True),
    )
    return session.scalar(query.limit(1))


def of_session(session: Session, account: str, fund_id: int, session_id: str) -> DonationRow:
    """The donation of a Checkout Session, by its random id; raises UnknownDonation."""
    query = (
        select(DonationRow)
        .join(StripeRefRow, StripeRefRow.donation_id == DonationRow.id)
        .where(
            StripeRefRow.account == account,
            StripeRefRow.id == session_id,
            DonationRow.fund_id == fund_id,
        )
    )
    row = session.scalar(query)
    if row is None:
        raise UnknownDonation
    return row


def lock(
    session: Session,
    account: str,
    tokens: Collection[str],
    refs: Collection[str],
) -> list[DonationRow]:
    """Lock the donations that these tokens or ids of Stripe's name, in the order of their ids.

    A token may be of another account's donation, which is for the reader to notice.
    """
    # Two look-ups by key, for an OR over two tables makes PostgreSQL read every donation.
    named = union(
        select(DonationRow.id).where(DonationRow.token.in_(tokens)),
        select(StripeRefRow.donation_id).where(
            StripeRefRow.account == account,
            StripeRefRow.id.in_(refs),
        ),
    )
    query = (
        select(DonationRow)
        .where(DonationRow.id.in_(session.scalars(named).all()))
        .order_by(DonationRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def refs_of(session: Session, account: str, donation_ids: Collection[int]) -> dict[str, int]:
    """The ids of Stripe's that belong to these donations."""
    query = select(StripeRefRow.id, StripeRefRow.donation_id).where(
        StripeRefRow.account == account,
        StripeRefRow.donation_id.in_(donation_ids),
    )
    return {row.id: row.donation_id for row in session.execute(query)}


def unsettled(session: Session, account: str, before: datetime, limit: int) -> list[str]:
    """The Checkout Sessions of donations that are undecided since before a time, oldest first."""
    query = (
        select(StripeRefRow.id)
        .join(DonationRow, DonationRow.id == StripeRefRow.donation_id)
        .where(
            DonationRow.account == account,
            DonationRow.status.in_([DonationStatus.OPEN, DonationStatus.PROCESSING]),
            DonationRow.created_at < before,
            StripeRefRow.id.startswith("cs_", autoescape=True),
        )
        # Open ones first: payments that take days must not keep them from their turn.
        .order_by(DonationRow.status, DonationRow.created_at)
        .limit(limit)
    )
    return list(session.scalars(query))


def recent(session: Session, fund_id: int, scope: Scope, limit: int) -> list[DonationRow]:
    """The donations that arrived last and were kept, newest first."""
    query = (
        select(DonationRow)
        .where(
            DonationRow.fund_id == fund_id,
            DonationRow.succeeded_at.is_not(None),
            DonationRow.kept > 0,
        )
        .order_by(DonationRow.succeeded_at.desc(), DonationRow.id.desc())
        .limit(limit)
    )
    query = within(query, scope, DonationRow.fund_id, DonationRow.section_id)
    return list(session.scalars(query))
