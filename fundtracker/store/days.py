"""What each day brought: kept as money is booked, so that figures cost the same at any size.

A row is what a fund's section received by one way of paying, on one day. Both days are the fund's
own: the day on which the money was given, and the day on which its gift was booked. What goes back
later is taken from the days of the gift, as it is in the lists of donations.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fundtracker.store.base import Base, insert_into

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

# Rows of one statement: both databases limit how many values it may carry.
_STEP = 1000


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


def day_in(timezone: str, moment: datetime) -> date:
    """Return the day of a moment in a fund's timezone."""
    return moment.astimezone(ZoneInfo(timezone)).date()


def add(session: Session, changes: Mapping[DayKey, Sum]) -> None:
    """Add to days, always in the same order: the lock order."""
    rows = [
        {**key._asdict(), "received": change.received, "donations": change.donations}
        for key, change in sorted(changes.items(), key=lambda item: item[0])
        if change != Sum()
    ]
    for start in range(0, len(rows), _STEP):
        statement = insert_into(session, DayRow).values(rows[start : start + _STEP])
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
