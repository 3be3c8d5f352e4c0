"""What a donor may choose in a fund: the amounts, the currencies, the sections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.funds import presets
from fundtracker.domain.scope import Scope
from fundtracker.domain.sections import Visibility
from fundtracker.store import rates, sections
from fundtracker.web.context import parts
from fundtracker.web.published import public_fund

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.money import Money
    from fundtracker.domain.rates import Rate
    from fundtracker.domain.sections import FundSection, Section


@dataclass(frozen=True, slots=True)
class Offer:
    """A fund, the sections that may be named, and the rates of the currencies that may be chosen.

    Hidden sections are not among them, nor is a currency that only they have: that one could be
    given in it would tell that they are there.
    """

    fund: Fund
    sections: tuple[FundSection, ...]
    rates: Mapping[str, Rate]

    @property
    def currencies(self) -> tuple[str, ...]:
        """The fund's currency, then those of its sections that have a rate, each once."""
        wanted = sorted(part.section.currency for part in self.sections)
        return tuple(dict.fromkeys([self.fund.currency, *(c for c in wanted if c in self.rates)]))

    @property
    def codes(self) -> frozenset[str]:
        """The codes of the sections that may be chosen."""
        return frozenset(part.section.code for part in self.sections)

    def currency_of(self, section: Section) -> str:
        """The currency in which a section's members give here."""
        return section.currency if section.currency in self.rates else self.fund.currency

    def presets(self, code: str) -> tuple[Money, ...]:
        """Five round amounts or so in a currency that has a rate."""
        return presets(self.fund, self.rates[code], code)


def offer(slug: str) -> Offer:
    """What a fund offers; raises UnknownFund, for a draft too."""
    with parts().database.reading() as session:
        fund = public_fund(session, slug)
        known = sections.of_fund(session, fund.id, Scope.everything())
        named = tuple(part for part in known if part.visibility is not Visibility.HIDDEN)
        telling = _currencies(known) - _currencies(named) - {fund.currency}
        current = rates.current(session, fund)
        return Offer(
            fund=fund,
            sections=named,
            rates={code: rate for code, rate in current.items() if code not in telling},
        )


def _currencies(parts: Iterable[FundSection]) -> set[str]:
    return {part.section.currency for part in parts}
