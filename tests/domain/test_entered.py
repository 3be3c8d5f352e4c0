from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from fundtracker.domain.entered import bounds_of, moment_of, refuse_unless_enterable, reversal
from fundtracker.domain.errors import Invalid, NotNow
from fundtracker.domain.funds import FundStatus
from fundtracker.domain.ledger import Account
from fundtracker.domain.postings import Gift
from fundtracker.domain.postings import given as arrived
from fundtracker.domain.rates import Rate
from tests.factories.funds import a_fund
from tests.support.books import example, lines

FUND = replace(a_fund(), timezone="Europe/Zurich", opens_at=datetime(2026, 6, 1, tzinfo=UTC))
NOW = datetime(2026, 6, 12, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize("status", [FundStatus.OPEN, FundStatus.PAUSED, FundStatus.CLOSED])
def test_money_arrives_while_a_fund_is_open_and_afterwards(status: FundStatus) -> None:
    refuse_unless_enterable(replace(FUND, status=status))


@pytest.mark.parametrize("status", [FundStatus.DRAFT, FundStatus.ARCHIVED])
def test_nothing_is_entered_for_a_draft_or_when_all_is_settled(status: FundStatus) -> None:
    with pytest.raises(NotNow):
        refuse_unless_enterable(replace(FUND, status=status))


def test_a_day_is_its_noon_in_the_funds_timezone() -> None:
    assert moment_of(FUND, date(2026, 6, 10), NOW) == datetime(2026, 6, 10, 10, 0, tzinfo=UTC)


def test_today_is_never_in_the_future() -> None:
    morning = datetime(2026, 6, 12, 6, 0, tzinfo=UTC)

    assert moment_of(FUND, date(2026, 6, 12), morning) == morning


def test_today_begins_when_it_begins_for_the_fund() -> None:
    late = datetime(2026, 6, 12, 22, 30, tzinfo=UTC)

    assert moment_of(FUND, date(2026, 6, 13), late) == late


@pytest.mark.parametrize("day", [date(2026, 6, 13), date(2025, 5, 31), date(2062, 6, 12)])
def test_a_day_to_come_or_long_before_the_fund_is_refused(day: date) -> None:
    with pytest.raises(Invalid) as refused:
        moment_of(FUND, day, NOW)

    assert refused.value.field == "given_on"


def test_a_day_is_as_long_as_its_clocks_say() -> None:
    start, end = bounds_of(FUND, date(2026, 3, 29))

    assert (end.astimezone(UTC) - start.astimezone(UTC)).total_seconds() == 23 * 3600


def test_a_reversal_is_the_gift_the_other_way_round() -> None:
    gift = Gift(1, 2, "Bag 7", "GBP", 5000, "EUR", Rate.parse("1.15"), arrives=Account.CASH)

    back = reversal(arrived(gift, "token"))

    assert (back.source, back.kind) == ("token", "reversal")
    assert lines([back]) == example("cash GBP -50.00 | gifts GBP +50.00 [+57.50]")
