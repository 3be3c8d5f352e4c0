"""The audit log: who did what, chained by digests, sealed by triggers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Index, insert, select, text, update
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain import chain
from fundtracker.domain.chain import Deed, Head, Link
from fundtracker.store.base import Base, Legible, kind_of
from fundtracker.store.scoping import within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Row
    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope

# Any number, the same in every process: who holds it, appends. Nobody settles under it.
AUDIT_LOCK = 1_765_537_472
# Rows of one step through the whole log.
_STEP = 500


class AuditRow(Base):
    """One act. `facts` (JSON) holds no personal data; `private` does, and may be erased.

    `commitment` binds `private` with a salt inside it, so that erasing does not break the chain:
    `digest` covers the previous digest, the commitment and everything else in the row.
    """

    __tablename__ = "audit"

    # Gapless: the next number is taken under the log's own lock.
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    fund_id: Mapped[int | None]
    section_id: Mapped[int | None]
    facts: Mapped[str]
    private: Mapped[str | None] = mapped_column(Legible)
    commitment: Mapped[str]
    previous: Mapped[str]
    digest: Mapped[str]

    __table_args__ = (
        CheckConstraint("number > 0", name="positive"),
        Index("ix_audit_action", "action", "number"),
        Index("ix_audit_actor", "actor", "number"),
        Index("ix_audit_subject", "subject", "number"),
    )


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are looked for; what is empty or None is not asked.

    `subject` is how it begins: `donation:` finds those about any donation.
    """

    actor: str = ""
    action: str = ""
    subject: str = ""
    fund_id: int | None = None
    since: datetime | None = None
    # Before this moment.
    until: datetime | None = None


def append(session: Session, deed: Deed) -> None:
    """Write an entry at the end of the log, whose lock is held from here to the commit.

    Everything else of the unit of work is written before: nothing is waited for under the lock.
    """
    session.flush()
    if kind_of(session) == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": AUDIT_LOCK})
    link = chain.append(head(session), deed)
    session.execute(
        insert(AuditRow).values(
            number=link.number,
            at=deed.at,
            actor=deed.actor,
            action=deed.action,
            subject=deed.subject,
            fund_id=deed.fund_id,
            section_id=deed.section_id,
            facts=deed.facts,
            private=deed.private,
            commitment=link.commitment,
            previous=link.previous,
            digest=link.digest,
        ),
    )


def head(session: Session) -> Head:
    """Where the log ends."""
    query = select(AuditRow.number, AuditRow.digest).order_by(AuditRow.number.desc()).limit(1)
    last = session.execute(query).one_or_none()
    return chain.START if last is None else Head(last.number, last.digest)


def links(session: Session) -> Iterator[Link]:
    """Every entry from the first to the last, a few hundred in memory at a time.

    Raises ValueError where a foreign hand has left something that is no value of its column.
    """
    query = select(AuditRow.__table__).order_by(AuditRow.number)
    try:
        # Closed also by who stops before the end.
        with session.execute(query.execution_options(yield_per=_STEP)) as rows:
            yield from map(_link, rows)
    except DataError as error:
        raise ValueError from error


def _link(row: Row[Any]) -> Link:
    deed = Deed(
        at=row.at,
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        fund_id=row.fund_id,
        section_id=row.section_id,
        facts=row.facts,
        private=row.private,
    )
    return Link(row.number, deed, row.commitment, row.previous, row.digest)


def page(
    session: Session, wanted: AuditFilter, scope: Scope, *, before: int | None, limit: int
) -> list[AuditRow]:
    """Entries within a scope, newest first, below a number."""
    query = within(select(AuditRow), scope, AuditRow.fund_id, AuditRow.section_id)
    asked = {AuditRow.actor: wanted.actor, AuditRow.action: wanted.action}
    query = query.where(*(column == value for column, value in asked.items() if value))
    if wanted.subject:
        query = query.where(AuditRow.subject.startswith(wanted.subject, autoescape=True))
    if wanted.fund_id is not None:
        query = query.where(AuditRow.fund_id == wanted.fund_id)
    if wanted.since is not None:
        query = query.where(AuditRow.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditRow.at < wanted.until)
    if before is not None:
        query = query.where(AuditRow.number < before)
    return list(session.scalars(query.order_by(AuditRow.number.desc()).limit(limit)))


def actors(session: Session, scope: Scope) -> list[str]:
    """Everybody who acts within a scope."""
    query = select(AuditRow.actor).distinct().order_by(AuditRow.actor)
    return list(session.scalars(within(query, scope, AuditRow.fund_id, AuditRow.section_id)))


def erase(session: Session, number: int) -> AuditRow | None:
    """Forget the private details of an entry, and return it; None where there are none."""
    statement = (
        update(AuditRow)
        .where(AuditRow.number == number, AuditRow.private.is_not(None))
        .values(private=None)
        .returning(AuditRow)
    )
    return session.scalars(statement).one_or_none()
