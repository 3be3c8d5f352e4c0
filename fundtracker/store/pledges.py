"""Pledges, and the instalments in which they are due."""

from __future__ import annotations

from datetime import date, datetime
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain.desk.values import PaidBy
from fundtracker.domain.emails import mailbox
from fundtracker.domain.errors import UnknownPledge
from fundtracker.domain.filters import comparable
from fundtracker.domain.money import Money
from fundtracker.domain.pledge_postings import EXPECTED, Promise, layer
from fundtracker.domain.pledges import Instalment, PledgeStatus
from fundtracker.domain.rates import Rate
from fundtracker.store.base import Base, Key, Private, fingerprints
from fundtracker.store.scoping import within

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope


def _only(rows: str) -> dict[str, Any]:
    """Say of an index that it is of these rows alone."""
    return {"sqlite_where": text(rows), "postgresql_where": text(rows)}


class PledgeRow(Base):
    """A promised amount; its rate is frozen when the row is made.

    `token` is the address of the pledger's own page, `number` what is read out and transferred
    with. `counted` is false until a promise may move the hall's number: its e-mail is answered, or
    a second person has seen it. `paid` and `paid_base` follow from confirmed allocations, in minor
    units of the pledge's currency and of the fund's. `version` rises with every change: who changes
    a pledge says which one was shown. Without a name it is a placeholder, to be named later.
    """

    __tablename__ = "pledge"

    id: Mapped[Key]
    token: Mapped[str] = mapped_column(unique=True)
    number: Mapped[str] = mapped_column(unique=True)
    # The form that made it; NULL where something else keeps it from being made twice.
    attempt: Mapped[str | None] = mapped_column(unique=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"))
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"))
    source: Mapped[str]
    currency: Mapped[str]
    amount: Mapped[int]
    rate_mantissa: Mapped[int]
    rate_scale: Mapped[int]
    rate_table_id: Mapped[int | None] = mapped_column(ForeignKey("rate_table.id"))
    status: Mapped[str]
    counted: Mapped[bool]
    paid_by: Mapped[str | None]
    paid: Mapped[int] = mapped_column(default=0)
    paid_base: Mapped[int] = mapped_column(default=0)
    # What rates left open of a pledge that is paid, given up when its fund was closed.
    rounded: Mapped[int] = mapped_column(default=0)
    # The amount in the fund's minor units.
    base: Mapped[int] = mapped_column(default=0)
    # The day of the oldest part that is not paid; NULL where no more is expected.
    open_due: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    # The last day by which all of it is due.
    due_on: Mapped[date]
    actor: Mapped[str]
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    # The line of the desk that made it.
    call_id: Mapped[int | None] = mapped_column(index=True)
    name: Mapped[Private] = mapped_column(deferred=True)
    email: Mapped[Private] = mapped_column(deferred=True)
    message: Mapped[Private] = mapped_column(deferred=True)
    # By what the pledges of an address are found again.
    email_key: Mapped[str | None]
    # And those of a name.
    name_key: Mapped[str | None]
    # In which language its owner is written to.
    locale: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("amount > 0 AND paid >= 0 AND paid_base >= 0", name="amounts"),
        CheckConstraint("rate_mantissa > 0 AND rate_scale >= 0", name="rate"),
        Index("ix_pledge_fund", "fund_id", "id"),
        Index("ix_pledge_section", "section_id", "id", "status"),
        Index("ix_pledge_status", "status", "id"),
        Index("ix_pledge_due", "due_on", "id"),
        Index("ix_pledge_recent", "fund_id", "made_at", "id"),
        # The list of the treasury, newest first, one index for each thing that it is narrowed by.
        Index("ix_pledge_source", "source", "id"),
        Index("ix_pledge_made", "made_at", "id"),
        Index("ix_pledge_open", "open_due", "id"),
        Index("ix_pledge_part_paid", "id", **_only("paid > 0 AND paid < amount")),
        Index("ix_pledge_paid", "id", **_only("paid >= amount")),
        Index("ix_pledge_unnamed", "id", "source", **_only("name IS NULL")),
        Index("ix_pledge_name_key", "name_key", **_only("name_key IS NOT NULL")),
        Index(
            "ix_pledge_email_key",
            "email_key",
            sqlite_where=text("email_key IS NOT NULL"),
            postgresql_where=text("email_key IS NOT NULL"),
        ),
    )


class InstalmentRow(Base):
    """A part of a pledge and the day by which it is due, in minor units of its currency."""

    __tablename__ = "instalment"

    id: Mapped[Key]
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"))
    position: Mapped[int]
    due_on: Mapped[date]
    amount: Mapped[int]

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        UniqueConstraint("pledge_id", "position"),
    )


def promise_of(row: PledgeRow, base_currency: str) -> Promise:
    """A pledge's row as the ledger sees it."""
    status = PledgeStatus(row.status)
    return Promise(
        fund=row.fund_id,
        section=row.section_id,
        currency=row.currency,
        promised=row.amount,
        base_currency=base_currency,
        rate=rate_of(row),
        paid=row.paid,
        paid_base=row.paid_base,
        rounded=row.rounded,
        layer=layer(status, paid_by_of(row), counted=row.counted),
        expected=status in EXPECTED,
    )


def rate_of(row: PledgeRow) -> Rate:
    """The rate that is frozen on a pledge."""
    return Rate(row.rate_mantissa, row.rate_scale)


def paid_by_of(row: PledgeRow) -> PaidBy | None:
    """How it was said that it will be paid."""
    return None if row.paid_by is None else PaidBy(row.paid_by)


