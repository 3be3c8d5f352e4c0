from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from fundtracker.domain.errors import Invalid
from fundtracker.domain.funds import FundStatus
from fundtracker.services.catch_up import read_events, read_transactions
from fundtracker.services.sample.play import MODEL, end_evening, play, prepare_evening
from fundtracker.services.sample.seed import prepare
from fundtracker.services.sample.tables import FOUNDING
from fundtracker.services.settle import settle_all
from fundtracker.services.verify import Report, verify
from fundtracker.store import funds, snapshots
from fundtracker.store.calls import CallRow

if TYPE_CHECKING:
    from fundtracker.domain.funds import Fund
    from fundtracker.domain.snapshot import Snapshot
    from fundtracker.services.parts import Parts
    from fundtracker.services.sample.provider import Provider
    from tests.support.clocks import Clock


def snapshot(parts: Parts, slug: str) -> Snapshot:
    with parts.database.reading() as session:
        return snapshots.load_true(session, slug)


def statuses(parts: Parts) -> dict[str, FundStatus]:
    with parts.database.reading() as session:
        return {fund.slug: fund.status for fund in funds.all_funds(session)}


@pytest.fixture
def evening(parts: Parts) -> Fund:
    prepare(parts, FOUNDING)
    return prepare_evening(parts)


def test_an_evening_is_an_empty_rehearsal_like_the_sample(parts: Parts, evening: Fund) -> None:
    assert (evening.slug, evening.rehearsal, evening.status) == (
        "evening-1",
        True,
        FundStatus.OPEN,
    )
    empty, model = snapshot(parts, evening.slug), snapshot(parts, MODEL)
    assert (empty.headline, empty.target) == (0, model.target)
    assert [line.code for line in empty.sections] == [line.code for line in model.sections]


def test_the_next_evening_has_a_fund_of_its_own_and_the_last_is_put_away(
    parts: Parts, evening: Fund
) -> None:
    end_evening(parts, evening.slug)
    second = prepare_evening(parts)
    prepare_evening(parts)

    assert second.slug == "evening-2"
    assert statuses(parts) == {
        MODEL: FundStatus.OPEN,
        "evening-1": FundStatus.ARCHIVED,
        "evening-2": FundStatus.ARCHIVED,
        "evening-3": FundStatus.OPEN,
    }


def test_without_the_sample_there_is_nothing_to_play(parts: Parts) -> None:
    with pytest.raises(Invalid, match="flask demo seed"):
        prepare_evening(parts)


def test_an_evening_is_played_to_its_end(
    parts: Parts, provider: Provider, evening: Fund, clock: Clock
) -> None:
    began, crossed = clock(), []

    def until(moment: float) -> None:
        clock.advance(moment - (clock() - began).total_seconds())
        if snapshot(parts, evening.slug).headline >= evening.target:
            crossed.append(moment)

    said = list(play(parts, provider, evening, until))
    read_events(parts)
    read_transactions(parts)
    settle_all(parts)

    # The first look after the call that crosses is that of the next cue.
    assert 130 < crossed[0] < 133
    end = snapshot(parts, evening.slug)
    assert end.headline > evening.target * 11 // 10
    assert (end.donations, end.rehearsal) == (12, True)
    with parts.database.reading() as session:
        rows = session.scalars(select(CallRow)).all()
    assert len(rows) == 90 + 2
    # One was wrong, one was heard twice, one was unclear.
    assert sum(row.state == "taken_back" for row in rows) == 2
    assert sum(row.state == "parked" for row in rows) == 1
    assert any("two tellers" in sentence for sentence in said)
    assert snapshot(parts, MODEL).headline == 0
    assert verify(parts) == Report((), ())
