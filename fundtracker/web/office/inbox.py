"""How Stripe, the inbox and the jobs stand, and what of it waits for a hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import render_template, request

from fundtracker.domain.money import Money
from fundtracker.domain.roles import Permission
from fundtracker.services.inspect_inbox import About, about
from fundtracker.store import jobs, stuck
from fundtracker.web.access import me, requires, scope
from fundtracker.web.context import parts, settings
from fundtracker.web.office.blueprint import bp
from fundtracker.web.office.inbox_words import KINDS, MEANINGS, STATES

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.store.stuck import StuckRow, Unrated

# Rows of a page; more than so many jobs or gifts that wait have one cause.
PAGE, MOST = 50, 100
_BEYOND = 2**62


@dataclass(frozen=True, slots=True)
class Heard:
    """How far Stripe was heard; None for what has not been yet."""

    account: str
    last_event: datetime | None
    events_until: datetime | None
    ledger_until: datetime | None
    oldest_received: datetime | None
    states: dict[str, int]


@bp.get("/inbox")
@requires(Permission.READ_INBOX)
def inbox() -> str:
    """Show it. Messages and jobs are of no fund: who reads on behalf of one sees its gifts."""
    reach = scope(Permission.READ_INBOX)
    with parts().database.reading(reach) as session:
        gifts = stuck.without_rate(session, reach, limit=MOST)
        whole = _whole(session) if reach.is_everything else {}
    return render_template(
        "office/inbox.html",
        gifts=[(gift, _amount(gift)) for gift in gifts],
        mode=_mode(),
        may_act=may_act(),
        reads_ledger=me().may(Permission.READ_LEDGER),
        reads_funds=me().may(Permission.READ_FUNDS),
        states=STATES,
        meanings=MEANINGS,
        kinds=KINDS,
        most=MOST,
        **whole,
    )


def may_act() -> bool:
    """Tell whether the visitor may act on what is of no fund in particular."""
    return scope(Permission.WORK_INBOX).is_everything


def _whole(session: Session) -> dict[str, object]:
    account = parts().gateway.account
    before = request.args.get("before", type=int)
    before = None if before is None else max(-_BEYOND, min(before, _BEYOND))
    rows = stuck.stuck_rows(session, account, before=before, limit=PAGE + 1)
    return {
        "heard": _heard(session, account),
        "rows": [_with_about(row) for row in rows[:PAGE]],
        "more": rows[PAGE - 1].id if len(rows) > PAGE else None,
        "jobs": stuck.troubled_jobs(session, limit=MOST),
    }


def _heard(session: Session, account: str) -> Heard:
    return Heard(
        account=account,
        last_event=stuck.last_event(session, account),
        events_until=_cursor(session, account, "events"),
        ledger_until=_cursor(session, account, "transactions"),
        oldest_received=stuck.oldest_received(session, account),
        states=stuck.states(session, account),
    )


def _cursor(session: Session, account: str, name: str) -> datetime | None:
    value = jobs.cursor(session, account, name)
    return None if value is None else datetime.fromtimestamp(int(value), UTC)


def _with_about(row: StuckRow) -> tuple[StuckRow, About]:
    return row, about(row)


def _mode() -> str:
    if settings().simulated:
        return "simulator"
    return "live" if settings().live else "test"


def _amount(gift: Unrated) -> Money:
    return Money(gift.amount, gift.currency)
