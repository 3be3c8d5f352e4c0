"""Promises that need a person: to be confirmed, found, asked for or written off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, not_, or_, select
from sqlalchemy.orm import aliased

from fundtracker.domain.money import Money
from fundtracker.domain.pledge_tasks import PledgeTask
from fundtracker.domain.pledges import PledgeSource, PledgeStatus
from fundtracker.domain.reminders import Stage
from fundtracker.store.funds import FundRow
from fundtracker.store.pledge_contacts import PledgeContactRow, PledgeReminderRow
from fundtracker.store.pledges import PledgeRow
from fundtracker.store.scoping import within
from fundtracker.store.sections import SectionRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope

# More than anybody does in a day; what is left comes up then.
MOST = 200


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A promise and what is to be done about it, since when."""

    task: PledgeTask
    since: datetime
    token: str
    number: str
    fund_id: int
    fund: str
    timezone: str
    section_id: int
    section: str
    open: Money


def listed(session: Session, scope: Scope) -> list[TaskLine]:
    """What is to be done about promises within a scope, the newest promise first."""
    ask, give_up = aliased(PledgeReminderRow), aliased(PledgeReminderRow)
    contact = PledgeContactRow
    is_open = PledgeRow.status == PledgeStatus.OPEN
    query = (
        select(
            PledgeRow.id,
            PledgeRow.token,
            PledgeRow.number,
            PledgeRow.fund_id,
            FundRow.slug,
            FundRow.timezone,
            PledgeRow.section_id,
            SectionRow.short_name,
            PledgeRow.currency,
            (PledgeRow.amount - PledgeRow.paid).label("open"),
            PledgeRow.status,
            PledgeRow.confirmed_at,
            contact.said_paid_at,
            ask.at.label("asked_at"),
            give_up.at.label("given_up_at"),
        )
        .join(FundRow, FundRow.id == PledgeRow.fund_id)
        .join(SectionRow, SectionRow.id == PledgeRow.section_id)
        .outerjoin(contact, contact.pledge_id == PledgeRow.id)
        .outerjoin(ask, _came(ask, Stage.TASK))
        .outerjoin(give_up, _came(give_up, Stage.WRITE_OFF))
        .where(
            PledgeRow.paid < PledgeRow.amount,
            or_(
                _waits(),
                and_(
                    is_open,
                    or_(
                        contact.said_paid_at.is_not(None),
                        ask.at.is_not(None),
                        give_up.at.is_not(None),
                    ),
                ),
            ),
        )
        .order_by(PledgeRow.id.desc())
        .limit(MOST)
    )
    query = within(query, scope, PledgeRow.fund_id, PledgeRow.section_id)
    return [
        TaskLine(
            *_task(row.status, row.confirmed_at, row.said_paid_at, row.asked_at, row.given_up_at),
            token=row.token,
            number=row.number,
            fund_id=row.fund_id,
            fund=row.slug,
            timezone=row.timezone,
            section_id=row.section_id,
            section=row.short_name,
            open=Money(row.open, row.currency),
        )
        for row in session.execute(query)
    ]


def to_be_done(task: PledgeTask) -> ColumnElement[bool]:
    """Whether this is what is to be done about a pledge, as a condition of a query over pledges."""
    told = exists().where(
        PledgeContactRow.pledge_id == PledgeRow.id, PledgeContactRow.said_paid_at.is_not(None)
    )
    asked, given_up = (
        exists().where(_came(PledgeReminderRow, stage)) for stage in (Stage.TASK, Stage.WRITE_OFF)
    )
    is_open = PledgeRow.status == PledgeStatus.OPEN
    conditions: dict[PledgeTask, tuple[ColumnElement[bool], ...]] = {
        PledgeTask.CHECK: (_waits(),),
        PledgeTask.FIND_PAYMENT: (is_open, told),
        PledgeTask.WRITE_OFF: (is_open, given_up, not_(told)),
        PledgeTask.ASK: (is_open, asked, not_(given_up), not_(told)),
    }
    return and_(PledgeRow.paid < PledgeRow.amount, *conditions[task])


def of_pledge(session: Session, pledge_id: int) -> PledgeTask | None:
    """What is to be done about a pledge that was found before, if anything is."""
    labels = [to_be_done(task).label(task) for task in PledgeTask]
    row = session.execute(select(*labels).where(PledgeRow.id == pledge_id)).one()
    return next((task for task, is_so in zip(PledgeTask, row, strict=True) if is_so), None)


def _waits() -> ColumnElement[bool]:
    return and_(
        PledgeRow.source == PledgeSource.ONLINE,
        PledgeRow.status == PledgeStatus.UNCONFIRMED,
        PledgeRow.confirmed_at.is_not(None),
    )


def _came(reminder: type[PledgeReminderRow], stage: Stage) -> ColumnElement[bool]:
    """Whether a stage has come about the part that is open."""
    return and_(
        reminder.pledge_id == PledgeRow.id,
        reminder.stage == stage,
        reminder.due_on == PledgeRow.open_due,
    )


def _task(
    status: str,
    confirmed_at: datetime,
    said_paid_at: datetime | None,
    asked_at: datetime,
    given_up_at: datetime | None,
) -> tuple[PledgeTask, datetime]:
    if status == PledgeStatus.UNCONFIRMED:
        return PledgeTask.CHECK, confirmed_at
    if said_paid_at is not None:
        return PledgeTask.FIND_PAYMENT, said_paid_at
    if given_up_at is not None:
        return PledgeTask.WRITE_OFF, given_up_at
    return PledgeTask.ASK, asked_at
