"""The treasury's first page: where each fund stands, what is new, and what needs a hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import render_template

from fundtracker.domain.donations import DonationStatus
from fundtracker.domain.filters import LedgerFilter
from fundtracker.domain.funds import FundStatus
from fundtracker.domain.roles import Permission
from fundtracker.domain.totals import Totals, permille
from fundtracker.store import attention, statistics, totals, treasury
from fundtracker.web.access import requires, scope
from fundtracker.web.context import parts, settings
from fundtracker.web.treasury.blueprint import bp
from fundtracker.web.treasury.selection import select_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.scope import Scope
    from fundtracker.web.treasury.selection import Selection

# The gifts that came last.
NEWEST = 8
# Where a fund is in its life, what goes on before what is over.
_ORDER = (
    FundStatus.OPEN,
    FundStatus.PAUSED,
    FundStatus.DRAFT,
    FundStatus.CLOSED,
    FundStatus.ARCHIVED,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where something stands, in minor units of the fund's currency; `local` about at home.

    `permille` is that of what was received, None without a target.
    """

    name: str
    totals: Totals
    target: int | None
    permille: int | None
    local: int | None
    local_currency: str


@dataclass(frozen=True, slots=True)
class Card:
    """A fund as far as the reader sees it, section by section where that is not all of it."""

    fund: Fund
    standing: Standing
    whole: bool
    sections: tuple[Standing, ...]


@bp.get("/", endpoint="overview")
@requires(Permission.READ_LEDGER)
def overview() -> str:
    """Show where the funds in reach stand."""
    reach = scope(Permission.READ_LEDGER)
    with parts().database.reading(reach) as session:
        funds = sorted(
            statistics.funds_within(session, reach), key=lambda fund: _ORDER.index(fund.status)
        )
        cards = [_card(session, fund, reach) for fund in funds]
        newest = treasury.donations(
            session, LedgerFilter(status=DonationStatus.SUCCEEDED), reach, limit=NEWEST
        )
        needed = attention.of_donations(session, reach)
        # What is not settled yet is of no fund: for those who see every one.
        whole = scope(Permission.READ_INBOX).is_everything
        house = attention.of_the_house(session) if whole else {}
    return render_template(
        "treasury/overview.html",
        cards=cards,
        newest=newest,
        needed=needed,
        house=house,
        simulated=settings().simulated,
    )


def _card(session: Session, fund: Fund, reach: Scope) -> Card:
    chosen = select_of(session, fund, reach)
    sums = totals.of_fund(session, fund.id, reach)
    all_of_it = _standing(
        chosen, fund.name, sum(sums.values(), Totals()), chosen.target, chosen.currency
    )
    if chosen.whole:
        return Card(fund, all_of_it, whole=True, sections=())
    lines = (
        _standing(
            chosen,
            part.section.name,
            sums.get(part.section.id, Totals()),
            part.target,
            part.section.currency,
        )
        for part in chosen.parts
    )
    return Card(fund, all_of_it, whole=False, sections=tuple(lines))


def _standing(
    chosen: Selection, name: str, total: Totals, target: int | None, currency: str
) -> Standing:
    local = chosen.local(total.received, currency)
    return Standing(
        name=name,
        totals=total,
        target=target,
        permille=permille(total.received, target) if target else None,
        local=local,
        local_currency="" if local is None else currency,
    )
