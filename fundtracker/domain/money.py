"""Money as whole minor units of a currency, in Stripe's exponents, not ISO's."""

from __future__ import annotations

from dataclasses import dataclass
from functools import total_ordering
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from fundtracker.domain.errors import N_, CurrencyMismatch, InvalidCurrency

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency in which Stripe charges; `step`, `minimum` and `maximum` are minor units.

    An amount must be a multiple of `step` (ISK has two decimals that must be zero), at least
    `minimum`, the smallest charge, and at most `maximum`, the largest.
    """

    code: str
    exponent: int
    step: int
    minimum: int
    maximum: int


_WHOLE = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
_WHOLE_WITH_TWO_ZEROS = "ISK UGX"
_THREE_DECIMALS_LAST_ZERO = "BHD JOD KWD OMR TND"
_TWO_DECIMALS = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD"
    " CDF CHF CNY COP CRC CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL"
    " HTG HUF IDR ILS INR JMD KES KGS KHR KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR"
    " MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD"
    " SCR SEK SGD SHP SLE SOS SRD STD SZL THB TJS TOP TRY TTD TWD TZS UAH USD UYU UZS WST XCD XCG"
    " YER ZAR ZMW"
)
_SMALLEST_CHARGES = {
    30: "GBP",
    50: "USD EUR AUD BRL CAD CHF INR NZD SGD ZAR ARS COP IDR ILS PHP RUB JPY KRW",
    200: "AED MYR PLN RON",
    250: "DKK",
    300: "NOK SEK",
    400: "HKD",
    1000: "MXN THB",
    1500: "CZK",
    17500: "HUF",
}
_MINIMUM = {code: least for least, codes in _SMALLEST_CHARGES.items() for code in codes.split()}
# Stripe takes eight digits, and twelve of the rupiah's.
_LARGEST_CHARGE = 99_999_999
_LARGEST_CHARGES = {"IDR": 999_999_999_999}
CURRENCIES = {
    code: Currency(
        code,
        exponent,
        step,
        _MINIMUM.get(code, step),
        _LARGEST_CHARGES.get(code, _LARGEST_CHARGE),
    )
    for codes, exponent, step in (
        (_WHOLE, 0, 1),
        (_WHOLE_WITH_TWO_ZEROS, 2, 100),
        (_THREE_DECIMALS_LAST_ZERO, 3, 10),
        (_TWO_DECIMALS, 2, 1),
    )
    for code in codes.split()
}


def currency(code: str) -> Currency:
    """Return the currency of a code in either case, or raise InvalidCurrency."""
    try:
        return CURRENCIES[code.upper()]
    except KeyError:
        # What was typed is echoed, so no more of it than a code could have.
        raise InvalidCurrency(
            N_("Gifts in %(code)s are not possible. Please choose another currency."), code=code[:8]
        ) from None


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of a currency; adding or comparing two currencies is refused."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.minor), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __str__(self) -> str:
        exponent = currency(self.currency).exponent
        digits = str(abs(self.minor)).rjust(exponent + 1, "0")
        point = len(digits) - exponent
        sign = "-" if self.minor < 0 else ""
        decimals = f".{digits[point:]}" if exponent else ""
        return f"{self.currency} {sign}{digits[:point]}{decimals}"

    def split(self, parts: int) -> tuple[Money, ...]:
        """Divide into equal parts, the first ones a unit larger where it does not come out."""
        return tuple(reversed(self.split_by((1,) * parts)))

    def split_by(self, weights: Sequence[int]) -> tuple[Money, ...]:
        """Divide in proportion to weights, losing nothing; each part can be charged if all can."""
        if not any(weights) or min(weights) < 0:
            message = f"cannot split by {weights}"
            raise ValueError(message)
        step = currency(self.currency).step
        unit = 1 if self.minor % step else step
        units, sign = abs(self.minor) // unit, -1 if self.minor < 0 else 1
        bounds = [units * weight // sum(weights) for weight in accumulate(weights, initial=0)]
        return tuple(
            Money(sign * unit * (upper - lower), self.currency) for lower, upper in pairwise(bounds)
        )

    def _same(self, other: Money) -> int:
        if self.currency != other.currency:
            raise CurrencyMismatch(
                N_("%(left)s and %(right)s are in different currencies."), left=self, right=other
            )
        return other.minor
