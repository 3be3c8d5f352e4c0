"""What the figures are of: a fund, or one's part of it, and the days that were asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fundtracker.domain.errors import UnknownFund, UnknownSection
from fundtracker.domain.filters import WITHOUT_SECTION, LedgerFilter
from fundtracker.domain.funds import FundStatus
from fundtracker.domain.money import Money
from fundtracker.domain.sections import NO_SECTION
from fundtracker.store import rates, sections
from fundtracker.store.statistics import Wanted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.rates import Rate
    from fundtracker.domain.scope import Scope
    from fundtracker.domain.sections import FundSection

EVERYTHING = LedgerFilter()


@dataclass(frozen=True, slots=True)
class Selection:
    """A fund as far as the reader may see it, and what of it was asked for.

    `parts` are the sections within reach, `chosen` those of them that are counted. `whole` says
    that nothing of the fund is left out by section.
    """

    fund: Fund
    filter: LedgerFilter
    wanted: Wanted
    parts: Sequence[FundSection]
    rates: Mapping[str, Rate]
    whole: bool

    @property
    def chosen(self) -> list[FundSection]:
        """The sections that are counted."""
        code = self.filter.section
        return [part for part in self.parts if code in {"", part.section.code}]

    @property
    def target(self) -> int | None:
        """What is to be reached, in minor units of the fund's currency; None if nobody said."""
        if self.whole:
            return self.fund.target
        targets = [part.target for part in self.chosen]
        return None if not targets or None in targets else sum(filter(None, targets))

    @property
    def currency(self) -> str:
        """The one other currency in which all that is counted is thought of at home, or ""."""
        codes = {part.section.currency for part in self.chosen}
        if self.whole or len(codes) != 1 or codes == {self.fund.currency}:
            return ""
        return codes.pop()

    def local(self, minor: int, code: str) -> int | None:
        """About what an amount is in another currency, by the rates that hold now."""
        rate = self.rates.get(code)
        if not code or code == self.fund.currency or rate is None:
            return None
        return rate.from_base(Money(minor, self.fund.currency), code).minor


def select(
    session: Session, asked: LedgerFilter, scope: Scope, funds: Sequence[Fund]
) -> Selection | None:
    """Find what was asked for among the funds that may be seen; None where there is none at all.

    Without a fund in the question the first open one is meant. Raises UnknownFund, UnknownSection.
    """
    fund = _fund(asked.fund, funds)
    return None if fund is None else select_of(session, fund, scope, asked)


def select_of(
    session: Session, fund: Fund, scope: Scope, asked: LedgerFilter = EVERYTHING
) -> Selection:
    """Find what was asked for of a fund; raises UnknownSection."""
    # What else narrows the lists of donations has no place in figures.
    asked = LedgerFilter(
        fund=fund.slug,
        section=asked.section,
        since=asked.since,
        until=asked.until,
        dates=asked.dates,
        method=asked.method,
    )
    parts = sections.of_fund(session, fund.id, scope)
    section_id = _section(asked.section, fund, parts, scope)
    return Selection(
        fund,
        asked,
        Wanted(fund.id, section_id, asked.since, asked.until, asked.dates, asked.method),
        parts,
        rates.current(session, fund),
        whole=section_id is None and _sees_all(scope, fund),
    )


def _fund(slug: str, funds: Sequence[Fund]) -> Fund | None:
    if not slug:
        open_ones = (fund for fund in funds if fund.status is FundStatus.OPEN)
        return next(open_ones, next(iter(funds), None))
    for fund in funds:
        if fund.slug == slug:
            return fund
    raise UnknownFund


def _section(code: str, fund: Fund, parts: Sequence[FundSection], scope: Scope) -> int | None:
    if not code:
        return None
    if code == WITHOUT_SECTION and scope.allows(fund.id, NO_SECTION):
        return NO_SECTION
    for part in parts:
        if part.section.code == code:
            return part.section.id
    raise UnknownSection


def _sees_all(scope: Scope, fund: Fund) -> bool:
    return any(
        reach.section_id is None and reach.fund_id in {None, fund.id} for reach in scope.reaches
    )
