"""Remind: write to those who promised, kindly and rarely, and hand what stays open to a treasurer.

Comes by every few minutes. Each mail is written in the transaction that remembers it, so that it
is written once, and what a payment, an answer or a treasurer has changed meanwhile is seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fundtracker.domain.funds import FundStatus, ScreenMode
from fundtracker.domain.money import Money
from fundtracker.domain.promises import progress
from fundtracker.domain.reminders import Situation, Stage, stage_at
from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals
from fundtracker.services.notify import notify
from fundtracker.services.pledge_keys import page_key
from fundtracker.store import (
    funds,
    pledge_contacts,
    pledge_reminders,
    pledge_terms,
    pledges,
    totals,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.pledge_terms import PledgeTerms
    from fundtracker.domain.promises import Progress
    from fundtracker.services.parts import Parts
    from fundtracker.store.pledges import PledgeRow

# Promises that are looked at together; and mails of one run, which others must not wait for long.
PAGE, MOST = 500, 500
# A share of fewer promises would tell what single people did.
FEWEST = 5
_SILENT = frozenset({FundStatus.DRAFT, FundStatus.PAUSED, FundStatus.ARCHIVED})


def remind(parts: Parts) -> int:
    """Do what is due about every open promise; return of how many there was word."""
    with parts.database.reading() as session:
        found = funds.all_funds(session)
    done = 0
    for fund in found:
        if not _is_silent(fund, parts.clock()):
            done += _remind_of_fund(parts, fund, MOST - done)
    return done


def _is_silent(fund: Fund, now: datetime) -> bool:
    """Tell whether nobody is reminded: while a fund rests, or once a rehearsal is over."""
    ended = fund.status is FundStatus.CLOSED or (
        fund.closes_at is not None and fund.closes_at <= now
    )
    return fund.status in _SILENT or (fund.rehearsal and ended)


def _remind_of_fund(parts: Parts, fund: Fund, most: int) -> int:
    done = 0
    with parts.database.reading() as session:
        fund = funds.by_ids(session, [fund.id])[fund.id]
        terms = pledge_terms.of_fund(session, fund)
        share = share_arrived(session, fund)
    for pledge_id in _due(parts, fund, terms):
        if done >= most:
            break
        done += _remind_of(parts, fund, terms, pledge_id, share)
    return done


def _due(parts: Parts, fund: Fund, terms: PledgeTerms) -> Iterator[int]:
    """Find promises about which something is due, without holding anything."""
    now, last = parts.clock(), 0
    today = now.astimezone(ZoneInfo(fund.timezone)).date()
    while True:
        with parts.database.reading() as session:
            ids = pledge_reminders.candidates(session, fund.id, today, now, after=last, limit=PAGE)
            rows = pledges.by_ids(session, ids)
            due = [each for each in ids if _stage(session, fund, terms, rows[each], now)[0]]
        yield from due
        if len(ids) < PAGE:
            return
        last = ids[-1]


def _remind_of(
    parts: Parts, fund: Fund, terms: PledgeTerms, pledge_id: int, share: int | None
) -> bool:
    now = parts.clock()
    with parts.database.unit_of_work() as session:
        row = pledges.lock(session, [pledge_id])[pledge_id]
        stage, part = _stage(session, fund, terms, row, now)
        if stage is None or part is None or not pledge_reminders.is_reachable(session, row.id):
            return False
        if not pledge_contacts.remember(session, row.id, part.due, stage, now):
            return False
        if stage.is_mail:
            page = f"{parts.public_url}/p/{page_key(session, row.token)}"
            told = _told(page, fund, row, part, stage)
            notify(session, parts, "reminder", row.email or "", tag=row.locale, share=share, **told)
    return True


def _stage(
    session: Session, fund: Fund, terms: PledgeTerms, row: PledgeRow, now: datetime
) -> tuple[Stage | None, Progress | None]:
    """Return what is due about a promise, and about which of its parts."""
    zone = ZoneInfo(fund.timezone)
    known = progress(pledges.instalments(session, row), Money(row.paid, row.currency))
    part = next((each for each in known if each.open.minor > 0), None)
    past = pledge_contacts.reminders(session, [row.id]).get(row.id, [])
    mails = [word for word in past if Stage(word.stage).is_mail]
    situation = Situation(
        made_on=row.made_at.astimezone(zone).date(),
        next_due=part.due if part else None,
        sent=frozenset((word.due_on, Stage(word.stage)) for word in past),
        last=mails[-1].at.astimezone(zone).date() if mails else None,
        by_bank=terms.takes_transfers,
        booked_until=terms.booked_until,
    )
    return stage_at(situation, now.astimezone(zone)), part


def _told(page: str, fund: Fund, row: PledgeRow, part: Progress, stage: Stage) -> dict[str, object]:
    return {
        "name": row.name or "",
        "fund": fund,
        "stage": stage,
        "promised": Money(row.amount, row.currency),
        "made_on": row.made_at.astimezone(ZoneInfo(fund.timezone)).date(),
        "open": Money(row.amount - row.paid, row.currency),
        "part": part.open,
        "due_on": part.due,
        "link": page,
        "stop": f"{page}/stop",
    }


def share_arrived(session: Session, fund: Fund) -> int | None:
    """Return how many per cent of all that was promised have come; None while that tells little.

    Nor is it told while the hall does not see the number as it is: it would say what is held back.
    """
    if fund.mode is not ScreenMode.LIVE:
        return None
    paid, count = pledge_reminders.arrived(session, fund.id)
    kept = sum(totals.of_fund(session, fund.id, Scope.everything()).values(), Totals())
    promised = paid + kept.pledged + kept.unconfirmed
    if count < FEWEST or not paid:
        return None
    return min(100, 100 * paid // promised)
