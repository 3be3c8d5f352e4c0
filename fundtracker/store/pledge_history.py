"""What happened to a pledge, in order: from the promise to the last money, with who decided."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from fundtracker.domain.audit import Action
from fundtracker.domain.money import Money
from fundtracker.store.audit import AuditRow
from fundtracker.store.base import UNREADABLE
from fundtracker.store.pledges import PledgeRow
from fundtracker.store.scoping import within
from fundtracker.store.treasury_history import Happening

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope
    from fundtracker.store.treasury_lines import JournalLine
    from fundtracker.store.treasury_pledges import PledgeLine

# What the log calls what the ledger books; a decision about nothing that counts books nothing.
_DECIDED = {
    Action.PLEDGE_CONFIRMED: "pledge_confirmed",
    Action.PLEDGE_CANCELLED: "pledge_cancelled",
    Action.PLEDGE_WRITTEN_OFF: "pledge_written_off",
    Action.PLEDGE_REOPENED: "pledge_reopened",
}
# Written down in one unit of work, a moment apart.
_AT_ONCE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Promiser:
    """What is known of who promised: personal data, all of it."""

    name: str | None = field(repr=False)
    email: str | None = field(repr=False)
    message: str | None = field(repr=False)

    @property
    def any(self) -> bool:
        """Whether there is anything to be seen."""
        return any((self.name, self.email, self.message))


def promiser_of(session: Session, pledge_id: int) -> Promiser:
    """What is known of who promised; who asks has the right to see it."""
    query = select(PledgeRow.name, PledgeRow.email, PledgeRow.message)
    return Promiser(*session.execute(query.where(PledgeRow.id == pledge_id)).one())


def history(
    session: Session, line: PledgeLine, journals: Sequence[JournalLine], scope: Scope
) -> list[Happening]:
    """Everything that is known of a pledge, in the order in which it happened."""
    made = Happening(
        f"pledge_{line.source}", line.made_at, Money(line.amount, line.currency), actor=line.actor
    )
    decided = list(_decided(session, line, scope))
    booked = [_booked(journal, decided) for journal in journals if journal.kind != "pledge"]
    told = [made, *booked, *(each for each in decided if not _is_among(each, booked))]
    return sorted(told, key=lambda each: each.at or line.made_at)


def _decided(session: Session, line: PledgeLine, scope: Scope) -> Iterator[Happening]:
    query = select(AuditRow).where(
        AuditRow.subject == f"pledge:{line.number}", AuditRow.action.in_(_DECIDED)
    )
    query = within(query, scope, AuditRow.fund_id, AuditRow.section_id)
    for row in session.scalars(query.order_by(AuditRow.number)):
        action = Action(row.action)
        yield Happening(_DECIDED[action], row.at, actor=row.actor, reason=_reason(row))


def _reason(row: AuditRow) -> str | None:
    if row.private is None or row.private == UNREADABLE:
        return None
    told = json.loads(row.private).get("reason")
    return None if told is None else str(told)


def _booked(journal: JournalLine, decided: Sequence[Happening]) -> Happening:
    """What a journal moved of what is open, in the pledge's currency."""
    moved = [entry for entry in journal.entries if entry.base is not None]
    amount = sum(entry.amount for entry in moved)
    money = abs(Money(amount, moved[0].currency))
    booked = Happening(journal.kind, journal.booked_at, money, actor=journal.actor)
    why = next((each for each in decided if _is_among(each, [booked])), None)
    if why is None:
        return booked
    return Happening(booked.kind, booked.at, money, actor=booked.actor, reason=why.reason)


def _is_among(each: Happening, booked: Sequence[Happening]) -> bool:
    """Whether a decision was booked: of the same kind, at the same moment."""
    return any(
        other.kind == each.kind
        and other.at is not None
        and each.at is not None
        and abs(other.at - each.at) <= _AT_ONCE
        for other in booked
    )
