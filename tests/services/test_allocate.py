from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.actors import Actor
from fundtracker.domain.allocations import AllocationStatus, Share
from fundtracker.domain.errors import (
    Changed,
    Invalid,
    NotNow,
    UnknownAllocation,
    UnknownDonation,
    UnknownPledge,
)
from fundtracker.domain.money import Money
from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals
from fundtracker.services.allocate import (
    Effect,
    Wanted,
    allocate,
    confirm,
    effect,
    propose,
    reverse,
)
from fundtracker.services.enter_gift import enter_gift
from fundtracker.services.reverse_gift import reverse_gift
from fundtracker.services.verify import Report, verify
from fundtracker.store import allocations, donations
from tests.factories.pledges import a_pledge, read, some_pledges
from tests.factories.rows import a_donation, a_fund
from tests.services.test_enter_gift import BY_BANK
from tests.support.telling import whole

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from fundtracker.store.allocations import AllocationRow
    from fundtracker.store.funds import FundRow

EVERYWHERE = Scope.everything()
POUNDS = Money(10_000, "GBP")


@pytest.fixture
def desk(parts: Parts) -> Parts:
    return parts.acting(Actor.staff("treasurer"))


@pytest.fixture
def fund(parts: Parts) -> FundRow:
    with parts.database.unit_of_work() as session:
        return a_fund(session)


@pytest.fixture
def gift(desk: Parts, fund: FundRow) -> str:
    """£60 by bank."""
    return give(desk, fund, 6_000)


def give(desk: Parts, fund: FundRow, amount: int) -> str:
    entered = replace(BY_BANK, attempt=f"form-{amount}", amount=Money(amount, "GBP"), another=True)
    return enter_gift(desk, fund.slug, entered, EVERYWHERE)


def parts_of(desk: Parts, gift: str) -> list[AllocationRow]:
    with desk.database.reading() as session:
        row = donations.by_token(session, gift, EVERYWHERE)
        return allocations.of_donation(session, row.id, EVERYWHERE)


def test_what_it_would_do_is_said_and_nothing_is_done(
    desk: Parts, fund: FundRow, gift: str
) -> None:
    token = a_pledge(desk, fund.slug, POUNDS).token

    said = effect(desk, gift, Wanted(token), EVERYWHERE)

    assert said == Effect(Share(6_000, 6_000, 6_900), lowers=6_900, left=4_000)
    assert whole(desk, fund.id) == Totals(6_900, 11_500, donations=1, pledges=1)


def test_late_it_lowers_the_headline_by_what_was_said(
    desk: Parts, fund: FundRow, gift: str
) -> None:
    token = a_pledge(desk, fund.slug, POUNDS).token
    said = effect(desk, gift, Wanted(token), EVERYWHERE)

    allocate(desk, gift, [Wanted(token, shown=said.share)], EVERYWHERE)

    assert whole(desk, fund.id) == Totals(6_900, 4_600, donations=1, pledges=1)
    row = read(desk, token)
    assert (row.paid, row.paid_base) == (6_000, 6_900)
    assert verify(desk) == Report((), ())


def test_paying_what_counts_nowhere_lowers_nothing(desk: Parts, fund: FundRow, gift: str) -> None:
    token = a_pledge(desk, fund.slug, POUNDS, counted=False).token

    assert effect(desk, gift, Wanted(token), EVERYWHERE).lowers == 0


def test_one_transfer_is_split_over_many_and_the_rest_stays_open(
    desk: Parts, fund: FundRow, gift: str
) -> None:
    first, second, third = some_pledges(desk, fund.slug, [Money(2_500, "GBP")] * 3, "GB")

    several = [Wanted(first.token), Wanted(second.token, 2_000), Wanted(third.token)]
    allocate(desk, gift, several, EVERYWHERE)

    assert [read(desk, row.token).paid for row in (first, second, third)] == [2_500, 2_000, 1_500]
    assert sum(part.given for part in parts_of(desk, gift)) == 6_000
    assert verify(desk) == Report((), ())


def test_all_of_it_or_nothing(desk: Parts, fund: FundRow, gift: str) -> None:
    first, second = some_pledges(desk, fund.slug, [Money(6_000, "GBP")] * 2, "GB")

    with pytest.raises(NotNow):
        allocate(desk, gift, [Wanted(first.token), Wanted(second.token)], EVERYWHERE)
    assert read(desk, first.token).paid == 0


