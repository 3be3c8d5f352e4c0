"""The fund is paused, held, closed or started for real while somebody types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect
from sqlalchemy import update

from fundtracker.services.hold import hold
from fundtracker.store.desks import DeskRow
from fundtracker.store.funds import FundRow
from fundtracker.web.context import context_of
from tests.web.desk.room import LINES, SLUG, queued

if TYPE_CHECKING:
    from tests.support.desk_page import Teller
    from tests.web.desk.room import Room


def becomes(room: Room, **changes: Any) -> None:  # noqa: ANN401 - whatever columns a fund has
    with room.office.database.unit_of_work() as session:
        session.execute(update(FundRow).values(**changes))


def test_paused_it_keeps_lines_waiting_with_its_sentence(room: Room, anna: Teller) -> None:
    becomes(room, status="paused")
    anna.calls("GB 5")
    anna.waits(1, "The fund is paused")

    becomes(room, status="open")

    anna.does_not_wait(lambda: queued(anna) == [])
    anna.has_sent_everything()
    expect(anna.line()).to_contain_text("£5.00")


def test_closed_its_lines_can_be_looked_at_and_thrown_away(room: Room, anna: Teller) -> None:
    becomes(room, status="closed")
    anna.calls("GB 5")
    anna.waits(1, "The fund is closed")

    anna.presses("Shift+ArrowUp")
    expect(anna.field).to_have_value("GB 5")
    anna.page.keyboard.press("Control+a")
    anna.presses("Backspace", "Enter")

    expect(anna.waiting).to_have_count(0)
    assert queued(anna) == []


def test_started_for_real_it_gets_nothing_of_what_was_rehearsed(room: Room, anna: Teller) -> None:
    becomes(room, rehearsal=True)
    anna.opens(room.desk)
    anna.page.route(LINES, lambda route: route.abort())
    anna.calls("GB 1000")
    anna.waits(1, "no connection")
    becomes(room, rehearsal=False)

    anna.page.unroute(LINES)

    expect(anna.page.locator("[data-foreign]")).to_be_visible(timeout=30_000)
    assert anna.lines.count() == 0
    assert len(queued(anna)) == 1


def test_held_it_is_shown_beside_the_truth(room: Room, anna: Teller) -> None:
    hold(context_of(room.office.app).parts, SLUG)
    anna.sends("GB 1000", "£1,000.00")

    expect(anna.page.locator("[data-field=true]")).to_have_text("€1,150")
    expect(anna.page.locator("[data-field=hall-title]")).to_have_text(re.compile("held since"))
    expect(anna.page.locator("[data-field=hall-number]")).to_have_text("€0")


def test_the_second_of_two_keyers_types_blind_and_confirms(room: Room, anna: Teller) -> None:
    with room.office.database.unit_of_work() as session:
        session.execute(update(DeskRow).values(two_keyers=True))
    anna.sends("GB 5", "£5.00")
    berta = room.seats("berta", "?blind")
    expect(berta.field).to_be_focused()
    assert berta.lines.count() == 0
    assert not berta.page.get_by_text("Total now").is_visible()

    berta.sends("GB 5", "£5.00")

    expect(anna.line(1)).to_contain_text("✓")
    expect(anna.line(0)).to_be_hidden()
    expect(berta.lines).to_have_count(1)


def test_what_was_typed_blind_and_is_not_clear_is_never_parked_as_a_call(room: Room) -> None:
    with room.office.database.unit_of_work() as session:
        session.execute(update(DeskRow).values(two_keyers=True))
    berta = room.seats("berta", "?blind")
    expect(berta.field).to_be_focused()
    berta.page.context.set_offline(True)
    berta.calls("GB 20 500")
    berta.waits(1, "no connection")

    berta.page.context.set_offline(False)

    berta.waits(0, "connected")
    expect(berta.waiting).to_contain_text("! came back")
    assert berta.lines.count() == 0
