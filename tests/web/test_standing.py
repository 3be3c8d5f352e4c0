from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from fundtracker.live.snapshots import Published, Snapshots
from fundtracker.web.standing import standing
from tests.factories.funds import a_fund
from tests.web.pages import app_of_pages
from tests.web.small_app import NOON, make_parts
from tests.web.snapshots import a_snapshot

if TYPE_CHECKING:
    from fundtracker.web.published import Snapshot
    from fundtracker.web.standing import Standing


def stand(snapshot: Snapshot) -> Standing:
    """Return what a page at noon, two in the afternoon in Zurich, says of a fund."""
    published = Published("conference", 7, "7", json.dumps(snapshot).encode())
    app = app_of_pages(make_parts(), Snapshots(lambda _: published, lambda _: 7))
    with app.test_request_context():
        return standing(a_fund(slug="conference"), NOON)


def test_the_number_is_of_this_minute() -> None:
    assert stand(a_snapshot()).time == "14:00"


def test_a_held_number_is_of_the_minute_at_which_it_was_held() -> None:
    assert stand(a_snapshot(mode="hold")).time == "counted up to 20:04"


def test_a_gift_that_was_just_made_is_told_in_its_own_currency() -> None:
    (gift,) = stand(a_snapshot()).recent

    assert (gift.amount, gift.section, gift.people) == ("+ £240", "Britain", "12 people")
    assert gift.time == "20:04"


def test_one_person_of_no_section_is_not_counted() -> None:
    entry = a_snapshot()["recent"][0]
    entry = {**entry, "count": 1, "section": "", "amount": 2550}

    (gift,) = stand(a_snapshot(recent=[entry])).recent

    assert (gift.amount, gift.section, gift.people) == ("+ £25.50", "", "")


def test_milestones_say_when_they_were_reached() -> None:
    reached, ahead = stand(a_snapshot()).milestones

    assert reached.reached == "reached 12 June, 18:20"
    assert (ahead.amount, ahead.reached, ahead.when) == ("€500,000", "", "")


@pytest.mark.parametrize(
    ("at", "when"),
    [("2026-06-12T16:20:00Z", "18:20"), ("2026-06-11T16:20:00Z", "11 June")],
)
def test_the_hall_is_told_the_hour_today_and_the_day_before(at: str, when: str) -> None:
    marks = [{"amount": 10_000_000, "reached_at": at}]

    assert stand(a_snapshot(milestones=marks)).milestones[0].when == when


def test_a_script_finds_the_addresses_and_the_money_of_every_currency() -> None:
    data = stand(a_snapshot()).data

    assert data["addresses"] == {
        "total": "/api/v1/funds/conference/total",
        "stream": "/api/v1/funds/conference/stream",
    }
    assert json.dumps(data["money"]).count("exponent") == 2
    assert data["now"] == "2026-06-12T12:00:00+00:00"
