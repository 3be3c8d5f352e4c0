from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fundtracker.domain.funds import FundStatus
from fundtracker.domain.money import Money
from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals
from fundtracker.services import round_pledges as rounding
from fundtracker.services.allocate import Wanted, allocate, reverse
from fundtracker.services.enter_gift import enter_gift
from fundtracker.services.round_pledges import round_pledges
from fundtracker.services.set_status import set_status
from fundtracker.services.verify import Report, verify
from fundtracker.store import allocations, donations
from tests.factories.pledges import a_pledge, read
from tests.factories.rows import a_fund
from tests.services.test_enter_gift import BY_BANK
from tests.support.telling import whole

if TYPE_CHECKING:
    import pytest

    from fundtracker.services.parts import Parts
    from fundtracker.store.funds import FundRow

EVERYWHERE = Scope.everything()


def paid_with_a_rest(parts: Parts, fund: FundRow) -> tuple[str, str]:
    """A pledge whose three parts are worth a cent less than the whole; return one gift of them."""
    token = a_pledge(parts, fund.slug, Money(1_508, "CLP")).token
    for number, amount in enumerate((503, 503, 502)):
        money = Money(amount, "CLP")
        entered = replace(BY_BANK, attempt=f"form-{number}", amount=money, another=True)
        gift = enter_gift(parts, fund.slug, entered, EVERYWHERE)
        allocate(parts, gift, [Wanted(token)], EVERYWHERE)
    return token, gift


def test_what_rates_left_of_a_paid_pledge_is_given_up_at_the_close(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounding, "_STEP", 1)
    with parts.database.unit_of_work() as session:
        fund = a_fund(session)
    token, gift = paid_with_a_rest(parts, fund)
    open_ = a_pledge(parts, fund.slug, Money(100, "EUR"))
    a_pledge(parts, fund.slug, Money(100, "EUR"))
    rest = whole(parts, fund.id).pledged - 200
    assert rest == 1

    set_status(parts, fund.slug, FundStatus.CLOSED)

    assert whole(parts, fund.id).pledged == 200
    assert read(parts, token).rounded == 1
    assert read(parts, open_.token).version == 1
    assert verify(parts) == Report((), ())
    assert round_pledges(parts, fund.slug) == 0

    with parts.database.reading() as session:
        row = donations.by_token(session, gift, EVERYWHERE)
        part = allocations.of_donation(session, row.id, EVERYWHERE)[0].token
    reverse(parts, part, EVERYWHERE)
    assert read(parts, token).rounded == 0
    assert verify(parts) == Report((), ())


def test_a_fund_without_pledges_has_none(parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        fund = a_fund(session)
    assert round_pledges(parts, fund.slug) == 0
    assert whole(parts, fund.id) == Totals()
