"""What sections have promised, for statements: by currency, rate and whether it is checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import case, func, or_, select

from fundtracker.domain.allocations import AllocationStatus
from fundtracker.domain.desk.values import PaidBy
from fundtracker.domain.money import Money
from fundtracker.domain.pledge_postings import EXPECTED
from fundtracker.domain.pledges import PledgeStatus
from fundtracker.domain.rates import Rate
from fundtracker.store.allocations import AllocationRow
from fundtracker.store.donations import DonationRow
from fundtracker.store.pledge_sums import OPEN, OPEN_BASE
from fundtracker.store.pledges import PledgeRow
from fundtracker.store.scoping import within

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from fundtracker.domain.funds import Fund
    from fundtracker.domain.scope import Scope

    Place = tuple[int, str, int, int]

# In these layers what is open is counted; the words stand in statements.
PROMISED, BEING_CHECKED = "promised", "being_checked"
_RATE = (PledgeRow.rate_mantissa, PledgeRow.rate_scale)


@dataclass(frozen=True, slots=True)
class Promises:
    """Pledges of a section that count, of one currency and rate, in one layer.

    Amounts in minor units of `currency`, those named base in the fund's. `exchange` is what the
    gifts that paid them were worth more, or less, at their own rates.
    """

    section_id: int
    layer: str
    currency: str
    rate: Rate
    pledges: int
    promised: int
    open: int
    promised_base: int
    open_base: int
    exchange: int | None = None


def promises(session: Session, fund: Fund, scope: Scope) -> list[Promises]:
    """What is promised and still due of a fund, by section, as it stands now."""
    is_checked = or_(PledgeRow.status == PledgeStatus.UNCONFIRMED, PledgeRow.paid_by == PaidBy.CASH)
    layer = case((is_checked, BEING_CHECKED), else_=PROMISED).label("layer")
    place = (PledgeRow.section_id, PledgeRow.currency, *_RATE)
    sums = map(func.sum, (PledgeRow.amount, OPEN, PledgeRow.base, OPEN_BASE))
    query = (
        select(*place, layer, func.count(), *sums)
        .where(PledgeRow.fund_id == fund.id, PledgeRow.counted, PledgeRow.status.in_(EXPECTED))
        .group_by(*place, "layer")
        .order_by(*place, "layer")
    )
    query = within(query, scope, PledgeRow.fund_id, PledgeRow.section_id)
    rows = session.execute(query).all()
    differences = _differences(session, fund, {section for section, *_ in rows})
    found = []
    for section, currency, mantissa, scale, word, count, *amounts in rows:
        # Of both layers of a rate it stands in the first that there is.
        difference = differences.pop((section, currency, mantissa, scale), None)
        promised, open_, promised_base, open_base = map(int, amounts)
        found.append(
            Promises(
                section_id=section,
                layer=word,
                currency=currency,
                rate=Rate(mantissa, scale),
                pledges=count,
                promised=promised,
                open=open_,
                promised_base=promised_base,
                open_base=open_base,
                exchange=difference,
            )
        )
    return found


def _differences(session: Session, fund: Fund, section_ids: set[int]) -> dict[Place, int]:
    """What gifts of a pledge's own currency are worth at their rate, less than at the pledge's."""
    query = (
        select(
            PledgeRow.section_id,
            PledgeRow.currency,
            *_RATE,
            func.coalesce(DonationRow.rate_mantissa, 0),
            func.coalesce(DonationRow.rate_scale, 0),
            AllocationRow.kept_amount,
            AllocationRow.kept_base,
        )
        .join(PledgeRow, PledgeRow.id == AllocationRow.pledge_id)
        .join(DonationRow, DonationRow.id == AllocationRow.donation_id)
        .where(
            AllocationRow.fund_id == fund.id,
            AllocationRow.section_id.in_(section_ids),
            AllocationRow.status == AllocationStatus.CONFIRMED,
            DonationRow.currency == PledgeRow.currency,
            DonationRow.rate_mantissa.is_not(None),
            or_(
                DonationRow.rate_mantissa != PledgeRow.rate_mantissa,
                DonationRow.rate_scale != PledgeRow.rate_scale,
            ),
        )
    )
    found: dict[Place, int] = {}
    for section, currency, mantissa, scale, own, own_scale, amount, counted in session.execute(
        query
    ):
        worth = Rate(own, own_scale).to_base(Money(amount, currency), fund.currency).minor
        place = (section, currency, mantissa, scale)
        found[place] = found.get(place, 0) + worth - counted
    return found
