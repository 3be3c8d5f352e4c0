"""What each day brought: kept as money is booked, so that figures cost the same at any size.

A row is what a fund's section received by one way of paying, on one day. Both days are the fund's
own: the day on which the money was given, and the day on which its gift was booked. What goes back
later is taken from the days of the gift, as it is in the lists of donations.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.domain.ledger import RECEIVED, totals
from fundtracker.store.base import Base, insert_into
from fundtracker.store.donations import DonationRow
from fundtracker.store.funds import FundRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from fundtracker.store.ledger import Booking


class DayRow(Base):
    """What a section of a fund received on a day by one way of paying.

    `received` is minor units of the fund's currency, `donations` how many of them have anything
    left. `stripe_method` is Stripe's own word, empty where there is none or it is not known yet.
    """

    __tablename__ = "day"

    fund_id: Mapped[int] = mapped_column(ForeignKey("fund.id"), primary_key=True)
    section_id: Mapped[int] = mapped_column(ForeignKey("section.id"), primary_key=True)
    given_on: Mapped[date] = mapped_column(primary_key=True)
    booked_on: Mapped[date] = mapped_column(primary_key=True)
    method: Mapped[str] = mapped_column(primary_key=True)
    stripe_method: Mapped[str] = mapped_column(primary_key=True)
    received: Mapped[int]
    donations: Mapped[int]


class DayKey(NamedTuple):
    """Which row of the table."""

    fund_id: int
    section_id: int
    given_on: date
    booked_on: date
    method: str
    stripe_method: str


@dataclass(frozen=True, slots=True)
class Sum:
    """What a row holds, or is to be added to it."""

    received: int = 0
    donations: int = 0

    def __add__(self, other: Sum) -> Sum:
        return Sum(self.received + other.received, self.donations + other.donations)

    def __neg__(self) -> Sum:
        return Sum(-self.received, -self.donations)


@dataclass(frozen=True, slots=True)
class Standing:
    """What was booked of a donation before: when its gift was, and how much of it is left."""

    booked_at: datetime
    kept: int


def post(
    session: Session,
    bookings: Sequence[Booking],
    before: Mapping[int, Standing],
    now: datetime,
) -> None:
    """Add what is being booked to the days of its donations; `before` is what was booked of them.

    A donation that is not in `before` has its gift booked `now`.
    """
    by_donation: defaultdict[int, list[Booking]] = defaultdict(list)
    for booking in bookings:
        if booking.donation_id is not None:
            by_donation[booking.donation_id].append(booking)
    zones = _zones(session, bookings)
    sums: defaultdict[DayKey, Sum] = defaultdict(Sum)
    for number, own in by_donation.items():
        entries = [entry for booking in own for entry in booking.journal.entries]
        standing = before.get(number, Standing(now, 0))
        kept = standing.kept - sum(entry.amount for entry in entries if entry.account in RECEIVED)
        counted = (kept > 0) - (standing.kept > 0)
        for place, change in totals(entries).items():
            # Who books a donation has its row at hand, so that nothing is read.
            donation = session.get_one(DonationRow, number)
            key = day_of(donation, place, standing.booked_at, zones[place[0]])
            sums[key] += Sum(change.received, counted)
    add(session, sums)


def add(session: Session, changes: Mapping[DayKey, Sum]) -> None:
    """Add to days, always in the same order: the lock order."""
    rows = [
        {**key._asdict(), "received": change.received, "donations": change.donations}
        for key, change in sorted(changes.items(), key=lambda item: item[0])
        if change != Sum()
    ]
    if not rows:
        return
    statement = insert_into(session, DayRow).values(rows)
    added = statement.excluded
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=list(DayRow.__table__.primary_key),
            set_={
                "received": DayRow.received + added.received,
                "donations": DayRow.donations + added.donations,
            },
        ),
    )


def day_of(
    donation: DonationRow, place: tuple[int, int], booked_at: datetime, zone: ZoneInfo
) -> DayKey:
    """Return the row to which a donation belongs, in its fund's timezone."""
    given_at = donation.succeeded_at or booked_at
    return DayKey(
        *place,
        given_at.astimezone(zone).date(),
        booked_at.astimezone(zone).date(),
        donation.method,
        "",
    )


def _zones(session: Session, bookings: Iterable[Booking]) -> dict[int, ZoneInfo]:
    funds = {entry.fund for booking in bookings for entry in booking.journal.entries}
    query = select(FundRow.id, FundRow.timezone).where(FundRow.id.in_(funds - {None}))
    return {row.id: ZoneInfo(row.timezone) for row in session.execute(query)}
