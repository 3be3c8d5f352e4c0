"""What is stuck: rows of the inbox, jobs, gifts without a rate; and how far Stripe was heard."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, select, type_coerce

from fundtracker.domain.donations import DonationStatus
from fundtracker.store.base import Legible
from fundtracker.store.donations import DonationRow
from fundtracker.store.funds import FundRow
from fundtracker.store.inbox import InboxRow, InboxState
from fundtracker.store.jobs import JobRow
from fundtracker.store.scoping import within

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope

# The states of a row that nothing moves but a person, or a fact that has not come.
STUCK = (InboxState.PARKED, InboxState.QUARANTINED, InboxState.FAILED)


@dataclass(frozen=True, slots=True)
class StuckRow:
    """A row of the inbox; `payload` is personal data and shown to nobody."""

    id: int
    event_id: str
    payload: str | None = field(repr=False)
    state: str
    attempts: int
    due_at: datetime
    received_at: datetime
    settled_at: datetime | None
    waits_for: str | None
    note: str | None

    @property
    def edition(self) -> str:
        """Changes whenever anything is done with the row: whoever acts says which one they saw."""
        last = max(self.due_at, self.settled_at or self.due_at)
        return f"{self.state}:{last.isoformat()}"


class Unrated(NamedTuple):
    """A gift that arrived and cannot be counted before its fund has a rate."""

    token: str
    fund_slug: str
    fund_name: str
    amount: int
    currency: str
    succeeded_at: datetime | None


def states(session: Session, account: str) -> dict[str, int]:
    """How many rows of the inbox are in each state."""
    query = select(InboxRow.state, func.count()).where(InboxRow.account == account)
    found = {row[0]: row[1] for row in session.execute(query.group_by(InboxRow.state))}
    return {state: found.get(state, 0) for state in InboxState}


def last_event(session: Session, account: str) -> datetime | None:
    """When the newest event was received, by webhook or by catching up."""
    query = select(InboxRow.received_at).where(
        InboxRow.account == account,
        InboxRow.event_id.startswith("evt_", autoescape=True),
    )
    return session.scalar(query.order_by(InboxRow.id.desc()).limit(1))


def oldest_received(session: Session, account: str) -> datetime | None:
    """Since when the row that has waited longest has waited to be settled."""
    query = select(func.min(InboxRow.received_at)).where(
        InboxRow.account == account,
        InboxRow.state == InboxState.RECEIVED,
    )
    return session.scalar(query)


def stuck_rows(
    session: Session, account: str, *, before: int | None = None, limit: int
) -> list[StuckRow]:
    """Rows that wait for a person or a fact, newest first, below a number."""
    query = _stuck(account).where(InboxRow.state.in_(STUCK))
    if before is not None:
        query = query.where(InboxRow.id < before)
    found = session.execute(query.order_by(InboxRow.id.desc()).limit(limit))
    return [StuckRow(*row) for row in found]


def stuck_row(session: Session, account: str, row_id: int) -> StuckRow | None:
    """One row of the inbox, whatever its state is."""
    found = session.execute(_stuck(account).where(InboxRow.id == row_id)).one_or_none()
    return None if found is None else StuckRow(*found)


def troubled_jobs(session: Session, *, limit: int) -> list[JobRow]:
    """Jobs that were given up, the newest first, and then those whose last attempt failed."""
    query = select(JobRow).where(JobRow.done_at.is_(None), JobRow.note.is_not(None))
    newest = (JobRow.failed_at.is_(None), JobRow.failed_at.desc(), JobRow.id.desc())
    return list(session.scalars(query.order_by(*newest).limit(limit)))


def without_rate(session: Session, scope: Scope, *, limit: int) -> list[Unrated]:
    """Gifts within a scope that arrived and wait for a rate, oldest first."""
    query = (
        select(
            DonationRow.token,
            FundRow.slug,
            FundRow.name,
            DonationRow.amount,
            DonationRow.currency,
            DonationRow.succeeded_at,
        )
        .join(FundRow, FundRow.id == DonationRow.fund_id)
        .where(
            DonationRow.rate_mantissa.is_(None),
            DonationRow.status == DonationStatus.SUCCEEDED,
        )
    )
    query = within(query, scope, DonationRow.fund_id, DonationRow.section_id)
    return [Unrated(*row) for row in session.execute(query.order_by(DonationRow.id).limit(limit))]


def _stuck(account: str) -> Select[*tuple[Any, ...]]:
    return select(
        InboxRow.id,
        InboxRow.event_id,
        type_coerce(InboxRow.payload, Legible),
        InboxRow.state,
        InboxRow.attempts,
        InboxRow.due_at,
        InboxRow.received_at,
        InboxRow.settled_at,
        InboxRow.waits_for,
        InboxRow.note,
    ).where(InboxRow.account == account)
