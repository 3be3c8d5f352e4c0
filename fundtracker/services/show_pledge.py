"""What the own page of a pledge shows: to whoever has its address, which is the key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fundtracker.domain.errors import UnknownPledge
from fundtracker.domain.funds import FundStatus
from fundtracker.domain.money import Money
from fundtracker.domain.pledges import PledgeSource, PledgeStatus, standing
from fundtracker.domain.promises import progress
from fundtracker.domain.scope import Scope
from fundtracker.domain.sections import NO_SECTION
from fundtracker.services.pledge_keys import page_key
from fundtracker.store import (
    allocations,
    funds,
    pledge_contacts,
    pledge_payments,
    pledge_terms,
    pledges,
    rates,
    sections,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.pledge_terms import PledgeTerms
    from fundtracker.domain.pledges import Standing
    from fundtracker.domain.promises import Progress
    from fundtracker.domain.rates import Rate
    from fundtracker.services.parts import Parts
    from fundtracker.store.pledge_contacts import PledgeContactRow
    from fundtracker.store.pledge_payments import Payment
    from fundtracker.store.pledges import PledgeRow


@dataclass(frozen=True, slots=True)
class Contact:
    """Whether somebody is named, and whether and how they can be written to."""

    named: bool
    has_email: bool
    waits_for_answer: bool
    stopped: bool
    said_paid: bool


@dataclass(frozen=True, slots=True)
class ShownPledge:
    """A pledge, as its own page tells it; days are of the fund's timezone, `key` opens the page.

    `version` is the one that is shown: what is changed from here is changed from this. `waits` says
    that it does not count before a treasurer has looked at it. `on_the_way` are payments of which
    there is no word yet.
    """

    token: str
    key: str
    number: str
    version: int
    fund: Fund
    section: str
    source: PledgeSource
    status: PledgeStatus
    waits: bool
    made_on: date
    today: date
    standing: Standing
    parts: tuple[Progress, ...]
    payments: tuple[Payment, ...]
    on_the_way: tuple[Money, ...]
    terms: PledgeTerms
    contact: Contact
    rates: Mapping[str, Rate]

    @property
    def is_expected(self) -> bool:
        """Whether it can be paid, changed and withdrawn."""
        return self.status in {PledgeStatus.OPEN, PledgeStatus.UNCONFIRMED}

    @property
    def may_be_named(self) -> bool:
        """Whether its holder may write a name on it: it was called out in the hall without one."""
        return self.source is PledgeSource.FLOOR and not self.contact.named and self.is_expected

    @property
    def next_part(self) -> Progress | None:
        """The oldest part of which something is still to come."""
        return next((part for part in self.parts if part.open.minor > 0), None)


def show_pledge(parts: Parts, token: str) -> ShownPledge:
    """Read a pledge by its token; raises UnknownPledge."""
    with parts.database.reading() as session:
        row = pledges.by_token(session, token, Scope.everything())
        fund = funds.by_ids(session, [row.fund_id])[row.fund_id]
        if fund.status is FundStatus.DRAFT:
            raise UnknownPledge
        return _shown(session, parts, row, fund)


def _shown(session: Session, parts: Parts, row: PledgeRow, fund: Fund) -> ShownPledge:
    zone = ZoneInfo(fund.timezone)
    today = parts.clock().astimezone(zone).date()
    paid, status = Money(row.paid, row.currency), PledgeStatus(row.status)
    instalments = pledges.instalments(session, row)
    contact = pledge_contacts.of_pledges(session, [row.id]).get(row.id)
    paid_by = allocations.of_pledge(session, row.id, Scope.everything())
    return ShownPledge(
        token=row.token,
        key=page_key(session, row.token),
        number=row.number,
        version=row.version,
        fund=fund,
        section=_section(session, row),
        source=PledgeSource(row.source),
        status=status,
        waits=not row.counted or status is PledgeStatus.UNCONFIRMED,
        made_on=row.made_at.astimezone(zone).date(),
        today=today,
        standing=standing(status, instalments, paid, today),
        parts=progress(instalments, paid),
        payments=pledge_payments.arrived(row, paid_by),
        on_the_way=pledge_payments.on_the_way(session, row.id),
        terms=pledge_terms.of_fund(session, fund),
        contact=_contact(row, contact, named=pledge_contacts.is_named(session, row.id)),
        rates=rates_for(session, fund, row),
    )


def rates_for(session: Session, fund: Fund, row: PledgeRow) -> dict[str, Rate]:
    """The rates at which a pledge is paid: its own table's, and today's for what that has not."""
    frozen = rates.of_table(session, row.rate_table_id) if row.rate_table_id else {}
    return {**rates.current(session, fund), **frozen, row.currency: pledges.rate_of(row)}


def _section(session: Session, row: PledgeRow) -> str:
    if row.section_id == NO_SECTION:
        return ""
    parts = sections.of_fund(session, row.fund_id, Scope.everything())
    return next(each.section.name for each in parts if each.section.id == row.section_id)


def _contact(row: PledgeRow, contact: PledgeContactRow | None, *, named: bool) -> Contact:
    return Contact(
        named=named,
        has_email=row.email_key is not None,
        waits_for_answer=bool(contact and contact.link_key and not contact.answered_at),
        stopped=bool(contact and contact.stopped_at),
        said_paid=bool(contact and contact.said_paid_at),
    )
