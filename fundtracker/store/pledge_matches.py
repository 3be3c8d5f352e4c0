"""Which gifts may pay which pledges: what is free, what is open, and what was refused before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import exists, select

from fundtracker.domain.allocations import AllocationStatus
from fundtracker.domain.donations import DonationStatus
from fundtracker.domain.sections import NO_SECTION
from fundtracker.store.allocations import AllocationRow
from fundtracker.store.donations import DonationRow
from fundtracker.store.pledges import PledgeRow
from fundtracker.store.scoping import within
from fundtracker.store.treasury_places import funds

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope

# Pledges of any section of which the very sum of one of the gifts is open.
_MOST_FITTING = 1000


class Gift(NamedTuple):
    """A gift that pays no pledge; `reference` is personal data and goes no further."""

    id: int
    token: str
    fund_id: int
    section_id: int
    method: str
    currency: str
    kept: int
    given_at: datetime | None
    reference: str | None


class Debt(NamedTuple):
    """A pledge of which something is open, in minor units of its currency."""

    id: int
    token: str
    number: str
    fund_id: int
    section_id: int
    currency: str
    open: int
    made_at: datetime


def free_gifts(session: Session, fund_id: int | None, scope: Scope, limit: int) -> list[Gift]:
    """The newest gifts of which nothing pays a pledge or is about to; rehearsals by name alone."""
    spoken_for = exists().where(
        AllocationRow.donation_id == DonationRow.id,
        AllocationRow.status != AllocationStatus.REVERSED,
    )
    columns = (
        DonationRow.id,
        DonationRow.token,
        DonationRow.fund_id,
        DonationRow.section_id,
        DonationRow.method,
        DonationRow.currency,
        DonationRow.kept,
        DonationRow.succeeded_at,
        DonationRow.reference,
    )
    query = select(*columns).where(
        DonationRow.status == DonationStatus.SUCCEEDED, DonationRow.kept > 0, ~spoken_for
    )
    if fund_id is None:
        apart = [id for id, fund in funds(session).items() if fund.rehearsal]
        query = query.where(DonationRow.fund_id.not_in(apart))
    else:
        query = query.where(DonationRow.fund_id == fund_id)
    query = within(query, scope, DonationRow.fund_id, DonationRow.section_id)
    rows = session.execute(query.order_by(DonationRow.id.desc()).limit(limit))
    return [Gift(*row) for row in rows]


def numbered(session: Session, numbers: Collection[str], scope: Scope) -> list[Debt]:
    """The pledges of these numbers of which something is open."""
    query = select(*_DEBT).where(PledgeRow.number.in_(numbers), PledgeRow.open_due.is_not(None))
    query = within(query, scope, PledgeRow.fund_id, PledgeRow.section_id)
    return [Debt(*row) for row in session.execute(query)]


def fitting(session: Session, gifts: Collection[Gift], scope: Scope) -> list[Debt]:
    """The pledges of sections of which the very sum of one of the gifts is open, oldest first."""
    query = (
        select(*_DEBT)
        .where(
            PledgeRow.open_due.is_not(None),
            PledgeRow.section_id.in_({gift.section_id for gift in gifts} - {NO_SECTION}),
            (PledgeRow.amount - PledgeRow.paid).in_({gift.kept for gift in gifts}),
        )
        .order_by(PledgeRow.id)
        .limit(_MOST_FITTING)
    )
    query = within(query, scope, PledgeRow.fund_id, PledgeRow.section_id)
    return [Debt(*row) for row in session.execute(query)]


def refused(session: Session, donation_ids: Collection[int], scope: Scope) -> set[tuple[int, int]]:
    """The pairs of gift and pledge to which somebody has said no."""
    query = select(AllocationRow.donation_id, AllocationRow.pledge_id).where(
        AllocationRow.donation_id.in_(donation_ids),
        AllocationRow.status == AllocationStatus.REVERSED,
    )
    query = within(query, scope, AllocationRow.fund_id, AllocationRow.section_id)
    return {(donation, pledge) for donation, pledge in session.execute(query)}


def proposed(
    session: Session, fund_id: int | None, scope: Scope, limit: int
) -> list[AllocationRow]:
    """What was proposed and waits for somebody to decide, oldest first."""
    query = select(AllocationRow).where(AllocationRow.status == AllocationStatus.PROPOSED)
    if fund_id is not None:
        query = query.where(AllocationRow.fund_id == fund_id)
    query = within(query, scope, AllocationRow.fund_id, AllocationRow.section_id)
    return list(session.scalars(query.order_by(AllocationRow.id).limit(limit)))


_DEBT = (
    PledgeRow.id,
    PledgeRow.token,
    PledgeRow.number,
    PledgeRow.fund_id,
    PledgeRow.section_id,
    PledgeRow.currency,
    (PledgeRow.amount - PledgeRow.paid).label("open"),
    PledgeRow.made_at,
)
