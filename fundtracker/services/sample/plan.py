"""Plan the sample's gifts: who gives what and when, the same each time, to the cent of the sum."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from fundtracker.domain.funds import presets
from fundtracker.domain.money import Money, currency
from fundtracker.services.sample.tables import HOUR, TIMEZONE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.rates import Rate
    from fundtracker.services.sample.tables import Sample

SEED = 1871
# How many of twenty small gifts are of the lowest amount that the page offers, the next one, …
USUAL = (6, 10, 3, 1)
# How the large gifts of a section differ from each other.
WEIGHTS = (1, 1, 2, 2, 3, 5)
# Of those who give at most so many euros, a few type a zero too many and get it back.
MISTAKES = 3
SMALL = 50
# In most currencies Stripe takes no more minor units at once.
LARGEST_CHARGE = 99_999_999
REFUNDED_AFTER = timedelta(hours=30)
# Of a hundred gifts so many come in the first days, and so many in the last ones.
SPIKE, RUN_UP = 45, 40
SPIKE_LASTS, RUN_UP_LASTS = timedelta(days=2), timedelta(days=3)


@dataclass(frozen=True, slots=True)
class PlannedGift:
    """A gift to be made; `back` of it is refunded at `back_at`. `form` is the same each time.

    `pledges` are the forms of those that it pays, if it pays any. What comes `by_bank` is entered
    by a treasurer; all the rest is given online, some of it on the `own_page` of what it pays.
    """

    form: str
    section: str
    amount: Money
    at: datetime
    back: Money | None = None
    pledges: tuple[str, ...] = ()
    by_bank: bool = False
    own_page: bool = False

    @property
    def back_at(self) -> datetime:
        """When the refund is made, if there is one."""
        return self.at + REFUNDED_AFTER


def moment(now: datetime, days: int) -> datetime:
    """Return the hour at which funds open and close, so many days from today."""
    zone = ZoneInfo(TIMEZONE)
    day = now.astimezone(zone).date() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, HOUR, tzinfo=zone)


def plan(
    sample: Sample,
    fund: Fund,
    rates: Mapping[str, Rate],
    now: datetime,
) -> list[PlannedGift]:
    """Return the gifts of a sample in the order in which they are made, up to the last hour."""
    # No secret hangs on it, and it has to be the same chance each time.
    chance = Random(f"{SEED} {sample.slug}")  # noqa: S311  # nosec B311
    purse = _Purse(sample, fund, rates, chance)
    amounts = purse.amounts()
    chance.shuffle(amounts)
    early = range(len(amounts) // 3)
    mistyped = chance.sample([n for n in early if purse.is_small(amounts[n][1])], MISTAKES)
    # Times come last: they depend on when it is, and whatever is drawn before must not.
    hour = now.replace(minute=0, second=0, microsecond=0)
    moments = _moments(len(amounts), fund.opens_at, min(hour, fund.closes_at or hour), chance)
    gifts = [
        PlannedGift(f"sample:{sample.slug}:{number}", section, amount, at)
        for number, ((section, amount), at) in enumerate(zip(amounts, moments, strict=True))
    ]
    for number in mistyped:
        gifts[number] = _mistyped(gifts[number])
    return gifts


def _mistyped(gift: PlannedGift) -> PlannedGift:
    typed = Money(10 * gift.amount.minor, gift.amount.currency)
    return replace(gift, amount=typed, back=typed - gift.amount)


@dataclass(frozen=True, slots=True)
class _Purse:
    """What all who give to a sample keep in the collection in the end."""

    sample: Sample
    fund: Fund
    rates: Mapping[str, Rate]
    chance: Random

    def amounts(self) -> list[tuple[str, Money]]:
        """Return sections and amounts; gifts to no section make up what is left of the sum."""
        found: list[tuple[str, Money]] = []
        for part in self.sample.parts:
            given = self._share(self._euros(part.given), part.gifts, part.currency)
            found += ((part.code, money) for money in given)
        left = self._euros(self.sample.given) - self._worth([money for _, money in found])
        rest = self._share(left, self.sample.gifts - len(found), self.fund.currency)
        return [*found, *(("", money) for money in rest)]

    def is_small(self, money: Money) -> bool:
        """Whether an amount is one that many give, and ten times of it can be charged."""
        return self._worth([money]) <= self._euros(SMALL) and 10 * money.minor <= LARGEST_CHARGE

    def _share(self, share: Money, gifts: int, code: str) -> list[Money]:
        """Return so many gifts in a currency: many small ones, and a few that make the sum."""
        if not gifts:
            return []
        usual = presets(self.fund, self.rates[code], code)[: len(USUAL)]
        few = max(1, gifts * (10 - self.sample.small) // 10)
        small = self.chance.choices(usual, USUAL, k=gifts - few)
        weights = self.chance.choices(WEIGHTS, k=few)
        parts = (share - self._worth(small)).split_by(weights)[:-1]
        large = [round_down(self.rates[code].from_base(part, code)) for part in parts]
        last = self.rates[code].from_base_down(share - self._worth([*small, *large]), code)
        return [*small, *large, last if code == self.fund.currency else round_down(last)]

    def _euros(self, whole: int) -> Money:
        return Money(whole * 10 ** currency(self.fund.currency).exponent, self.fund.currency)

    def _worth(self, amounts: list[Money]) -> Money:
        base = self.fund.currency
        worth = (self.rates[money.currency].to_base(money, base) for money in amounts)
        return sum(worth, Money(0, base))


def round_down(money: Money, digits: int = 2) -> Money:
    """Return the amount with so many digits and zeros behind them, as people give."""
    unit = 10 ** max(0, len(str(money.minor)) - digits)
    return Money(money.minor - money.minor % unit, money.currency)


def _moments(count: int, opens: datetime, until: datetime, chance: Random) -> list[datetime]:
    """Return times between the two: a spike that ebbs away, a lull, a run-up to the end."""
    spike, run_up = count * SPIKE // 100, count * RUN_UP // 100

    def early(span: timedelta) -> timedelta:
        seconds = int(span.total_seconds())
        return timedelta(seconds=min(chance.randrange(seconds) for _ in range(3)))

    lull = int((until - opens - SPIKE_LASTS - RUN_UP_LASTS).total_seconds())
    return sorted(
        [
            *(opens + early(SPIKE_LASTS) for _ in range(spike)),
            *(
                opens + SPIKE_LASTS + timedelta(seconds=chance.randrange(lull))
                for _ in range(count - spike - run_up)
            ),
            *(until - early(RUN_UP_LASTS) for _ in range(run_up)),
        ],
    )
