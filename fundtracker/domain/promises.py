"""What may be promised online: how much, in which parts, by which day; and what is left of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_, Invalid, InvalidAmount
from fundtracker.domain.funds import largest_gift
from fundtracker.domain.money import Money, currency
from fundtracker.domain.pledges import Instalment, schedule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.rates import Rate

MOST_PARTS = 12
# What nobody chose otherwise is due after a month.
USUAL_WAIT = timedelta(days=30)
LONGEST_WAIT = timedelta(days=366)


def check_promise(fund: Fund, rate: Rate, money: Money, parts: int) -> None:
    """Raise InvalidAmount unless each part can be charged, and all of it is below the ceiling."""
    coin = currency(money.currency)
    if not 1 <= parts <= MOST_PARTS:
        raise Invalid(N_("Choose 1 to %(most)s monthly parts."), field="parts", most=MOST_PARTS)
    least = Money(coin.minimum * parts, coin.code)
    if money < least:
        raise InvalidAmount(
            N_("The smallest promise that we can take is %(least)s.")
            if parts == 1
            else N_("In so many parts, the smallest promise that we can take is %(least)s."),
            least=least,
        )
    most = largest_gift(fund, rate, money.currency)
    if money > most:
        raise InvalidAmount(
            N_(
                "The largest promise that we can take here is %(most)s. For more, please write to"
                " us."
            ),
            most=most,
        )


def check_day(due: date, today: date, *, field: str = "due") -> None:
    """Raise Invalid for a day that is over, or too far away for anybody to be reminded of."""
    if due <= today:
        raise Invalid(N_("Choose a day that is still to come."), field=field)
    if due - today > LONGEST_WAIT:
        raise Invalid(N_("Choose a day within the next twelve months."), field=field)


def day_of(text: str, *, field: str = "due") -> date:
    """Read a day such as 2026-06-14; raises Invalid."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(N_("Enter a day such as 2026-06-14."), field=field) from None


@dataclass(frozen=True, slots=True)
class Progress:
    """An instalment, and what of it is still to come."""

    due: date
    amount: Money
    open: Money


def progress(instalments: Sequence[Instalment], paid: Money) -> tuple[Progress, ...]:
    """Tell of each instalment what is still to come: what was paid goes to them in their order."""
    nothing = paid - paid
    sums = accumulate(part.amount for part in instalments)
    return tuple(
        Progress(part.due, part.amount, min(part.amount, max(nothing, sum_ - paid)))
        for part, sum_ in zip(instalments, sums, strict=True)
    )


def postponed(
    instalments: Sequence[Instalment], paid: Money, first: date
) -> tuple[Instalment, ...]:
    """Return the instalments with what is still to come due from another day on.

    What is paid stays where it was, and before what is not; the rest keeps its number of parts, a
    month apart.
    """
    known = progress(instalments, paid)
    nothing = paid - paid
    rest = sum((part.open for part in known), nothing)
    done = tuple(
        Instalment(min(part.due, first), part.amount - part.open)
        for part in known
        if part.amount > part.open
    )
    left = sum(part.open > nothing for part in known)
    return (*done, *schedule(rest, left, first)) if left else tuple(instalments)


def lowered(
    instalments: Sequence[Instalment], amount: Money, paid: Money
) -> tuple[Instalment, ...]:
    """Return the instalments of a promise that is now of another amount, no less than was paid.

    What is still to come is spread over the days that are left; those of nothing fall away.
    """
    known = progress(instalments, paid)
    nothing = paid - paid
    weights = [part.open.minor for part in known]
    rest = amount - paid
    shares = rest.split_by(weights) if any(weights) else (nothing,) * len(known)
    kept = (
        (part, part.amount - part.open + share) for part, share in zip(known, shares, strict=True)
    )
    return tuple(Instalment(part.due, share) for part, share in kept if share > nothing)
