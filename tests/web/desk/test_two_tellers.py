"""Two tellers edit one pledge: the second one sees the difference, and chooses by a key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from fundtracker.services.verify import verify
from fundtracker.web.context import context_of
from tests.support.axe import findings
from tests.web.desk.room import LINES, queued

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Route

    from tests.support.desk_page import Teller
    from tests.web.desk.room import Room


@pytest.fixture
def berta(room: Room, anna: Teller) -> Teller:
    """A second teller, who has the first one's line on the screen and hears of nothing newer."""
    anna.sends("GB 5", "£5.00")
    berta = room.seats("berta")
    expect(berta.lines).to_have_count(1)
    berta.page.route("**/state*", lambda route: route.abort())
    return berta


def choice(teller: Teller) -> Locator:
    return teller.page.get_by_role("alertdialog")


def hears_again(teller: Teller) -> None:
    teller.page.unroute("**/state*")


def balanced(room: Room) -> bool:
    return verify(context_of(room.office.app).parts).broken == ()


def test_the_second_amount_is_hers_to_choose_over_the_first(
    room: Room, anna: Teller, berta: Teller
) -> None:
    anna.sends("/fix 1 50", "£50.00")

    berta.calls("/fix 1 7")

    for words in ("/fix 1 7", "£50.00", "now line 2", "1 applies yours to line 2"):
        expect(choice(berta)).to_contain_text(words)
    expect(choice(berta).get_by_role("button", name="send mine")).to_be_focused()
    expect(anna.lines).to_have_count(2)
    assert findings(berta.page) == []
    berta.presses("1")

    expect(choice(berta)).to_be_hidden()
    expect(berta.field).to_be_focused()
    hears_again(berta)
    berta.has_sent_everything()
    expect(berta.line()).to_contain_text("◐ second")
    expect(anna.line()).to_contain_text("£7.00")
    expect(anna.lines).to_have_count(3)
    assert queued(berta) == []
    assert balanced(room)


def test_the_first_name_stays_unless_she_chooses_hers(anna: Teller, berta: Teller) -> None:
    anna.calls('/name 1 "Leeds"')
    expect(anna.line()).to_contain_text("Leeds")

    berta.calls('/name 1 "York"')
    expect(choice(berta)).to_contain_text("Leeds")
    berta.presses("2")
    expect(choice(berta)).to_be_hidden()
    expect(anna.line()).to_contain_text("Leeds")

    anna.calls('/name 1 "Hull"')
    expect(anna.line()).to_contain_text("Hull")
    berta.calls('/name 1 "York"')
    expect(choice(berta)).to_contain_text("Hull")
    berta.presses("1")
    expect(anna.line()).to_contain_text("York")


def test_what_comes_while_she_types_is_not_what_she_meant(anna: Teller, berta: Teller) -> None:
    hears_again(berta)
    berta.types('/name 1 "York')
    anna.calls('/name 1 "Leeds"')
    expect(berta.line()).to_contain_text("Leeds")

    berta.types('"')
    berta.presses("Enter")

    expect(choice(berta)).to_contain_text("Leeds")


def test_a_newer_line_of_somebody_else_is_no_difference(anna: Teller, berta: Teller) -> None:
    anna.sends("GB 6", "£6.00")

    berta.calls('/name 1 "York"')

    expect(anna.line(1)).to_contain_text("York")
    expect(choice(berta)).to_be_hidden()


def test_typed_ahead_without_a_network_it_is_chosen_after_a_reload_and_done_once(
    room: Room, anna: Teller, berta: Teller
) -> None:
    hears_again(berta)
    berta.page.route(LINES, lambda route: route.abort())
    berta.calls("/fix 1 7")
    berta.waits(1, "no connection")
    anna.calls("/undo")
    expect(anna.line()).to_contain_text("taken back")
    berta.page.reload()
    ids: list[str] = []

    def swallow(route: Route) -> None:
        ids.append(json.loads(route.request.post_data or "")["client_id"])
        route.fetch()
        route.abort()

    berta.page.unroute(LINES)
    expect(choice(berta)).to_contain_text("1 books yours anew")
    # The answer to what she has chosen is lost twice.
    berta.page.route(LINES, swallow, times=2)
    choice(berta).get_by_role("button", name="send mine").press("1")

    berta.has_sent_everything()
    expect(berta.line()).to_contain_text("£7.00")
    expect(anna.lines).to_have_count(2)
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert balanced(room)


def test_two_who_take_up_one_parked_line(room: Room, anna: Teller) -> None:
    anna.types("GB five or six")
    anna.presses("Tab")
    expect(anna.line()).to_contain_text("~ parked")
    berta = room.seats("berta")
    expect(berta.line()).to_contain_text("~ parked")
    for teller in (anna, berta):
        teller.presses("Shift+ArrowUp")
        expect(teller.page.get_by_text("mends line 1")).to_be_visible()
        teller.presses("Control+a")
    anna.sends("GB 5", "£5.00")

    berta.calls("GB 6")

    expect(choice(berta)).to_contain_text("1 applies yours to line 2")
    berta.presses("2")
    expect(choice(berta)).to_be_hidden()
    expect(anna.lines).to_have_count(2)
    assert queued(berta) == []