def test_what_is_not_as_it_was_shown_is_not_done(desk: Parts, fund: FundRow, gift: str) -> None:
    token = a_pledge(desk, fund.slug, POUNDS).token
    shown = effect(desk, gift, Wanted(token), EVERYWHERE).share
    allocate(desk, give(desk, fund, 9_000), [Wanted(token)], EVERYWHERE)

    with pytest.raises(Changed):
        allocate(desk, gift, [Wanted(token, shown=shown)], EVERYWHERE)


def test_a_proposal_books_nothing_until_it_is_confirmed(
    desk: Parts, fund: FundRow, gift: str
) -> None:
    token = a_pledge(desk, fund.slug, POUNDS).token
    part = propose(desk, gift, Wanted(token), EVERYWHERE)
    assert whole(desk, fund.id).pledged == 11_500

    confirm(desk, part, EVERYWHERE)

    assert whole(desk, fund.id).pledged == 4_600
    row = parts_of(desk, gift)[0]
    assert (row.status, row.decided_by) == (AllocationStatus.CONFIRMED, "staff:treasurer")
    with pytest.raises(NotNow):
        confirm(desk, part, EVERYWHERE)
    assert verify(desk) == Report((), ())


def test_a_proposal_that_would_do_something_else_by_now_is_not_confirmed(
    desk: Parts, fund: FundRow, gift: str
) -> None:
    token = a_pledge(desk, fund.slug, POUNDS).token
    part = propose(desk, gift, Wanted(token), EVERYWHERE)
    allocate(desk, give(desk, fund, 9_000), [Wanted(token)], EVERYWHERE)

    with pytest.raises(Changed):
        confirm(desk, part, EVERYWHERE)


def test_taken_back_it_is_open_again_and_the_gift_is_free(
    desk: Parts, fund: FundRow, gift: str
) -> None:
    first, second = some_pledges(desk, fund.slug, [Money(3_333, "GBP"), POUNDS], "GB")
    allocate(desk, gift, [Wanted(first.token), Wanted(second.token)], EVERYWHERE)
    before = whole(desk, fund.id)
    part = parts_of(desk, gift)[0]

    reverse(desk, part.token, EVERYWHERE)

    after = whole(desk, fund.id)
    assert read(desk, first.token).paid == 0
    assert read(desk, second.token).paid == 6_000 - 3_333
    assert after.received == before.received
    assert after.pledged - before.pledged in {3_832, 3_833, 3_834}
    assert verify(desk) == Report((), ())
    with pytest.raises(NotNow):
        reverse(desk, part.token, EVERYWHERE)


def test_a_gift_that_is_reversed_opens_what_it_paid(desk: Parts, fund: FundRow, gift: str) -> None:
    token = a_pledge(desk, fund.slug, POUNDS).token
    allocate(desk, gift, [Wanted(token)], EVERYWHERE)

    reverse_gift(desk, gift, "It was read wrongly", EVERYWHERE)

    assert read(desk, token).paid == 0
    assert whole(desk, fund.id) == Totals(pledged=11_500, pledges=1)
    assert verify(desk) == Report((), ())


def test_nothing_pays_with_what_is_not_here(desk: Parts, fund: FundRow, gift: str) -> None:
    token = a_pledge(desk, fund.slug, POUNDS).token
    with desk.database.unit_of_work() as session:
        waiting = a_donation(session, fund).token
        other = a_fund(session)
    elsewhere = a_pledge(desk, other.slug, POUNDS).token

    with pytest.raises(NotNow):
        allocate(desk, waiting, [Wanted(token)], EVERYWHERE)
    with pytest.raises(Invalid):
        allocate(desk, gift, [Wanted(elsewhere)], EVERYWHERE)
    with pytest.raises(UnknownPledge):
        allocate(desk, gift, [Wanted("nobodys")], EVERYWHERE)
    with pytest.raises(UnknownDonation):
        allocate(desk, gift, [Wanted(token)], Scope.nothing())
    with pytest.raises(UnknownDonation):
        effect(desk, gift, Wanted(token), Scope.nothing())
    with pytest.raises(UnknownAllocation):
        reverse(desk, "nobodys", EVERYWHERE)
