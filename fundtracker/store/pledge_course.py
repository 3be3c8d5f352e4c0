"""What became of what was announced, as it was known at the end of a day: by the journals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from fundtracker.domain.ledger import Account
from fundtracker.store.ledger import EntryRow, JournalRow
from fundtracker.store.scoping import within

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope

_PAID = frozenset(
    {"pledge_paid", "pledge_allocated", "pledge_payment_changed", "pledge_payment_taken_back"}
)
_REST = "pledge_rounding"


@dataclass(frozen=True, slots=True)
class Course:
    """What was announced and what became of it, in minor units of the fund's currency.

    announced - arrived - withdrawn - written_off + reopened - rounded = checked + promised. What is
    announced is what was promised and counted, as it was changed since.
    """

    announced: int
    arrived: int
    withdrawn: int
    written_off: int
    reopened: int
    rounded: int
    checked: int
    promised: int

    @property
    def confirmed(self) -> int:
        """What of the announced is not being checked any more."""
        return self.announced - self.checked


def course(session: Session, fund_id: int, until: datetime | None, scope: Scope) -> Course:
    """What was announced of a fund and what became of it by what was booked before a moment."""
    query = (
        select(JournalRow.kind, EntryRow.account, func.sum(EntryRow.base))
        .join(EntryRow, EntryRow.journal_id == JournalRow.id)
        .where(
            EntryRow.fund_id == fund_id,
            EntryRow.account.in_([Account.PLEDGED, Account.UNCONFIRMED]),
        )
        .group_by(JournalRow.kind, EntryRow.account)
    )
    query = within(query, scope, EntryRow.fund_id, EntryRow.section_id)
    if until is not None:
        query = query.where(JournalRow.booked_at < until)
    kinds: dict[str, int] = {}
    left = {Account.PLEDGED: 0, Account.UNCONFIRMED: 0}
    for kind, account, base in session.execute(query):
        kinds[kind] = kinds.get(kind, 0) + int(base or 0)
        left[Account(account)] += int(base or 0)
    arrived = -sum(kinds.pop(kind, 0) for kind in _PAID)
    return Course(
        arrived=arrived,
        withdrawn=-kinds.pop("pledge_cancelled", 0),
        written_off=-kinds.pop("pledge_written_off", 0),
        reopened=kinds.pop("pledge_reopened", 0),
        rounded=-kinds.pop(_REST, 0),
        announced=sum(kinds.values()),
        checked=left[Account.UNCONFIRMED],
        promised=left[Account.PLEDGED],
    )
