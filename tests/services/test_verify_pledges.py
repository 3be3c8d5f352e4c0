from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from fundtracker.domain.desk.values import PaidBy
from fundtracker.domain.money import Money
from fundtracker.domain.pledges import PledgeStatus
from fundtracker.domain.scope import Scope
from fundtracker.services.allocate import Wanted, allocate
from fundtracker.services.enter_gift import enter_gift
from fundtracker.services.verify import Report, verify
from tests.factories.pledges import a_pledge
from tests.factories.rows import a_fund
from tests.services.test_enter_gift import BY_BANK

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts

# What a careless hand does to the rows, and what is said of it. Pledge 1 is £100, of which a gift
# of £60 pays as much.
DAMAGE = {
    "UPDATE pledge SET paid = 5999 WHERE id = 1": (
        (
            "Pledge 1 says Paid(amount=5999, base=6900); what is allocated comes to"
            " Paid(amount=6000, base=6900)."
        ),
        (
            "Pledge 1 is booked as Booked(pledged=4000, pledged_base=4600, unconfirmed=0,"
            " unconfirmed_base=0); what is open comes to Booked(pledged=4001, pledged_base=4600,"
            " unconfirmed=0, unconfirmed_base=0)."
        ),
    ),
    "UPDATE pledge SET status = 'unconfirmed' WHERE id = 1": (
        (
            "Pledge 1 is booked as Booked(pledged=4000, pledged_base=4600, unconfirmed=0,"
            " unconfirmed_base=0); what is open comes to Booked(pledged=0, pledged_base=0,"
            " unconfirmed=4000, unconfirmed_base=4600)."
        ),
    ),
    "UPDATE instalment SET amount = 1 WHERE pledge_id = 1": (
        "Pledge 1 is for 10000; its instalments are not.",
        "Pledge 1 is listed as 11500, 2026-06-30; it is (11500, None).",
    ),
    "UPDATE allocation SET kept_base = 1": (
        (
            "Pledge 1 says Paid(amount=6000, base=6900); what is allocated comes to"
            " Paid(amount=6000, base=1)."
        ),
        "Allocation 1 says that it pays something else than is kept.",
    ),
    "UPDATE pledge SET counted = false WHERE id = 2": (
        "Fund 1, section 0: pledges says 2, and the ledger sums to 1.",
        (
            "Pledge 2 is booked as Booked(pledged=0, pledged_base=0, unconfirmed=10000,"
            " unconfirmed_base=11500); what is open comes to Booked(pledged=0, pledged_base=0,"
            " unconfirmed=0, unconfirmed_base=0)."
        ),
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_pledge_that_is_not_what_was_agreed_is_named(parts: Parts, damage: str) -> None:
    with parts.database.unit_of_work() as session:
        slug = a_fund(session).slug
    token = a_pledge(parts, slug, Money(10_000, "GBP")).token
    a_pledge(parts, slug, Money(10_000, "GBP"), paid_by=PaidBy.CASH)
    a_pledge(parts, slug, Money(10_000, "GBP"), status=PledgeStatus.CANCELLED)
    gift = replace(BY_BANK, amount=Money(6_000, "GBP"))
    everywhere = Scope.everything()
    allocate(parts, enter_gift(parts, slug, gift, everywhere), [Wanted(token)], everywhere)
    assert verify(parts) == Report((), ())

    with parts.database.unit_of_work() as session:
        session.execute(text(damage))

    assert verify(parts).broken == DAMAGE[damage]
