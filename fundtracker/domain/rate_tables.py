"""Tables of exchange rates: made of the ECB's rates, and compared with what they replace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.rates import Rate, half_even

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from fundtracker.domain.ecb import EuroRates

EURO = "EUR"
# As many as an unrounded reciprocal needs to come back to the Bank's own number, and more.
SIGNIFICANT = 12
# As many as people may type, so that what is shown can be typed again.
_MOST_DECIMALS = 18
# As many as people compare.
_READABLE = 6
# A change of more than a tenth is rarely the market's: a point is missing, or two are swapped.
STEEP = 100


@dataclass(frozen=True, slots=True)
class RateTable:
    """A fund's exchange rates as they were set; `as_of` is the day that they are of."""

    id: int
    source: str
    as_of: date
    made_by: str
    made_at: datetime
    locked_by: str | None
    locked_at: datetime | None
    rates: Mapping[str, Rate]

    @property
    def is_locked(self) -> bool:
        """Whether a reason is asked for before it is replaced."""
        return self.locked_at is not None


@dataclass(frozen=True, slots=True)
class RateChange:
    """What becomes of one currency: None where there was, or will be, no rate."""

    currency: str
    before: Rate | None
    after: Rate | None

    @property
    def permille(self) -> int | None:
        """The change in tenths of a per cent of the old rate; None where one is missing."""
        if self.before is None or self.after is None:
            return None
        old = self.before.mantissa * 10**self.after.scale
        new = self.after.mantissa * 10**self.before.scale
        rounded = half_even((new - old) * 1000, old)
        # A change too small to be written is still one.
        return rounded or (new > old) - (new < old)

    @property
    def written(self) -> str:
        """The change as people read it: +1.2 %, −0.4 %."""
        permille = self.permille or 0
        whole, tenth = divmod(abs(permille), 10)
        return f"{'−' if permille < 0 else '+'}{whole}.{tenth}\N{NO-BREAK SPACE}%"

    @property
    def is_steep(self) -> bool:
        """Whether somebody should look twice."""
        return self.permille is not None and abs(self.permille) > STEEP

    @property
    def looks_upside_down(self) -> bool:
        """Whether the new rate is about the inverse of the old one: the likeliest mistake."""
        if self.before is None or self.after is None:
            return False
        product = self.before.mantissa * self.after.mantissa
        one = 10 ** (self.before.scale + self.after.scale)
        return self.is_steep and abs(product - one) * 10 < one


def from_euro(rates: EuroRates, base: str, wanted: Iterable[str]) -> dict[str, Rate]:
    """Return what one unit of each wanted currency is worth in the fund's, as far as it is known.

    The Bank tells how much of a currency a euro buys, so that a unit is worth its reciprocal, or
    for a fund in another currency the quotient of two, at twelve significant digits, half-even.
    """
    per_euro = {EURO: Rate.ONE, **rates.per_euro}
    ours = per_euro.get(base)
    if ours is None:
        return {}
    return {
        code: quotient(ours, per_euro[code])
        for code in sorted(set(wanted) - {base})
        if code in per_euro
    }


def quotient(upper: Rate, lower: Rate, digits: int = SIGNIFICANT) -> Rate:
    """Divide two rates, rounded half-even to so many significant digits, at most 18 decimals."""
    numerator = upper.mantissa * 10**lower.scale
    denominator = lower.mantissa * 10**upper.scale
    scale = 0
    while scale < _MOST_DECIMALS and numerator * 10**scale < denominator * 10 ** (digits - 1):
        scale += 1
    mantissa = half_even(numerator * 10**scale, denominator)
    while scale and mantissa % 10 == 0:
        mantissa, scale = mantissa // 10, scale - 1
    return Rate(mantissa, scale)


def inverse(rate: Rate) -> Rate:
    """Return how much of the currency one unit of the fund's buys, for people to compare."""
    return quotient(Rate.ONE, rate, _READABLE)


def compare(before: Mapping[str, Rate], after: Mapping[str, Rate]) -> list[RateChange]:
    """Hold two tables against each other, currency by currency."""
    return [
        RateChange(code, before.get(code), after.get(code))
        for code in sorted(before.keys() | after.keys())
    ]
