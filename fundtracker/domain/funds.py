"""A fund: when it takes gifts, which amounts it offers and which it takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fundtracker.domain.errors import (
    N_,
    FundClosed,
    FundNotYetOpen,
    FundPaused,
    InvalidAmount,
    UnknownFund,
)
from fundtracker.domain.money import Money, currency

if TYPE_CHECKING:
    from datetime import datetime

    from fundtracker.domain.rates import Rate

_USUAL_PRESETS = (10, 25, 50, 100, 250)
_ROUND_NUMBERS = (10, 20, 25, 50, 100)


class FundStatus(StrEnum):
    """Where a fund is in its life; it takes gifts only while open."""

    # Being prepared; nobody outside knows of it.
    DRAFT = "draft"
    # Takes gifts between its opening and its closing time.
    OPEN = "open"
    # Takes no gifts for a while.
    PAUSED = "paused"
    # Over; late payments still arrive.
    CLOSED = "closed"
    # Over and settled; out of the lists.
    ARCHIVED = "archived"

    @property
    def label(self) -> str:
        """The word for people, to be translated."""
        return _LABELS[self]


class CountingRule(StrEnum):
    """What the headline counts."""

    # Money that was given and kept.
    RECEIVED = "received"
    # And what is promised and still open.
    RECEIVED_AND_PLEDGED = "received_and_pledged"
    # And what is still being checked: the default of a hall.
    EVERYTHING_ANNOUNCED = "everything_announced"

    @property
    def label(self) -> str:
        """The words for people, to be translated."""
        return _LABELS[self]


class ScreenMode(StrEnum):
    """What the hall sees."""

    # The number as it is.
    LIVE = "live"
    # The number as it was when the count was held.
    HOLD = "hold"
    # The held number runs up to the true one.
    REVEAL = "reveal"
    # No number.
    BLANK = "blank"

    @property
    def label(self) -> str:
        """The words for people, to be translated."""
        return _LABELS[self]


_LABELS: dict[StrEnum, str] = {
    FundStatus.DRAFT: N_("draft"),
    FundStatus.OPEN: N_("open"),
    FundStatus.PAUSED: N_("paused"),
    FundStatus.CLOSED: N_("closed"),
    FundStatus.ARCHIVED: N_("archived"),
    CountingRule.RECEIVED: N_("received"),
    CountingRule.RECEIVED_AND_PLEDGED: N_("received and promised"),
    CountingRule.EVERYTHING_ANNOUNCED: N_("everything announced"),
    ScreenMode.LIVE: N_("live"),
    ScreenMode.HOLD: N_("on hold"),
    ScreenMode.REVEAL: N_("reveal"),
    ScreenMode.BLANK: N_("blank"),
}


@dataclass(frozen=True, slots=True)
class Fund:
    """One collection.

    `first_target`, `target` and `ceiling` (the largest single gift) are minor units of `currency`,
    `presets` whole units of it (empty: the usual ones). Times are UTC, `timezone` is for paper.
    """

    id: int
    slug: str
    name: str
    currency: str
    first_target: int
    target: int
    status: FundStatus
    opens_at: datetime
    closes_at: datetime | None
    timezone: str
    counting_rule: CountingRule
    rehearsal: bool
    ceiling: int
    presets: tuple[int, ...]
    mode: ScreenMode
    version: int
    as_of: datetime
    rate_table_id: int | None
    # When what the hall sees was held or let go last.
    mode_since: datetime | None = None


def written_name(fund: Fund) -> str:
    """Return the name that stands in mails and on paper: there a rehearsal has no band."""
    return f"Rehearsal: {fund.name}" if fund.rehearsal else fund.name


def refuse_unless_open(fund: Fund, now: datetime) -> None:
    """Raise what a donor is told when the fund takes no gifts at `now`."""
    if fund.status is FundStatus.DRAFT:
        raise UnknownFund
    over = fund.closes_at is not None and now >= fund.closes_at
    if over or fund.status in {FundStatus.CLOSED, FundStatus.ARCHIVED}:
        raise FundClosed
    if fund.status is FundStatus.PAUSED:
        raise FundPaused
    if now < fund.opens_at:
        opens = fund.opens_at.astimezone(ZoneInfo(fund.timezone))
        raise FundNotYetOpen(
            N_("This fund opens on %(opens)s (%(timezone)s). You have not been charged."),
            opens=f"{opens:%Y-%m-%d %H:%M}",
            timezone=fund.timezone,
        )


def refuse_unless_collecting(fund: Fund) -> None:
    """Raise what is told to whoever pays a promise, which goes on for months after the closing."""
    if fund.status is FundStatus.DRAFT:
        raise UnknownFund
    if fund.status is FundStatus.ARCHIVED:
        raise FundClosed
    if fund.status is FundStatus.PAUSED:
        raise FundPaused


def presets(fund: Fund, rate: Rate, code: str) -> tuple[Money, ...]:
    """Return round amounts to offer in the donor's currency, rising, each within the limits."""
    coin = currency(code)
    of_base = 10 ** currency(fund.currency).exponent
    wanted = [Money(major * of_base, fund.currency) for major in fund.presets or _USUAL_PRESETS]
    if code == fund.currency:
        amounts = [money.minor for money in wanted]
    else:
        offers = (rate.from_base(money, code).minor // coin.step for money in wanted)
        amounts = [coin.step * _round_number(offer) for offer in offers]
    # Ten of a currency with a small unit may be less than can be charged.
    while 0 < min(amounts) < coin.minimum:
        amounts = [amount * 10 for amount in amounts]
    most = largest_gift(fund, rate, code).minor
    offered = sorted(amount for amount in set(amounts) if coin.minimum <= amount <= most)
    return tuple(Money(amount, code) for amount in offered)


def largest_gift(fund: Fund, rate: Rate, code: str) -> Money:
    """Return the most that may be given and charged at once, in the donor's currency."""
    coin = currency(code)
    most = rate.from_base_down(Money(fund.ceiling, fund.currency), code).minor
    most = min(most, coin.maximum)
    return Money(most - most % coin.step, code)


def check_gift(fund: Fund, rate: Rate, money: Money) -> None:
    """Raise InvalidAmount when the gift is below what can be charged or above the ceiling."""
    least = Money(currency(money.currency).minimum, money.currency)
    if money < least:
        raise InvalidAmount(N_("The smallest gift that we can take is %(least)s."), least=least)
    most = largest_gift(fund, rate, money.currency)
    if money > most:
        raise InvalidAmount(
            N_("The largest gift that we can take here is %(most)s. For more, please write to us."),
            most=most,
        )


def _round_number(units: int) -> int:
    """Return the number of the series 1, 2, 2.5, 5, 10 … that is nearest in proportion."""
    units = max(units, 1)
    power: int = 10 ** (len(str(units)) - 1)
    candidates = [digits * power // 10 for digits in _ROUND_NUMBERS]
    return min(candidates, key=lambda number: Fraction(max(number, units), min(number, units)))
