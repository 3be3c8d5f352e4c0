from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.actors import Actor
from fundtracker.domain.donations import Method
from fundtracker.domain.money import Money
from fundtracker.domain.references import reference
from fundtracker.domain.scope import Scope
from fundtracker.services.enter_gift import Entered, enter_gift
from fundtracker.services.find_matches import Match, Why, matches, reject
from fundtracker.store.funds import FundRow
from tests.factories.pledges import a_pledge
from tests.support.treasure import SLUG, Chest, a_chest

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts

EVERYWHERE = Scope.everything()


@pytest.fixture
def chest(parts: Parts) -> Chest:
    return a_chest(parts.acting(Actor.staff("treasurer")))


def found(chest: Chest, scope: Scope = EVERYWHERE, *, of_the_fund: bool = False) -> list[Match]:
    fund_id = chest.fund.id if of_the_fund else None
    with chest.parts.database.reading(scope) as session:
        return matches(session, fund_id, scope, chest.parts.clock())


def told(chest: Chest, scope: Scope = EVERYWHERE) -> list[tuple[str, str, Why]]:
    return [(each.gift.token, each.pledge.token, each.why) for each in found(chest, scope)]


def entered(chest: Chest, minor: int, text: str, section: str = "GB") -> str:
    gift = Entered(
        f"a-form-of-today-{text}",
        Method.BANK,
        section,
        Money(minor, "GBP"),
        chest.parts.clock().date(),
        "Bank",
        reference=text,
    )
    return enter_gift(chest.parts, SLUG, gift, EVERYWHERE)


def test_a_reference_finds_the_pledge_whatever_its_section_and_sum(chest: Chest) -> None:
    pledge = a_pledge(chest.parts, SLUG, Money(90_000, "GBP"), "CH")
    token = entered(chest, 1234, f"thanks {reference(pledge.number)[2:].lower()}")

    (match,) = found(chest)

    assert (match.gift.token, match.pledge.token) == (token, pledge.token)
    assert match.why is Why.REFERENCE
    assert match.plan.lowers == 1419
    assert match.why.label


def test_a_gift_too_small_to_pay_anything_is_no_match(chest: Chest) -> None:
    pledge = a_pledge(chest.parts, SLUG, Money(90_000, "GBP"), "CH")
    gift = Entered(
        "a-form-of-today",
        Method.BANK,
        "GB",
        Money(4, "CLP"),
        chest.parts.clock().date(),
        "Bank",
        reference=reference(pledge.number),
    )
    enter_gift(chest.parts, SLUG, gift, EVERYWHERE)

    assert found(chest) == []


def test_the_same_section_and_sum_within_the_hour_go_before_others(chest: Chest) -> None:
    clock = chest.parts.clock
    old = a_pledge(chest.parts, SLUG, Money(5000, "GBP"), "GB")
    clock.now += timedelta(hours=5)  # type: ignore[attr-defined] # a clock of tests
    near = a_pledge(chest.parts, SLUG, Money(5000, "GBP"), "GB")
    first = chest.gift(5000, "GBP", "GB").token
    second = chest.gift(5000, "GBP", "GB").token

    assert told(chest) == [(second, near.token, Why.HOUR), (first, old.token, Why.AMOUNT)]


def test_a_transfer_says_nothing_of_the_hour(chest: Chest) -> None:
    pledge = a_pledge(chest.parts, SLUG, Money(5000, "GBP"), "GB")
    token = entered(chest, 5000, "no number")

    assert told(chest) == [(token, pledge.token, Why.AMOUNT)]


def test_what_differs_in_anything_is_no_match(chest: Chest) -> None:
    a_pledge(chest.parts, SLUG, Money(5000, "GBP"), "GB")
    a_pledge(chest.parts, SLUG, Money(5000, "GBP"))
    chest.gift(5000, "GBP", "CH")
    chest.gift(5000, "EUR", "GB")
    chest.gift(5001, "GBP", "GB")
    chest.gift(5000, "GBP")

    assert told(chest) == []


def test_what_somebody_said_no_to_is_not_offered_again_but_another_is(chest: Chest) -> None:
    first = a_pledge(chest.parts, SLUG, Money(5000, "GBP"), "GB")
    second = a_pledge(chest.parts, SLUG, Money(5000, "GBP"), "GB")
    gift = chest.gift(5000, "GBP", "GB").token

    reject(chest.parts, gift, first.token, EVERYWHERE)

    assert told(chest) == [(gift, second.token, Why.HOUR)]


def test_a_section_is_offered_its_own_alone(chest: Chest) -> None:
    a_pledge(chest.parts, SLUG, Money(5000, "GBP"), "GB")
    chest.gift(5000, "GBP", "GB")
    foreign = a_pledge(chest.parts, SLUG, Money(90_000, "GBP"), "GB")
    entered(chest, 1234, reference(foreign.number), "CH")

    assert len(told(chest)) == 2
    assert told(chest, Scope.of([chest.sections["CH"]])) == []


def test_a_rehearsal_is_looked_through_by_name_alone(chest: Chest) -> None:
    a_pledge(chest.parts, SLUG, Money(5000, "GBP"), "GB")
    chest.gift(5000, "GBP", "GB")
    with chest.parts.database.unit_of_work() as session:
        session.get_one(FundRow, chest.fund.id).rehearsal = True

    assert found(chest) == []
    assert len(found(chest, of_the_fund=True)) == 1
