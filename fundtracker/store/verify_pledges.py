"""The questions of `fund verify` about pledges: what is kept of each, and what the ledger has."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import case, func, select

from fundtracker.domain.allocations import AllocationStatus
from fundtracker.domain.ledger import Account
from fundtracker.domain.pledge_postings import EXPECTED
from fundtracker.store.allocations import AllocationRow
from fundtracker.store.donations import DonationRow
from fundtracker.store.ledger import EntryRow, JournalRow
from fundtracker.store.pledges import PledgeRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

# Rows of one step through all pledges.
_STEP = 500


class Booked(NamedTuple):
    """What stands open of a pledge on each account: minor units of its currency and the fund's."""

    pledged: int = 0
    pledged_base: int = 0
    unconfirmed: int = 0
    unconfirmed_base: int = 0


class Paid(NamedTuple):
    """What confirmed allocations have left for a pledge."""

    amount: int = 0
    base: int = 0


def counts(session: Session) -> dict[tuple[int, int], int]:
    """How many pledges of each (fund, section) count."""
    query = (
        select(PledgeRow.fund_id, PledgeRow.section_id, func.count())
        .where(PledgeRow.counted, PledgeRow.status.in_(EXPECTED))
        .group_by(PledgeRow.fund_id, PledgeRow.section_id)
    )
    return {(fund, section): count for fund, section, count in session.execute(query)}


def pledges(session: Session) -> Iterator[Sequence[PledgeRow]]:
    """Every pledge, a few hundred at a time."""
    last = 0
    while True:
        query = select(PledgeRow).where(PledgeRow.id > last).order_by(PledgeRow.id)
        rows = session.scalars(query.limit(_STEP)).all()
        if not rows:
            return
        yield rows
        last = rows[-1].id
        session.expunge_all()


def booked(session: Session, pledge_ids: Sequence[int]) -> dict[int, Booked]:
    """What the ledger has of pledges."""
    query = (
        select(
            JournalRow.pledge_id,
            *(
                func.sum(case((EntryRow.account == account, column), else_=0))
                for account in (Account.PLEDGED, Account.UNCONFIRMED)
                for column in (EntryRow.amount, EntryRow.base)
            ),
        )
        .join(EntryRow, EntryRow.journal_id == JournalRow.id)
        .where(JournalRow.pledge_id.in_(pledge_ids))
        .group_by(JournalRow.pledge_id)
    )
    return {row[0]: Booked(*(int(value) for value in row[1:])) for row in session.execute(query)}


def paid(session: Session, pledge_ids: Sequence[int]) -> dict[int, Paid]:
    """What confirmed allocations pay of pledges."""
    query = (
        select(
            AllocationRow.pledge_id,
            func.sum(AllocationRow.kept_amount),
            func.sum(AllocationRow.kept_base),
        )
        .where(
            AllocationRow.pledge_id.in_(pledge_ids),
            AllocationRow.status == AllocationStatus.CONFIRMED,
        )
        .group_by(AllocationRow.pledge_id)
    )
    return {row[0]: Paid(int(row[1]), int(row[2])) for row in session.execute(query)}


def paying(session: Session) -> Iterator[Sequence[DonationRow]]:
    """Every donation of which a confirmed part pays something, a few hundred at a time."""
    last = 0
    confirmed = select(AllocationRow.donation_id).where(
        AllocationRow.status == AllocationStatus.CONFIRMED
    )
    while True:
        query = (
            select(DonationRow)
            .where(DonationRow.id > last, DonationRow.id.in_(confirmed))
            .order_by(DonationRow.id)
        )
        rows = session.scalars(query.limit(_STEP)).all()
        if not rows:
            return
        yield rows
        last = rows[-1].id
        session.expunge_all()