def by_token(session: Session, token: str, scope: Scope) -> PledgeRow:
    """The pledge at an address; raises UnknownPledge."""
    query = select(PledgeRow).where(PledgeRow.token == token)
    return _found(session.scalar(within(query, scope, PledgeRow.fund_id, PledgeRow.section_id)))


def by_number(session: Session, number: str, scope: Scope) -> PledgeRow:
    """The pledge of a number; raises UnknownPledge."""
    query = select(PledgeRow).where(PledgeRow.number == number)
    return _found(session.scalar(within(query, scope, PledgeRow.fund_id, PledgeRow.section_id)))


def by_attempt(session: Session, attempt: str) -> PledgeRow | None:
    """The pledge that a form made, if it was sent before."""
    return session.scalar(select(PledgeRow).where(PledgeRow.attempt == attempt))


def locked_by_token(session: Session, token: str, scope: Scope) -> PledgeRow:
    """The pledge at an address, locked until the end of the unit of work; raises UnknownPledge."""
    query = select(PledgeRow).where(PledgeRow.token == token).with_for_update()
    query = within(query, scope, PledgeRow.fund_id, PledgeRow.section_id)
    return _found(session.scalar(query.execution_options(populate_existing=True)))


def lock(session: Session, ids: Collection[int]) -> dict[int, PledgeRow]:
    """Pledges by id, locked in the order of their ids: behind donations, before totals."""
    if not ids:
        return {}
    query = (
        select(PledgeRow)
        .where(PledgeRow.id.in_(ids))
        .order_by(PledgeRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in session.scalars(query)}


def by_ids(session: Session, ids: Collection[int]) -> dict[int, PledgeRow]:
    """Pledges by id, for reading."""
    return {row.id: row for row in session.scalars(select(PledgeRow).where(PledgeRow.id.in_(ids)))}


def of_call(session: Session, call_id: int) -> list[PledgeRow]:
    """The pledges that a line of the desk made, locked in the order of their ids."""
    query = select(PledgeRow.id).where(PledgeRow.call_id == call_id)
    return list(lock(session, session.scalars(query).all()).values())


def email_key(session: Session, email: str) -> str:
    """By what the pledges of an address are found, whatever label it was typed with."""
    return fingerprints(session, comparable(mailbox(email)))[0]


def name_key(session: Session, name: str) -> str | None:
    """By what the pledges of somebody of this name are found; None without a name."""
    text = comparable(name)
    return fingerprints(session, text)[0] if text else None


def taken(session: Session, numbers: Collection[str]) -> set[str]:
    """Which of these numbers are some pledge's already."""
    return set(session.scalars(select(PledgeRow.number).where(PledgeRow.number.in_(numbers))))


def instalments(session: Session, row: PledgeRow) -> tuple[Instalment, ...]:
    """The parts in which a pledge is due, in their order."""
    query = select(InstalmentRow).where(InstalmentRow.pledge_id == row.id)
    parts = session.scalars(query.order_by(InstalmentRow.position))
    return tuple(Instalment(part.due_on, Money(part.amount, row.currency)) for part in parts)


def schedules(session: Session, ids: Collection[int]) -> dict[int, list[tuple[date, int]]]:
    """When what is due of pledges, in the order of their instalments."""
    query = select(InstalmentRow.pledge_id, InstalmentRow.due_on, InstalmentRow.amount)
    query = query.where(InstalmentRow.pledge_id.in_(ids)).order_by(InstalmentRow.position)
    found: dict[int, list[tuple[date, int]]] = {number: [] for number in ids}
    for number, day, amount in session.execute(query):
        found[number].append((day, amount))
    return found


def derive(
    session: Session, rows: Collection[PledgeRow], base_currencies: Mapping[int, str]
) -> None:
    """Let pledges say what lists are sorted, narrowed and summed by, as they stand now."""
    due = schedules(session, [row.id for row in rows])
    for row in rows:
        row.base = promise_of(row, base_currencies[row.fund_id]).promised_base
        row.open_due = oldest_open(row, due[row.id])


def oldest_open(row: PledgeRow, due: Sequence[tuple[date, int]]) -> date | None:
    """The day of the oldest part that is not paid; None where no more is expected."""
    if PledgeStatus(row.status) not in EXPECTED:
        return None
    sums = accumulate(amount for _, amount in due)
    return next((day for (day, _), upto in zip(due, sums, strict=True) if upto > row.paid), None)


def paid_up(session: Session, fund_id: int, after: int, limit: int) -> list[PledgeRow]:
    """Pledges of a fund that are paid in their own currency, beyond an id, locked by id."""
    query = (
        select(PledgeRow.id)
        .where(
            PledgeRow.fund_id == fund_id,
            PledgeRow.id > after,
            PledgeRow.status.in_(EXPECTED),
            PledgeRow.paid >= PledgeRow.amount,
        )
        .order_by(PledgeRow.id)
        .limit(limit)
    )
    return list(lock(session, session.scalars(query).all()).values())


def set_instalments(session: Session, row: PledgeRow, parts: Sequence[Instalment]) -> None:
    """Let a pledge be due in these parts, whatever it was before."""
    query = select(InstalmentRow).where(InstalmentRow.pledge_id == row.id)
    for old in session.scalars(query):
        session.delete(old)
    session.flush()
    session.add_all(instalment_rows(row, parts))
    row.due_on = parts[-1].due
    session.flush()


def instalment_rows(row: PledgeRow, parts: Sequence[Instalment]) -> list[InstalmentRow]:
    """Rows of the parts in which a pledge is due, to be added."""
    return [
        InstalmentRow(
            pledge_id=row.id, position=position, due_on=part.due, amount=part.amount.minor
        )
        for position, part in enumerate(parts)
    ]


def _found(row: PledgeRow | None) -> PledgeRow:
    if row is None:
        raise UnknownPledge
    return row
