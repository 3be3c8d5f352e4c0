"""The questions of `fund verify`: sums over the whole ledger, held against what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, case, func, literal, or_, select

from fundtracker.domain.donations import DonationStatus
from fundtracker.domain.ledger import Account
from fundtracker.store import verify_pledges
from fundtracker.store.donations import DonationRow
from fundtracker.store.inbox import InboxRow, InboxState
from fundtracker.store.ledger import EntryRow, JournalRow
from fundtracker.store.payments import RefundRow
from fundtracker.store.sections import FundSectionRow
from fundtracker.store.totals import TotalRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

_GIFTS = (Account.GIFTS, Account.GIFTS_RETURNED)
_IS_GIFT = JournalRow.kind == "gift"
# Rows of one step through all donations.
_STEP = 500


class Sums(NamedTuple):
    """What a total row says, or the ledger, of a section in a fund."""

    received: int
    pledged: int
    unconfirmed: int
    donations: int
    pledges: int


class Booked(NamedTuple):
    """What the ledger has of a donation: minor units of its currency, and of the fund's."""

    kept: int
    base: int


class Waiting(NamedTuple):
    """A row of the inbox that waits for a person, or for a fact that has not come."""

    id: int
    state: str
    reason: str


def unbalanced(session: Session) -> list[int]:
    """Journals whose entries do not sum to zero in some currency."""
    query = (
        select(EntryRow.journal_id)
        .group_by(EntryRow.journal_id, EntryRow.currency)
        .having(func.sum(EntryRow.amount) != 0)
    )
    return sorted(set(session.scalars(query)))


def unsealed(session: Session) -> list[int]:
    """Journals that have entries and no header, or a header and no entries."""
    headless = (
        select(EntryRow.journal_id)
        .outerjoin(JournalRow, JournalRow.id == EntryRow.journal_id)
        .where(JournalRow.id.is_(None))
        .distinct()
    )
    empty = (
        select(JournalRow.id)
        .outerjoin(EntryRow, EntryRow.journal_id == JournalRow.id)
        .where(EntryRow.id.is_(None))
    )
    return sorted({*session.scalars(headless), *session.scalars(empty)})


def kept_totals(session: Session) -> dict[tuple[int, int], Sums]:
    """What the total rows say, by (fund, section)."""
    rows = session.scalars(select(TotalRow))
    return {
        (row.fund_id, row.section_id): Sums(
            row.received,
            row.pledged,
            row.unconfirmed,
            row.donations,
            row.pledges,
        )
        for row in rows
    }


def ledger_totals(session: Session) -> dict[tuple[int, int], Sums]:
    """What the ledger sums to, by (fund, section)."""
    counts, promised = _donation_counts(session), verify_pledges.counts(session)
    base = func.coalesce(EntryRow.base, 0)
    query = (
        select(
            EntryRow.fund_id,
            EntryRow.section_id,
            func.sum(case((EntryRow.account.in_(_GIFTS), -base), else_=0)),
            func.sum(case((EntryRow.account == Account.PLEDGED, base), else_=0)),
            func.sum(case((EntryRow.account == Account.UNCONFIRMED, base), else_=0)),
        )
        .where(EntryRow.fund_id.is_not(None))
        .group_by(EntryRow.fund_id, EntryRow.section_id)
    )
    return {
        (fund, section): Sums(
            int(received),
            int(pledged),
            int(unconfirmed),
            counts.get((fund, section), 0),
            promised.get((fund, section), 0),
        )
        for fund, section, received, pledged, unconfirmed in session.execute(query)
    }


def places_without_total(session: Session) -> list[tuple[int, int]]:
    """Sections of funds that have no total row: their first gift would have nowhere to go."""
    same = and_(
        TotalRow.fund_id == FundSectionRow.fund_id,
        TotalRow.section_id == FundSectionRow.section_id,
    )
    query = (
        select(FundSectionRow.fund_id, FundSectionRow.section_id)
        .outerjoin(TotalRow, same)
        .where(TotalRow.fund_id.is_(None))
    )
    return [(fund, section) for fund, section in session.execute(query)]


def donations(session: Session) -> Iterator[Sequence[DonationRow]]:
    """Every donation, a few hundred at a time."""
    last = 0
    while True:
        query = select(DonationRow).where(DonationRow.id > last).order_by(DonationRow.id)
        rows = session.scalars(query.limit(_STEP)).all()
        if not rows:
            return
        yield rows
        last = rows[-1].id
        session.expunge_all()


