"""No line is lost: they arrive in order, each once, whatever happens in between."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.support.desk_page import Teller
from tests.web.desk.room import LINES, SLUG, queued

if TYPE_CHECKING:
    from playwright.sync_api import Request, Route

    from tests.web.desk.room import Room


def test_without_a_network_lines_wait_and_go_in_order(anna: Teller) -> None:
    anna.page.context.set_offline(True)
    for line in ("GB 1", "GB 20 500", "GB 3"):
        anna.calls(line)
    anna.waits(3, "no connection")
    expect(anna.waiting).to_have_count(3)

    anna.page.context.set_offline(False)

    anna.has_sent_everything()
    expect(anna.lines).to_have_count(3)
    expect(anna.line(2)).to_contain_text("£1.00")
    # Nobody waited for its question any more: it is parked where all see it.
    expect(anna.line(1)).to_contain_text("~ parked")
    expect(anna.line(0)).to_contain_text("£3.00")
    assert queued(anna) == []


def test_a_command_that_came_too_late_is_shown_and_not_parked(anna: Teller) -> None:
    anna.page.context.set_offline(True)
    anna.calls("/undo #7")
    anna.waits(1, "no connection")

    anna.page.context.set_offline(False)

    expect(anna.waiting).to_contain_text("/undo #7")
    expect(anna.waiting).to_contain_text("! came back")
    assert anna.lines.count() == 0


def test_lines_after_a_level_that_was_not_set_count_at_no_other_one(anna: Teller) -> None:
    anna.calls("/level 20 EUR")
    expect(anna.page.locator("[data-field=level]")).to_contain_text("20.00")
    anna.page.context.set_offline(True)
    for line in ("GB", "/level 500 XYZ", "CH", "GB 7"):
        anna.calls(line)
    anna.waits(4, "no connection")

    anna.page.context.set_offline(False)

    anna.waits(0, "connected")
    expect(anna.waiting).to_contain_text("/level 500 XYZ")
    expect(anna.line(2)).to_contain_text("€20.00")
    # What was meant was never called up: it is parked where all see it.
    expect(anna.line(1)).to_contain_text("~ parked")
    expect(anna.line(0)).to_contain_text("£7.00")


def test_lines_after_a_level_are_sent_with_what_it_set(anna: Teller) -> None:
    told: list[dict[str, object]] = []
    anna.page.on(
        "request",
        lambda request: (
            told.append(json.loads(request.post_data or "{}"))
            if request.url.endswith("/lines")
            else None
        ),
    )
    anna.page.context.set_offline(True)
    for line in ("/level 500 EUR", "GB", "CH"):
        anna.calls(line)
    anna.waits(3, "no connection")
    told.clear()

    anna.page.context.set_offline(False)

    anna.has_sent_everything()
    expect(anna.line()).to_contain_text("€500.00")
    last = {str(each["line"]): each.get("level") for each in told}
    assert {line: level and level["minor"] for line, level in last.items()} == {  # type: ignore[index]
        "/level 500 EUR": None,
        "GB": 50_000,
        "CH": 50_000,
    }


def test_a_level_that_changes_while_a_line_is_in_the_field_is_asked_about(
    room: Room, anna: Teller
) -> None:
    anna.calls("/level 20 EUR")
    anna.types("GB")
    anna.reads("€20.00")
    room.seats("berta").calls("/level 500 EUR")
    expect(anna.page.locator("[data-field=level]")).to_contain_text("500.00")

    anna.presses("Enter")

    anna.reads("€500.00 is called up by now", "€20.00 when this was typed")
    assert anna.lines.count() == 0
    anna.presses("1")
    anna.reads("€500.00")
    anna.presses("Enter")
    expect(anna.line()).to_contain_text("€500.00")


def test_a_level_of_somebody_else_that_comes_between_is_asked_about(
    room: Room, anna: Teller
) -> None:
    anna.calls("/level 20 EUR")
    expect(anna.page.locator("[data-field=level]")).to_contain_text("20.00")
    # The news does not reach her.
    anna.page.route("**/state?*", lambda route: route.abort())
    berta = room.seats("berta")
    berta.calls("/level 500 EUR")
    expect(berta.page.locator("[data-field=level]")).to_contain_text("500.00")

    anna.calls("GB")

    anna.reads("€500.00 is called up by now", "€20.00 when this was typed")
    anna.presses("2")
    expect(anna.field).to_have_value("GB 20 EUR")
    anna.presses("Enter")
    expect(anna.line()).to_contain_text("€20.00")


def test_a_reload_in_the_middle_loses_nothing(anna: Teller) -> None:
    anna.page.route(LINES, lambda route: route.abort())
    anna.calls("GB 1")
    anna.calls("GB 2")
    anna.waits(2, "no connection")

    anna.page.reload()
    expect(anna.waiting).to_have_count(2)
    anna.page.unroute(LINES)

    anna.has_sent_everything()
    expect(anna.line(1)).to_contain_text("£1.00")
    expect(anna.line(0)).to_contain_text("£2.00")
    expect(anna.lines).to_have_count(2)


def test_an_answer_that_is_lost_books_nothing_twice(anna: Teller) -> None:
    ids: list[str] = []

    def swallow(route: Route) -> None:
        ids.append(json.loads(route.request.post_data or "")["client_id"])
        route.fetch()
        route.abort()

    anna.page.route(LINES, swallow, times=2)
    anna.calls("GB 7")

    anna.has_sent_everything()
    expect(anna.lines).to_have_count(1)
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_signed_out_the_queue_stays_and_goes_after_signing_in(room: Room, anna: Teller) -> None:
    answered: list[str] = []
    anna.page.on("response", lambda answer: answered.append(answer.url))
    anna.page.context.clear_cookies()
    with anna.page.expect_response(lambda answer: answer.status == 303):
        anna.calls("GB 7")
    anna.waits(1, "Signed out")
    expect(anna.page.get_by_role("link", name="Sign in again")).to_be_visible()

    room.lets_in(anna.page.context, "anna")

    anna.does_not_wait(lambda: queued(anna) == [])
    anna.has_sent_everything()
    expect(anna.line()).to_contain_text("£7.00")
    expect(anna.lines).to_have_count(1)
    # The cookie of that page's form would push out that of whoever signs in at the same moment.
    assert not any("/sign-in" in address for address in answered)


def test_nobody_elses_queue_is_sent(room: Room, anna: Teller) -> None:
    anna.page.route(LINES, lambda route: route.abort())
    anna.calls("GB 7")
    anna.waits(1, "no connection")
    anna.page.goto("about:blank")
    anna.page.unroute(LINES)

    room.lets_in(anna.page.context, "berta")
    anna.opens(room.desk)
    expect(
        anna.page.get_by_text("typed for something else wait on this computer (1)")
    ).to_be_visible()
    anna.sends("GB 8", "£8.00")
    expect(anna.lines).to_have_count(1)

    room.lets_in(anna.page.context, "anna")
    anna.opens(room.desk)
    expect(anna.line()).to_contain_text("£7.00")


def test_the_queue_of_a_rehearsal_is_not_sent_into_the_real_fund(room: Room, anna: Teller) -> None:
    anna.page.evaluate(
        """slug => localStorage.setItem(`desk/${slug}/rehearsal-key/somebody/000000000000001-a`,
          JSON.stringify({id: "a", line: "GB 1000", typed_at: "2026-06-12T18:00:00Z"}))""",
        SLUG,
    )
    anna.page.reload()
    notice = anna.page.locator("[data-foreign]")
    expect(notice).to_be_visible()

    notice.get_by_role("button").click()
    expect(notice).to_contain_text("Press once more")
    notice.get_by_role("button").click()

    expect(notice).to_be_hidden()
    assert queued(anna) == []
    assert anna.lines.count() == 0


def test_without_a_stream_the_desk_asks(room: Room, anna: Teller) -> None:
    berta = room.seats("berta", "/check")
    berta.page.route("**/stream", lambda route: route.fulfill(status=503))
    berta.opens(room.desk)
    anna.sends("GB 5", "£5.00")
    expect(berta.line()).to_contain_text("£5.00")


def test_one_tab_sends_for_all(room: Room, anna: Teller) -> None:
    sent: list[Request] = []
    anna.page.context.on(
        "request",
        lambda request: sent.append(request) if request.url.endswith("/lines") else None,
    )
    other = Teller(anna.page.context.new_page())
    other.opens(room.desk)
    other.waits(0, "another tab sends")

    other.sends("GB 5", "£5.00")
    expect(anna.line()).to_contain_text("£5.00")
    assert [request.frame.page for request in sent] == [anna.page]

    anna.page.close()
    other.has_sent_everything()
    other.sends("GB 6", "£6.00")


def test_the_same_id_with_other_content_is_shown_and_the_teller_chooses(anna: Teller) -> None:
    with anna.page.expect_request(LINES) as sent:
        anna.sends("GB 5", "£5.00")
    known = json.loads(sent.value.post_data or "")["client_id"]
    with_other_content = """([id, name]) => localStorage.setItem(`${name}000000000000001-${id}`,
      JSON.stringify({id, line: "GB 6", typed_at: new Date().toISOString()}))"""
    name = anna.page.evaluate("navigator.locks.query().then(({ held }) => held[0].name)")
    anna.page.evaluate(with_other_content, [known, name])
    anna.page.reload()

    choice = anna.page.get_by_role("alertdialog")
    expect(choice).to_contain_text("GB 6")
    expect(choice).to_contain_text("£5.00")
    expect(anna.lines).to_have_count(1)
    choice.get_by_role("button", name="send mine all the same").press("Enter")

    expect(anna.line()).to_contain_text("£6.00")
    expect(choice).to_be_hidden()
    anna.has_sent_everything()


def test_a_browser_that_keeps_nothing_takes_no_line(anna: Teller) -> None:
    anna.page.evaluate(
        """() => { Storage.prototype.setItem = () => {
          throw new DOMException("no", "SecurityError");
        }; }"""
    )
    anna.calls("GB 5")
    expect(anna.field).to_have_value("GB 5")
    expect(anna.told).to_contain_text("This browser keeps nothing")


def test_of_many_lines_that_find_no_room_none_is_kept_and_each_is_sent_once(anna: Teller) -> None:
    anna.page.evaluate(
        """() => { const set = Storage.prototype.setItem; let times = 0;
          Storage.prototype.setItem = function (...what) {
            times += 1;
            if (times === 3) throw new DOMException("no", "QuotaExceededError");
            return set.apply(this, what);
          }; }"""
    )
    anna.pastes("GB 5", "GB 6", "GB 7")
    expect(anna.page.get_by_text("Enter sends 3, and parks 0.")).to_be_visible()

    anna.presses("Enter")
    assert queued(anna) == []
    expect(anna.page.get_by_text("Enter sends 3, and parks 0.")).to_be_visible()
    anna.presses("Enter")

    anna.has_sent_everything()
    expect(anna.lines).to_have_count(3)


def test_what_changed_since_it_was_shown_is_not_confirmed_before_the_teller_chooses(
    room: Room, anna: Teller
) -> None:
    anna.sends("GB 5", "£5.00")
    anna.sends("GB 6", "£6.00")
    berta = room.seats("berta")
    expect(berta.lines).to_have_count(2)
    berta.page.route("**/state*", lambda route: route.abort())
    anna.sends("/fix 1 50", "£50.00")

    berta.calls("/ok 1-3")

    choice = berta.page.get_by_role("alertdialog")
    expect(choice).to_contain_text("/ok 1-3")
    expect(choice).to_contain_text("£50.00")
    expect(choice.get_by_role("button", name="send mine")).to_be_focused()
    berta.presses("2")
    expect(choice).to_be_hidden()
    expect(berta.field).to_be_focused()
    expect(anna.line()).not_to_contain_text("✓")
