"""Find which gifts seem to pay which pledges: offered with their effect, never done by itself."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from fundtracker.domain.donations import Method
from fundtracker.domain.errors import N_, NotNow
from fundtracker.domain.references import numbers_in
from fundtracker.services.allocate import Wanted, propose, reverse
from fundtracker.services.plan_payment import plan
from fundtracker.store import pledge_matches, treasury_donations, treasury_pledges

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from fundtracker.domain.scope import Scope
    from fundtracker.services.parts import Parts
    from fundtracker.services.plan_payment import Plan
    from fundtracker.store.pledge_matches import Debt, Gift
    from fundtracker.store.treasury_lines import DonationLine
    from fundtracker.store.treasury_pledges import PledgeLine

# So many gifts are looked at, and so many matches told at once.
LOOKED_AT = 200
MOST_TOLD = 25
# What is promised and what is given this near to each other may be the same money.
NEAR = timedelta(hours=1)


class Why(StrEnum):
    """By what a gift and a pledge seem to belong together."""

    REFERENCE = "reference"
    # Of the same section during the hour: somebody gave by the code on the screen.
    HOUR = "hour"
    AMOUNT = "amount"

    @property
    def label(self) -> str:
        """The reason in words, to be translated."""
        return _LABELS[self]


_LABELS = {
    Why.REFERENCE: N_("its reference is this pledge's"),
    Why.HOUR: N_("the same section and the same sum, within the hour of the promise"),
    Why.AMOUNT: N_("the same section, and exactly the sum that is open"),
}


@dataclass(frozen=True, slots=True)
class Match:
    """A gift that may pay a pledge, why, and what that would do."""

    gift: DonationLine
    pledge: PledgeLine
    why: Why
    plan: Plan


def matches(session: Session, fund_id: int | None, scope: Scope, now: datetime) -> list[Match]:
    """The newest gifts that seem to pay a pledge, each with one, and each pledge once."""
    gifts = pledge_matches.free_gifts(session, fund_id, scope, LOOKED_AT)
    no = pledge_matches.refused(session, [gift.id for gift in gifts], scope)
    pairs = list(_pairs(session, gifts, no, scope))[:MOST_TOLD]
    given = treasury_donations.by_ids(session, [gift.id for gift, _, _ in pairs], scope)
    owed = treasury_pledges.by_ids(session, [debt.id for _, debt, _ in pairs], scope, now)
    found = []
    for gift, debt, why in pairs:
        # Too little for the smallest coin of the pledge, perhaps, pays nothing of it.
        with suppress(NotNow):
            planned = plan(session, gift.token, [Wanted(debt.token)], scope)
            found.append(Match(given[gift.id], owed[debt.id], why, planned))
    return found


def reject(parts: Parts, donation: str, pledge: str, scope: Scope) -> None:
    """Say that a gift does not pay a pledge, so that it is not offered again.

    Raises UnknownDonation, UnknownPledge, Invalid or NotNow.
    """
    reverse(parts, propose(parts, donation, Wanted(pledge), scope), scope)


def _pairs(
    session: Session, gifts: Sequence[Gift], no: set[tuple[int, int]], scope: Scope
) -> Iterator[tuple[Gift, Debt, Why]]:
    """Each gift with the pledge that fits best and that no other has taken."""
    named = {gift.id: numbers_in(gift.reference or "") for gift in gifts}
    numbers = {number for found in named.values() for number in found}
    by_number = {debt.number: debt for debt in pledge_matches.numbered(session, numbers, scope)}
    fitting = pledge_matches.fitting(session, gifts, scope)
    taken: set[int] = set()
    for gift in gifts:
        called = [by_number[number] for number in named[gift.id] if number in by_number]
        for debt, why in (*((debt, Why.REFERENCE) for debt in called), *_alike(gift, fitting)):
            if debt.id in taken or (gift.id, debt.id) in no or debt.fund_id != gift.fund_id:
                continue
            taken.add(debt.id)
            yield gift, debt, why
            break


def _alike(gift: Gift, debts: Sequence[Debt]) -> list[tuple[Debt, Why]]:
    """The pledges of a gift's own section and sum, those of the same hour first."""
    own = (gift.fund_id, gift.section_id, gift.currency, gift.kept)
    alike = [
        debt for debt in debts if (debt.fund_id, debt.section_id, debt.currency, debt.open) == own
    ]
    told = [(debt, Why.HOUR if _is_near(gift, debt) else Why.AMOUNT) for debt in alike]
    return sorted(told, key=lambda pair: pair[1] is not Why.HOUR)


def _is_near(gift: Gift, debt: Debt) -> bool:
    if gift.method != Method.ONLINE or gift.given_at is None:
        return False
    return abs(gift.given_at - debt.made_at) <= NEAR