def booked(session: Session, donation_ids: Sequence[int]) -> dict[int, Booked]:
    """What the ledger says of donations that have a gift booked."""
    query = (
        select(
            JournalRow.donation_id,
            -func.sum(EntryRow.amount),
            -func.sum(EntryRow.base),
        )
        .join(EntryRow, EntryRow.journal_id == JournalRow.id)
        .where(JournalRow.donation_id.in_(donation_ids), EntryRow.account.in_(_GIFTS))
        .group_by(JournalRow.donation_id)
    )
    return {
        number: Booked(int(kept or 0), int(base or 0))
        for number, kept, base in session.execute(query)
        if number is not None
    }


def misdated(session: Session) -> list[int]:
    """Donations that say another time of their booking than the journal of their gift."""
    query = (
        select(DonationRow.id)
        .outerjoin(JournalRow, and_(JournalRow.donation_id == DonationRow.id, _IS_GIFT))
        .where(DonationRow.booked_at.is_distinct_from(JournalRow.booked_at))
    )
    return list(session.scalars(query.order_by(DonationRow.id)))


def misplaced(session: Session) -> list[int]:
    """Journals that say another fund or section than their donation."""
    query = (
        select(JournalRow.id)
        .join(DonationRow, DonationRow.id == JournalRow.donation_id)
        .where(
            or_(
                JournalRow.fund_id.is_distinct_from(DonationRow.fund_id),
                JournalRow.section_id.is_distinct_from(DonationRow.section_id),
            ),
        )
    )
    return list(session.scalars(query.order_by(JournalRow.id)))


def misplaced_refunds(session: Session) -> list[str]:
    """Refunds that say another fund or section than their donation."""
    query = (
        select(RefundRow.id)
        .join(DonationRow, DonationRow.id == RefundRow.donation_id)
        .where(
            or_(
                RefundRow.fund_id != DonationRow.fund_id,
                RefundRow.section_id != DonationRow.section_id,
            ),
        )
    )
    return list(session.scalars(query.order_by(RefundRow.id)))


def waiting(session: Session) -> list[Waiting]:
    """Rows of the inbox that are parked, quarantined or failed."""
    states = (InboxState.PARKED, InboxState.QUARANTINED, InboxState.FAILED)
    query = (
        select(InboxRow.id, InboxRow.state, InboxRow.note, InboxRow.waits_for)
        .where(InboxRow.state.in_(states))
        .order_by(InboxRow.id)
    )
    return [
        Waiting(row.id, row.state, row.note or f"waits for {row.waits_for}")
        for row in session.execute(query)
    ]


def without_rate(session: Session) -> list[int]:
    """Donations that arrived and cannot be counted: no rate was frozen on them."""
    query = select(DonationRow.id).where(
        DonationRow.status == DonationStatus.SUCCEEDED,
        DonationRow.rate_mantissa.is_(None),
    )
    return list(session.scalars(query.order_by(DonationRow.id)))


def suspense(session: Session) -> dict[str, int]:
    """What stands on the suspense account, by currency; anything but zero is an alarm."""
    total = func.sum(EntryRow.amount).label("total")
    query = (
        select(EntryRow.currency, total)
        .where(EntryRow.account == Account.SUSPENSE)
        .group_by(EntryRow.currency)
        .having(total != 0)
    )
    return {row.currency: int(row.total) for row in session.execute(query)}


def _donation_counts(session: Session) -> dict[tuple[int, int], int]:
    """How many donations of each section have something left, by what the ledger says."""
    left = (
        select(literal(1))
        .select_from(JournalRow)
        .join(EntryRow, EntryRow.journal_id == JournalRow.id)
        .where(JournalRow.donation_id.is_not(None), EntryRow.account.in_(_GIFTS))
        .group_by(JournalRow.donation_id)
        .having(func.sum(EntryRow.amount) != 0)
        .add_columns(
            func.max(EntryRow.fund_id).label("fund_id"),
            func.max(EntryRow.section_id).label("section_id"),
        )
        .subquery()
    )
    query = select(left.c.fund_id, left.c.section_id, func.count()).group_by(
        left.c.fund_id,
        left.c.section_id,
    )
    return {(fund, section): count for fund, section, count in session.execute(query)}
