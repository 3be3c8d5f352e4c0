"""Confirm a promise: its address has answered. A small one counts from now on, a large one waits.

Without the answer anybody could move the hall's number with addresses that are not theirs; without
the limit, with a few that are; without the brake on all of them together, with many.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from fundtracker.domain.audit import Action
from fundtracker.domain.errors import NotNow
from fundtracker.domain.funds import refuse_unless_open
from fundtracker.domain.money import Money
from fundtracker.domain.pledges import PledgeSource, PledgeStatus
from fundtracker.services.book_pledges import Books, alter
from fundtracker.services.count import count
from fundtracker.services.pledge_keys import page_key
from fundtracker.services.pledge_links import open_link
from fundtracker.services.record import record
from fundtracker.store import funds, pledge_contacts, pledge_terms, pledges
from fundtracker.store.pledges import promise_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.pledge_terms import PledgeTerms
    from fundtracker.domain.pledges import Instalment
    from fundtracker.services.book_pledges import Changes
    from fundtracker.services.parts import Parts
    from fundtracker.store.pledges import PledgeRow

_HOUR = timedelta(hours=1)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is asked about; `made_online` where the answer makes the promise."""

    fund: Fund
    promised: Money
    parts: tuple[Instalment, ...]
    made_online: bool


def asked_of(parts: Parts, token: str) -> Asked:
    """Return what a link asks about, and leave it as it was; raises DeadLink."""
    with parts.database.reading() as session:
        contact = open_link(session, parts, token)
        row = pledges.by_ids(session, [contact.pledge_id])[contact.pledge_id]
        return Asked(
            fund=funds.by_ids(session, [row.fund_id])[row.fund_id],
            promised=Money(row.amount, row.currency),
            parts=pledges.instalments(session, row),
            made_online=row.source == PledgeSource.ONLINE,
        )


def confirm_promise(parts: Parts, token: str) -> str:
    """Hear the answer, once; return the key to the promise's page. Raises DeadLink."""
    now = parts.clock()
    with parts.database.unit_of_work() as session:
        contact = open_link(session, parts, token)
        row = pledges.by_ids(session, [contact.pledge_id])[contact.pledge_id]
        # All of this address at once, so that two that are confirmed at the same moment add up.
        mine = pledges.lock(session, pledge_contacts.of_same_address(session, row))
        session.refresh(contact)
        key = page_key(session, row.token)
        if contact.answered_at is not None:
            return key
        contact.answered_at = now
        fund = funds.by_ids(session, [row.fund_id])[row.fund_id]
        changes = _answered(session, parts, fund, row, [*mine.values()])
        versions = count(session, changes, now)
        record(
            session,
            parts,
            Action.PLEDGE_CONFIRMED,
            f"pledge:{row.number}",
            fund_id=row.fund_id,
            section_id=row.section_id,
            after={"by": "its address", "status": row.status, "counted": row.counted},
        )
    for slug, version in versions.items():
        parts.broker.announce(slug, version)
    return key


def _answered(
    session: Session, parts: Parts, fund: Fund, row: PledgeRow, mine: list[PledgeRow]
) -> Changes:
    now = parts.clock()
    if row.source != PledgeSource.ONLINE or row.status != PledgeStatus.UNCONFIRMED:
        return {}
    terms = pledge_terms.of_fund(session, fund)
    counts = (
        _is_open(fund, parts)
        and _is_small(fund, row, mine, terms)
        and _is_among_few(session, fund, row, terms, now)
    )

    def hear(pledge: PledgeRow) -> None:
        pledge.confirmed_at = now
        if counts:
            pledge.status, pledge.counted = PledgeStatus.OPEN, True

    books = Books(session, parts, {fund.id: fund.currency}, now)
    return alter(books, [row], "pledge_confirmed", hear)


def _is_open(fund: Fund, parts: Parts) -> bool:
    """Tell whether promises may still move the number; after the closing a treasurer decides."""
    try:
        refuse_unless_open(fund, parts.clock())
    except NotNow:
        return False
    return True


def _is_small(fund: Fund, row: PledgeRow, mine: list[PledgeRow], terms: PledgeTerms) -> bool:
    """Tell whether all that counts of an address stays below the fund's automatic limit."""
    counted = [each for each in mine if each.counted or each is row]
    sum_ = sum(promise_of(each, fund.currency).promised_base for each in counted)
    return sum_ <= terms.automatic_limit


def _is_among_few(
    session: Session, fund: Fund, row: PledgeRow, terms: PledgeTerms, now: datetime
) -> bool:
    """Tell whether all that counts by itself within an hour stays below what a fund lets through.

    Addresses cost nothing to whoever has a domain: with enough of them a script would reach the
    target. The last of the locks that come before the totals', so that two at once add up.
    """
    pledge_terms.lock(session, fund.id)
    sum_ = row.base + pledge_contacts.counted_since(
        session, fund.id, now - _HOUR, each_up_to=terms.automatic_limit
    )
    if sum_ > terms.hourly_limit:
        log.error("brake on promises", fund=fund.slug, most=terms.hourly_limit)
        return False
    return True
