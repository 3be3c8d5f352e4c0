"""What pledges come to: those of a filter, and those of a fund by section and by age."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, select

from fundtracker.domain.pledge_postings import EXPECTED
from fundtracker.domain.pledge_stages import Age
from fundtracker.store.pledge_search import resolve
from fundtracker.store.pledges import InstalmentRow, PledgeRow
from fundtracker.store.scoping import within
from fundtracker.store.treasury_places import funds
from fundtracker.store.treasury_pledges import NOWHERE, narrowed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.pledge_filters import PledgeFilter
    from fundtracker.domain.scope import Scope

# So many are added up while a page is waited for.
MOST_ADDED = 20_000
_NOTHING = 0
_IS_EXPECTED = PledgeRow.status.in_(EXPECTED)
_LEFT = PledgeRow.base - PledgeRow.paid_base - PledgeRow.rounded
OPEN_BASE = case((and_(_IS_EXPECTED, _LEFT > _NOTHING), _LEFT), else_=_NOTHING)
OPEN = case(
    (and_(_IS_EXPECTED, PledgeRow.amount > PledgeRow.paid), PledgeRow.amount - PledgeRow.paid),
    else_=_NOTHING,
)


@dataclass(frozen=True, slots=True)
class PledgeSum:
    """How many pledges, and what they come to in minor units of the fund's currency.

    `counted` is what of the open part is in the number. `is_all` is False where there are more
    than were added up.
    """

    fund_currency: str
    count: int
    promised: int
    paid: int
    counted: int
    is_all: bool = True


@dataclass(slots=True)
class Owed:
    """What a section has promised in one currency, in its minor units and in the fund's (`base`).

    Only of pledges that count and are expected, or were paid. `ages` is what is open of them in
    their own currency, by how long it has been due.
    """

    section_id: int
    currency: str
    count: int
    promised: int
    paid: int
    open: int
    promised_base: int
    paid_base: int
    open_base: int
    ages: dict[Age, int] = field(default_factory=dict)

    @property
    def overdue(self) -> int:
        """What should have come by now, in its own currency."""
        return sum(amount for age, amount in self.ages.items() if age is not Age.NOT_DUE)

    @property
    def base_ages(self) -> dict[Age, int]:
        """What is open by age in the fund's currency.

        Each age's share of `open_base`, whose sum is the ledger's, as differences of cumulative
        shares: none of its cents is lost.
        """
        shares: dict[Age, int] = {}
        upto = told = 0
        for age in Age:
            upto += self.ages.get(age, 0)
            share = self.open_base * upto // self.open - told if self.open else 0
            shares[age], told = share, told + share
        return shares

    @property
    def overdue_base(self) -> int:
        """What should have come by now, in the fund's currency."""
        return self.open_base - self.base_ages[Age.NOT_DUE]


def sums(
    session: Session,
    wanted: PledgeFilter,
    scope: Scope,
    now: datetime,
    names: Scope = NOWHERE,
) -> list[PledgeSum]:
    """What the pledges that a filter leaves come to, by their fund's currency."""
    search = resolve(session, wanted, scope, names, now)
    if search is None or search.found == frozenset():
        return []
    counted = case((PledgeRow.counted, OPEN_BASE), else_=_NOTHING)
    columns = (PledgeRow.fund_id, PledgeRow.base, PledgeRow.paid_base, counted.label("counted"))
    some = narrowed(select(*columns), search, scope)
    some = some.order_by(PledgeRow.id.desc()).limit(MOST_ADDED + 1)
    rows = some.subquery()
    added = (func.sum(rows.c.base), func.sum(rows.c.paid_base), func.sum(rows.c.counted))
    query = select(rows.c.fund_id, func.count(), *added).group_by(rows.c.fund_id)
    owners = funds(session)
    found: defaultdict[str, list[tuple[int, ...]]] = defaultdict(list)
    for fund_id, *parts in session.execute(query):
        found[owners[fund_id].currency].append(tuple(map(int, parts)))
    is_all = sum(part[0] for parts in found.values() for part in parts) <= MOST_ADDED
    return [_summed(code, found[code], is_all=is_all) for code in sorted(found)]


def _summed(code: str, parts: Sequence[tuple[int, ...]], *, is_all: bool) -> PledgeSum:
    count, promised, paid, counted = map(sum, zip(*parts, strict=True))
    return PledgeSum(code, count, promised, paid, counted, is_all)


def owed(session: Session, fund_id: int, scope: Scope, today: date) -> list[Owed]:
    """What each section of a fund has promised, by currency: the pledges that count."""
    place = (PledgeRow.section_id, PledgeRow.currency)
    query = (
        select(
            *place,
            func.count(),
            *map(
                func.sum,
                (
                    PledgeRow.amount,
                    PledgeRow.paid,
                    OPEN,
                    PledgeRow.base,
                    PledgeRow.paid_base,
                    OPEN_BASE,
                ),
            ),
        )
        .where(PledgeRow.fund_id == fund_id, PledgeRow.counted, _IS_EXPECTED)
        .group_by(*place)
        .order_by(*place)
    )
    query = within(query, scope, PledgeRow.fund_id, PledgeRow.section_id)
    found: dict[tuple[int, str], Owed] = {}
    for section, currency, count, *amounts in session.execute(query):
        promised, paid, open_, promised_base, paid_base, open_base = map(int, amounts)
        found[section, currency] = Owed(
            section, currency, count, promised, paid, open_, promised_base, paid_base, open_base
        )
    for section, currency, age, amount in _aged(session, fund_id, scope, today):
        found[section, currency].ages[age] = amount
    return list(found.values())


def _aged(
    session: Session, fund_id: int, scope: Scope, today: date
) -> Sequence[tuple[int, str, Age, int]]:
    """What is open of instalments, by how long it has been due; what was paid goes to the first."""
    upto = func.sum(InstalmentRow.amount).over(
        partition_by=InstalmentRow.pledge_id, order_by=InstalmentRow.position
    )
    parts = (
        select(
            PledgeRow.section_id,
            PledgeRow.currency,
            InstalmentRow.due_on,
            InstalmentRow.amount,
            (upto - PledgeRow.paid).label("beyond"),
        )
        .join(PledgeRow, PledgeRow.id == InstalmentRow.pledge_id)
        .where(PledgeRow.fund_id == fund_id, PledgeRow.counted, PledgeRow.open_due.is_not(None))
    )
    inner = within(parts, scope, PledgeRow.fund_id, PledgeRow.section_id).subquery()
    unpaid = case((inner.c.beyond < inner.c.amount, inner.c.beyond), else_=inner.c.amount)
    age = _age(inner.c.due_on, today)
    place = (inner.c.section_id, inner.c.currency, age)
    query = select(*place, func.sum(unpaid)).where(inner.c.beyond > _NOTHING).group_by(*place)
    return [
        (section, currency, Age(word), int(amount))
        for section, currency, word, amount in session.execute(query)
    ]


def _age(due: Any, today: date) -> Any:  # noqa: ANN401 - a column of a subquery
    """The word for how long ago a column's day was, the oldest asked first."""
    bounds = [(age, age.between(today)[1]) for age in reversed(Age) if age is not Age.NOT_DUE]
    return case(*((due <= until, age.value) for age, until in bounds), else_=Age.NOT_DUE.value)
