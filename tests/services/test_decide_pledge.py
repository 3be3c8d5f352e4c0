from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from fundtracker.domain.actors import Actor
from fundtracker.domain.audit import Action
from fundtracker.domain.errors import Changed, InvalidText, NotNow, UnknownPledge
from fundtracker.domain.money import Money
from fundtracker.domain.pledges import PledgeStatus
from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals
from fundtracker.services.change_pledge import Shown
from fundtracker.services.decide_pledge import (
    cancel_pledge,
    confirm_pledge,
    reopen_pledge,
    write_off_pledge,
)
from fundtracker.services.verify import Report, verify
from fundtracker.store.audit import AuditRow
from tests.factories.pledges import a_pledge, read
from tests.factories.rows import a_fund
from tests.support.telling import whole

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from fundtracker.store.funds import FundRow

EVERYWHERE = Scope.everything()
POUNDS = Money(10_000, "GBP")
CHECKER = Actor.staff("checker")


@pytest.fixture
def desk(parts: Parts) -> Parts:
    return parts.acting(Actor.staff("treasurer"))


@pytest.fixture
def fund(parts: Parts) -> FundRow:
    with parts.database.unit_of_work() as session:
        return a_fund(session)


def shown(parts: Parts, token: str) -> Shown:
    return Shown(token, read(parts, token).version)


def test_confirming_moves_it_from_one_layer_to_the_other(desk: Parts, fund: FundRow) -> None:
    token = a_pledge(desk, fund.slug, POUNDS, status=PledgeStatus.UNCONFIRMED).token
    before = desk.broker.newer(fund.slug, 0, 0)

    confirm_pledge(desk.acting(CHECKER), shown(desk, token), EVERYWHERE)

    row = read(desk, token)
    assert (row.status, row.version, row.confirmed_at) == (PledgeStatus.OPEN, 2, desk.clock())
    assert whole(desk, fund.id) == Totals(pledged=11_500, pledges=1)
    assert (desk.broker.newer(fund.slug, 0, 0) or 0) > (before or 0)
    with desk.database.reading() as session:
        assert list(session.scalars(select(AuditRow.action))) == [Action.PLEDGE_CONFIRMED]
    with pytest.raises(NotNow):
        confirm_pledge(desk.acting(CHECKER), shown(desk, token), EVERYWHERE)


def test_confirming_one_that_waited_lets_it_count(desk: Parts, fund: FundRow) -> None:
    waiting = PledgeStatus.UNCONFIRMED
    token = a_pledge(desk, fund.slug, POUNDS, status=waiting, counted=False).token

    confirm_pledge(desk.acting(CHECKER), shown(desk, token), EVERYWHERE)

    assert whole(desk, fund.id) == Totals(pledged=11_500, pledges=1)


def test_withdrawn_it_is_not_expected_and_opened_it_is_again(desk: Parts, fund: FundRow) -> None:
    token = a_pledge(desk, fund.slug, POUNDS).token
    with pytest.raises(NotNow):
        reopen_pledge(desk, shown(desk, token), EVERYWHERE)

    cancel_pledge(desk, shown(desk, token), EVERYWHERE, "Somebody else promised it")
    assert whole(desk, fund.id) == Totals()
    with pytest.raises(NotNow):
        cancel_pledge(desk, shown(desk, token), EVERYWHERE)

    reopen_pledge(desk, shown(desk, token), EVERYWHERE)
    assert whole(desk, fund.id) == Totals(pledged=11_500, pledges=1)
    assert verify(desk) == Report((), ())


def test_one_that_was_never_checked_opens_as_one_to_be_checked(desk: Parts, fund: FundRow) -> None:
    token = a_pledge(desk, fund.slug, POUNDS, status=PledgeStatus.UNCONFIRMED).token
    cancel_pledge(desk, shown(desk, token), EVERYWHERE)

    reopen_pledge(desk, shown(desk, token), EVERYWHERE)

    assert whole(desk, fund.id) == Totals(unconfirmed=11_500, pledges=1)


def test_writing_off_asks_for_a_reason(desk: Parts, fund: FundRow) -> None:
    token = a_pledge(desk, fund.slug, POUNDS).token

    with pytest.raises(InvalidText) as refused:
        write_off_pledge(desk, shown(desk, token), EVERYWHERE, " ")
    assert refused.value.field == "reason"
    write_off_pledge(desk, shown(desk, token), EVERYWHERE, "Nobody answers")

    assert read(desk, token).status == PledgeStatus.WRITTEN_OFF
    assert whole(desk, fund.id) == Totals()


def test_who_saw_an_older_version_is_told_and_changes_nothing(desk: Parts, fund: FundRow) -> None:
    token = a_pledge(desk, fund.slug, POUNDS, status=PledgeStatus.UNCONFIRMED).token
    seen = shown(desk, token)
    confirm_pledge(desk.acting(CHECKER), seen, EVERYWHERE)

    with pytest.raises(Changed):
        cancel_pledge(desk, seen, EVERYWHERE)
    assert read(desk, token).status == PledgeStatus.OPEN


def test_beyond_the_scope_there_is_none(desk: Parts, fund: FundRow) -> None:
    token = a_pledge(desk, fund.slug, POUNDS, "GB").token

    with pytest.raises(UnknownPledge):
        cancel_pledge(desk, shown(desk, token), Scope.nothing())
