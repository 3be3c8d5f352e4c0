"""Money that arrived, as treasurers find it, and those who take lists of it home."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fundtracker.domain.exports import Order
from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.sections import NO_SECTION
from fundtracker.domain.staff import Visitor
from fundtracker.store import sections, staff
from tests.factories.rows import NOW, RATES, a_donation, a_fund
from tests.factories.staff import a_member
from tests.factories.stripe import Payment, event
from tests.support.telling import tell_and_settle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fundtracker.services.parts import Parts
    from fundtracker.store.donations import DonationRow
    from fundtracker.store.funds import FundRow

CENTRE = Grant(Role.CENTRAL_TREASURER)
SLUG = "conference"


class Chest(NamedTuple):
    """A fund, and its sections by code."""

    parts: Parts
    fund: FundRow
    sections: Mapping[str, int]

    def gift(
        self,
        amount: int = 5000,
        currency: str = "GBP",
        section: str = "",
        *,
        refunded: int = 0,
        disputed: int = 0,
        settled: int = 0,
        fee: int = 0,
        fee_back: int = 0,
    ) -> DonationRow:
        """Let a gift arrive through Stripe; `settled` and fees are euro cents, once known."""
        mantissa, scale = _rate(currency)
        with self.parts.database.unit_of_work() as session:
            row = a_donation(
                session,
                self.fund,
                amount=amount,
                currency=currency,
                section_id=self.sections[section],
                rate_mantissa=mantissa,
                rate_scale=scale,
                public_name="Rosa",
            )
        pay = Payment(row.token, amount, currency.lower())
        things = [pay.session(), pay.charge()]
        if refunded:
            things.append(pay.refund(refunded))
        if disputed:
            out = pay.line(pay.dispute(), -disputed, "d")
            things += [pay.dispute(disputed, out), out]
        if settled:
            things.append(pay.line(pay.charge(), settled, fee=fee))
        if fee_back:
            things.append(pay.line(pay.refund(refunded), -fee_back, "back", fee=-fee_back))
        tell_and_settle(self.parts, *map(event, things))
        return row

    def visitor(self, *grants: Grant) -> Visitor:
        """Add somebody with these grants, of the centre without any."""
        with self.parts.database.unit_of_work() as session:
            row = a_member(session, *(grants or (CENTRE,)))
            held = tuple(staff.grants_of(session, row.id))
        return Visitor(
            row.id, row.token, row.name, 1, held, has_factor=True, proved_at=None, seen_at=NOW
        )


def a_chest(parts: Parts, slug: str = SLUG) -> Chest:
    """Add a fund in euros with two sections."""
    with parts.database.unit_of_work() as session:
        fund = a_fund(session, slug=slug, milestones=[10_000, 1_000_000])
        codes = {code: section.id for code, section in sections.by_code(session).items()}
    return Chest(parts, fund, {"": NO_SECTION, **codes})


def an_order(what: str = "donations", form: str = "csv", **fields: str) -> Order:
    """Fill in the form of an export."""
    return Order.parse({"what": what, "format": form, **fields})


def _rate(currency: str) -> tuple[int, int]:
    whole, _, decimals = RATES.get(currency, "1").partition(".")
    return int(whole + decimals), len(decimals)
