"""Exchange rates as two integers, and the one rounding that money sees."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from fundtracker.domain.errors import N_, Invalid
from fundtracker.domain.money import Money, currency

_DECIMAL = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,18}))?", re.ASCII)
_MOST_DIGITS = 18  # fits a 64-bit column


def half_even(numerator: int, denominator: int) -> int:
    """Divide by a positive denominator and round to the nearest, a half to the even neighbour."""
    quotient, rest = divmod(numerator, denominator)
    above = 2 * rest - denominator
    return quotient + (above > 0 or (above == 0 and quotient % 2))


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of a currency is worth in the base: mantissa ÷ 10^scale, major units."""

    mantissa: int
    scale: int

    ONE: ClassVar[Rate]

    def __post_init__(self) -> None:
        if self.mantissa <= 0 or self.scale < 0:
            message = f"a rate is positive: {self.mantissa}, {self.scale}"
            raise ValueError(message)

    @classmethod
    def parse(cls, text: str) -> Rate:
        """Read a decimal number such as "1.15", or raise Invalid."""
        match = _DECIMAL.fullmatch(text.strip())
        whole, decimals = match.groups(default="") if match else ("", "")
        decimals = decimals.rstrip("0")
        mantissa = int(whole + decimals or "0")
        if not mantissa or len(str(mantissa)) > _MOST_DIGITS:
            raise Invalid(
                N_("A rate is a positive number with a decimal point, such as 1.15."), field="rate"
            )
        return cls(mantissa, len(decimals))

    def to_base(self, money: Money, base: str) -> Money:
        """Convert into the base currency, rounded half-even to its minor unit."""
        ours, theirs = currency(base).exponent, currency(money.currency).exponent
        numerator = money.minor * self.mantissa * 10**ours
        return Money(half_even(numerator, 10 ** (self.scale + theirs)), base)

    def from_base(self, money: Money, code: str) -> Money:
        """Convert out of the base currency for display, rounded half-even."""
        return Money(half_even(*self._from_base(money, code)), code)

    def from_base_down(self, money: Money, code: str) -> Money:
        """Return the largest amount that is worth no more than `money` of the base currency."""
        numerator, denominator = self._from_base(money, code)
        return Money(numerator // denominator, code)

    def _from_base(self, money: Money, code: str) -> tuple[int, int]:
        ours, theirs = currency(money.currency).exponent, currency(code).exponent
        return money.minor * 10 ** (self.scale + theirs), self.mantissa * 10**ours

    def __str__(self) -> str:
        digits = str(self.mantissa).rjust(self.scale + 1, "0")
        point = len(digits) - self.scale
        return f"{digits[:point]}.{digits[point:]}" if self.scale else digits


Rate.ONE = Rate(1, 0)
