from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from fundtracker.domain.actors import Actor
from fundtracker.domain.errors import Invalid, InvalidText, NotNow, UnknownDonation
from fundtracker.domain.money import Money
from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals
from fundtracker.services.enter_gift import enter_gift
from fundtracker.services.reverse_gift import ReversedBefore, reverse_gift
from fundtracker.services.verify import Report, verify
from fundtracker.store import treasury
from fundtracker.store.audit import AuditRow
from fundtracker.store.funds import FundRow
from tests.factories.rows import a_fund
from tests.services.test_enter_gift import BY_BANK, section_id
from tests.support.telling import Known, books_of, known, whole

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from fundtracker.store.donations import DonationRow

EVERYWHERE = Scope.everything()
WHY = "The amount was read wrongly"


@pytest.fixture
def desk(parts: Parts) -> Parts:
    return parts.acting(Actor.staff("treasurer"))


@pytest.fixture
def fund(parts: Parts) -> FundRow:
    with parts.database.unit_of_work() as session:
        return a_fund(session)


@pytest.fixture
def token(desk: Parts, fund: FundRow) -> str:
    return enter_gift(desk, fund.slug, BY_BANK, EVERYWHERE)


def test_a_reversal_takes_exactly_what_the_gift_brought(
    desk: Parts, fund: FundRow, token: str
) -> None:
    odd = replace(BY_BANK, attempt="form-of-the-day-2", amount=Money(333, "GBP"))
    enter_gift(desk, fund.slug, odd, EVERYWHERE)

    reverse_gift(desk, token, WHY, EVERYWHERE)

    assert known(desk, token) == Known("cancelled", 0)
    assert whole(desk, fund.id) == Totals(received=383, donations=1)
    with desk.database.reading() as session:
        line = treasury.by_token(session, token, EVERYWHERE)
        assert line is not None
        journals = treasury.of_donation(session, line.id, EVERYWHERE)
    assert books_of(desk, line.id) == {}
    assert [journal.kind for journal in journals] == ["gift", "reversal"]
    assert verify(desk) == Report((), ())


def test_a_gift_is_reversed_once(desk: Parts, fund: FundRow, token: str) -> None:
    reverse_gift(desk, token, WHY, EVERYWHERE)

    with pytest.raises(ReversedBefore):
        reverse_gift(desk, token, WHY, EVERYWHERE)
    assert whole(desk, fund.id) == Totals()


def test_why_is_asked_and_kept_apart(desk: Parts, token: str) -> None:
    with pytest.raises(InvalidText):
        reverse_gift(desk, token, "  ", EVERYWHERE)
    reverse_gift(desk, token, WHY, EVERYWHERE)

    with desk.database.reading() as session:
        entry = session.scalars(select(AuditRow).order_by(AuditRow.number.desc())).first()
    assert entry is not None
    assert entry.action == "gift_reversed"
    assert WHY not in entry.facts
    assert WHY in (entry.private or "")


def test_what_came_through_stripe_is_not_reversed(desk: Parts, donation: DonationRow) -> None:
    with pytest.raises(Invalid, match="refunded"):
        reverse_gift(desk, donation.token, WHY, EVERYWHERE)


def test_a_gift_of_another_section_is_not_there(desk: Parts, token: str) -> None:
    with pytest.raises(UnknownDonation):
        reverse_gift(desk, token, WHY, Scope.of([section_id(desk, "CH")]))
    with pytest.raises(UnknownDonation):
        reverse_gift(desk, "nothing", WHY, EVERYWHERE)


def test_nothing_is_changed_in_an_archived_fund(desk: Parts, fund: FundRow, token: str) -> None:
    with desk.database.unit_of_work() as session:
        session.get_one(FundRow, fund.id).status = "archived"

    with pytest.raises(NotNow):
        reverse_gift(desk, token, WHY, EVERYWHERE)
