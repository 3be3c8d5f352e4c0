from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.errors import Invalid, UnknownFund
from fundtracker.domain.funds import FundStatus
from fundtracker.services.set_status import set_status
from fundtracker.store import funds
from tests.factories.rows import a_fund
from tests.support.deeds import deeds

if TYPE_CHECKING:
    from fundtracker.domain.funds import Fund
    from fundtracker.services.parts import Parts
    from tests.support.clocks import Clock


def make(parts: Parts, status: FundStatus) -> None:
    with parts.database.unit_of_work() as session:
        a_fund(session, slug="autumn", status=status)


def autumn(parts: Parts) -> Fund:
    with parts.database.reading() as session:
        return funds.by_slug(session, "autumn")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (FundStatus.DRAFT, FundStatus.OPEN),
        (FundStatus.OPEN, FundStatus.PAUSED),
        (FundStatus.PAUSED, FundStatus.OPEN),
        (FundStatus.OPEN, FundStatus.CLOSED),
        (FundStatus.CLOSED, FundStatus.OPEN),
    ],
)
def test_a_fund_is_opened_paused_and_closed(
    parts: Parts, before: FundStatus, after: FundStatus
) -> None:
    make(parts, before)
    version = autumn(parts).version

    assert set_status(parts, "autumn", after)

    assert autumn(parts).status is after
    assert autumn(parts).version > version
    assert parts.broker.newer("autumn", version, timeout=0) == autumn(parts).version


def test_what_is_so_already_changes_nothing(parts: Parts) -> None:
    make(parts, FundStatus.PAUSED)
    before = autumn(parts)

    assert not set_status(parts, "autumn", FundStatus.PAUSED)

    assert autumn(parts) == before
    assert parts.broker.newer("autumn", before.version, timeout=0) is None


def test_an_archived_fund_stays_so(parts: Parts) -> None:
    make(parts, FundStatus.ARCHIVED)

    with pytest.raises(Invalid, match="archived"):
        set_status(parts, "autumn", FundStatus.OPEN)

    assert autumn(parts).status is FundStatus.ARCHIVED


def test_a_fund_past_its_closing_time_is_not_opened_for_it_would_take_no_gift(
    parts: Parts, clock: Clock
) -> None:
    make(parts, FundStatus.PAUSED)
    clock.advance(60 * 24 * 3600)

    with pytest.raises(Invalid, match="closing time"):
        set_status(parts, "autumn", FundStatus.OPEN)

    assert set_status(parts, "autumn", FundStatus.CLOSED)


def test_a_fund_has_to_be_there(parts: Parts) -> None:
    with pytest.raises(UnknownFund):
        set_status(parts, "autumn", FundStatus.OPEN)


def test_a_fund_that_is_known_is_no_draft_again(parts: Parts) -> None:
    make(parts, FundStatus.PAUSED)

    with pytest.raises(Invalid, match="cannot be a draft again"):
        set_status(parts, "autumn", FundStatus.DRAFT)


def test_the_log_says_from_what_to_what(parts: Parts) -> None:
    make(parts, FundStatus.OPEN)

    set_status(parts, "autumn", FundStatus.CLOSED)

    (deed,) = deeds(parts.database)
    assert (deed.action, deed.subject) == ("fund_changed", "fund:autumn")
    assert deed.facts == {"before": {"status": "open"}, "after": {"status": "closed"}}
