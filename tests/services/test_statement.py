from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from fundtracker.domain.desk.values import PaidBy
from fundtracker.domain.donations import Method
from fundtracker.domain.filters import LedgerFilter
from fundtracker.domain.money import Money
from fundtracker.domain.pledges import PledgeStatus
from fundtracker.domain.scope import Scope
from fundtracker.services.allocate import Wanted, allocate
from fundtracker.services.enter_gift import Entered, enter_gift
from fundtracker.services.reverse_gift import reverse_gift
from fundtracker.services.statement import StatementLine, statement
from fundtracker.store import funds, totals
from tests.factories.pledges import a_pledge
from tests.factories.rows import a_donation
from tests.factories.stripe import Payment, event
from tests.support.telling import tell_and_settle
from tests.support.treasure import SLUG, Chest, a_chest

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts


@pytest.fixture
def chest(parts: Parts) -> Chest:
    return a_chest(parts)


def lines(chest: Chest, scope: Scope | None = None, **wanted: str) -> list[StatementLine]:
    scope = scope or Scope.everything()
    with chest.parts.database.reading(scope) as session:
        fund = funds.by_slug(session, SLUG)
        return statement(session, fund, LedgerFilter.parse({"fund": SLUG, **wanted}), scope)


def told(lines: list[StatementLine], entry: str, *fields: str) -> list[tuple[Any, ...]]:
    return [
        (line.section, *(getattr(line, name) for name in fields))
        for line in lines
        if line.entry == entry
    ]


def test_received_stands_in_both_currencies_with_its_rate(chest: Chest) -> None:
    chest.gift(5000, "GBP", "GB", refunded=2000)
    chest.gift(1000, "GBP", "GB")
    chest.gift(2500, "EUR", "GB")
    chest.gift(100, "EUR")

    fields = ("currency", "rate", "donations", "given", "returned", "kept", "received")
    assert told(lines(chest), "received", *fields) == [
        ("GB", "EUR", "1", 1, 2500, 0, 2500, 2500),
        ("GB", "GBP", "1.15", 2, 6000, 2000, 4000, 4600),
        ("", "EUR", "1", 1, 100, 0, 100, 100),
    ]


def test_costs_stand_in_the_currency_of_the_settlement(chest: Chest) -> None:
    chest.gift(5000, "GBP", "GB", settled=5700, fee=137)
    chest.gift(5000, "GBP", "GB", settled=5700, fee=137)
    chest.gift(5000, "GBP", "CH")

    assert told(lines(chest), "fees", "currency", "costs") == [("GB", "EUR", 274)]


def test_costs_that_came_back_whole_are_none(chest: Chest) -> None:
    chest.gift(5000, "EUR", "GB", refunded=1, settled=5000, fee=137, fee_back=137)

    assert told(lines(chest), "fees", "costs") == []


def test_a_gift_that_was_entered_and_reversed_has_no_line(chest: Chest) -> None:
    entered = Entered(
        "a-form-of-today", Method.BANK, "GB", Money(5000, "GBP"), date(2026, 6, 11), "Bank"
    )
    token = enter_gift(chest.parts, SLUG, entered, Scope.everything())
    assert len(told(lines(chest), "received")) == 1

    reverse_gift(chest.parts, token, "counted twice", Scope.everything())

    assert told(lines(chest), "received") == []


def test_the_exchange_difference_is_told_apart_once_it_is_known(chest: Chest) -> None:
    # 57.50 at the frozen rate, 57.00 at Stripe's.
    chest.gift(5000, "GBP", "GB", settled=5700, fee=137)
    chest.gift(5000, "GBP", "CH")
    chest.gift(5000, "EUR", "CH", settled=5000, fee=100)

    assert told(lines(chest), "received", "currency", "received", "exchange") == [
        ("CH", "EUR", 5000, None),
        ("CH", "GBP", 5750, None),
        ("GB", "GBP", 5750, -50),
    ]


