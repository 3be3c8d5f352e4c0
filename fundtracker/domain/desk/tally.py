"""The desk held against the count on paper, section by section and currency by currency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.money import Money, currency

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fundtracker.domain.rates import Rate

Place = tuple[int, str]

# What people promise in round sums, in units that are worth about one of the fund's currency.
STEPS = (10, 20, 50, 100, 200, 500, 1000)
_LARGEST_UNIT = 10**6


@dataclass(frozen=True, slots=True)
class Difference:
    """What was typed at the desk for a section in a currency, and what stands on paper.

    `paper` is None where nothing was written down.
    """

    section_id: int
    desk: Money
    paper: Money | None

    @property
    def money(self) -> Money | None:
        """What paper has more than the desk; less, if it is negative."""
        return None if self.paper is None else self.paper - self.desk


def differences(desk: Mapping[Place, Money], paper: Mapping[Place, Money]) -> list[Difference]:
    """Hold one against the other; what is on neither side is left out."""
    return [
        Difference(section, desk.get((section, code), Money(0, code)), paper.get((section, code)))
        for section, code in sorted({*desk, *paper})
    ]


def unit_of(code: str, rate: Rate, base: str) -> int:
    """Return the power of ten by which a currency counts where `base` counts by one: 10 for kronor.

    It is worth a third of a unit of `base` at least: the boxes of the sheet fit what is called.
    """
    one, exponent = 10 ** currency(base).exponent, currency(code).exponent
    unit = 1
    while (
        unit < _LARGEST_UNIT
        and 3 * rate.to_base(Money(unit * 10**exponent, code), base).minor < one
    ):
        unit *= 10
    return unit