def test_what_a_bank_took_beyond_the_gift_is_a_loss(chest: Chest) -> None:
    chest.gift(5000, "GBP", "GB", refunded=4000, disputed=3000)

    found = lines(chest)

    assert told(found, "received", "kept", "received", "donations") == [("GB", 0, 0, 0)]
    assert told(found, "losses", "currency", "costs") == [("GB", "GBP", 2000)]


def test_promises_stand_in_both_currencies_with_what_is_still_due(chest: Chest) -> None:
    paid = a_pledge(chest.parts, SLUG, Money(10_000, "GBP"), "GB")
    a_pledge(chest.parts, SLUG, Money(500, "GBP"), "GB")
    a_pledge(chest.parts, SLUG, Money(700, "GBP"), "GB", status=PledgeStatus.UNCONFIRMED)
    a_pledge(chest.parts, SLUG, Money(300, "GBP"), "GB", paid_by=PaidBy.CASH)
    gift = chest.gift(4000, "GBP", "GB")
    allocate(chest.parts, gift.token, [Wanted(paid.token)], Scope.everything())

    fields = ("currency", "rate", "pledges", "pledged", "due", "promised", "still_due", "exchange")
    found = lines(chest)
    assert told(found, "promised", *fields) == [
        ("GB", "GBP", "1.15", 2, 10_500, 6500, 12_075, 7475, None)
    ]
    assert told(found, "being_checked", *fields) == [
        ("GB", "GBP", "1.15", 2, 1000, 1000, 1150, 1150, None)
    ]
    with chest.parts.database.reading() as session:
        kept = totals.of_fund(session, chest.fund.id, Scope.everything())
    assert (kept[chest.sections["GB"]].pledged, kept[chest.sections["GB"]].unconfirmed) == (
        7475,
        1150,
    )


def test_what_gifts_were_worth_at_rates_of_their_own_is_told_apart(chest: Chest) -> None:
    pledge = a_pledge(chest.parts, SLUG, Money(10_000, "GBP"), "GB")
    with chest.parts.database.unit_of_work() as session:
        row = a_donation(
            session,
            chest.fund,
            section_id=chest.sections["GB"],
            amount=4000,
            rate_mantissa=120,
            rate_scale=2,
        )
    tell_and_settle(chest.parts, event(Payment(row.token, 4000).session()))
    allocate(chest.parts, row.token, [Wanted(pledge.token)], Scope.everything())

    assert told(lines(chest), "promised", "promised", "still_due", "exchange") == [
        ("GB", 11_500, 6900, 200)
    ]
    swiss = Scope.of([chest.sections["CH"]])
    assert told(lines(chest, swiss), "promised", "promised") == []


def test_a_section_sees_its_own_lines_alone(chest: Chest) -> None:
    chest.gift(section="GB")
    chest.gift(section="CH")
    chest.gift()
    mine = Scope.of([chest.sections["GB"]])

    assert {line.section for line in lines(chest)} == {"GB", "CH", ""}
    assert {line.section for line in lines(chest, mine)} == {"GB"}
    assert lines(chest, mine, section="CH") == lines(chest, mine, section="XX") == []
    assert {line.section for line in lines(chest, section="-")} == {""}


def test_the_lines_of_a_fund_come_to_its_total(chest: Chest) -> None:
    chest.gift(3333, "GBP", "GB", refunded=1)
    chest.gift(777, "CHF", "CH")
    chest.gift(5_000, "CLP")

    with chest.parts.database.reading() as session:
        kept = totals.of_fund(session, chest.fund.id, Scope.everything())
    assert sum(line.received or 0 for line in lines(chest)) == sum(
        part.received for part in kept.values()
    )


def test_a_filter_narrows_what_is_received(chest: Chest) -> None:
    chest.gift()

    assert told(lines(chest, method="bank"), "received") == []
    assert len(told(lines(chest, method="online"), "received")) == 1
