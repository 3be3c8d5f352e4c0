"""The desk in a browser: keys alone, nothing guessed, and no line lost whatever happens."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import expect

from fundtracker.domain.roles import Grant, Role
from tests.factories.rows import a_fund
from tests.factories.staff import a_session
from tests.support.complaints import Complaints
from tests.support.desk_page import Teller
from tests.support.office import Office, opened
from tests.web.pages import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Request, Route

    from fundtracker.store.staff import StaffRow

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SLUG = "conference"
LINES = f"**/desk/{SLUG}/lines"


class Room:
    """A served desk, and a browser for each who sits down at it."""

    def __init__(self, office: Office, browser: Browser, url: str, complaints: Complaints) -> None:
        self.office = office
        self.url = url
        self._browser = browser
        self._complaints = complaints
        self.people: dict[str, StaffRow] = {}

    @property
    def desk(self) -> str:
        return f"{self.url}/desk/{SLUG}"

    def lets_in(self, context: BrowserContext, name: str) -> None:
        """Sign somebody in at a browser, once more if they were there before."""
        member = self.people.get(name)
        if member is None:
            member, client = self.office.seat(Grant(Role.TELLER))
        else:
            client = self.office.client()
            with self.office.database.unit_of_work() as session:
                key = a_session(session, member, datetime.now(UTC))
            with client.session_transaction() as cookie:
                cookie["_user_id"] = key
                cookie["_fresh"] = True
        self.people[name] = member
        found = client.get_cookie("session")
        assert found is not None
        context.add_cookies([{"name": "session", "value": found.value, "url": self.url}])

    def seats(self, name: str = "anna", path: str = "", **options: Any) -> Teller:  # noqa: ANN401 - Playwright's own options
        """Let somebody sit down at a browser of their own."""
        context = self._browser.new_context(
            **{"viewport": {"width": 1366, "height": 768}} | options
        )
        self._complaints.listen(context)
        self.lets_in(context, name)
        teller = Teller(context.new_page())
        teller.page.goto(self.desk + path)
        return teller


@pytest.fixture
def room(sqlite_url: str, tmp_path: Path, browser: Browser) -> Iterator[Room]:
    """Serve the desk of an open fund of two sections."""
    complaints = Complaints()
    known = list(browser.contexts)
    with opened(sqlite_url, tmp_path, csrf=True) as office:
        now = datetime.now(UTC)
        with office.database.unit_of_work() as session:
            a_fund(
                session,
                slug=SLUG,
                opens_at=now - timedelta(days=1),
                closes_at=now + timedelta(days=1),
            )
        with serving(office.app) as url:
            yield Room(office, browser, url, complaints)
            for context in browser.contexts:
                if context not in known:
                    context.close()
    assert complaints.heard == []


@pytest.fixture
def anna(room: Room) -> Teller:
    """A teller at the desk."""
    return room.seats()


def findings(teller: Teller) -> list[tuple[str, str]]:
    """What axe finds wrong, each with the first element at fault."""
    teller.page.evaluate(Path(AXE_FILE_PATH).read_text())
    found: dict[str, Any] = teller.page.evaluate(
        "(rules) => axe.run(document, {runOnly: rules})", RULES
    )
    return [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]


def queued(teller: Teller) -> list[str]:
    """What the browser keeps of lines, raw."""
    kept: list[str] = teller.page.evaluate("Object.values(localStorage)")
    return kept


class TestTyping:
    """Keys alone; what is not clear is asked, never guessed."""

    def test_a_line_is_read_while_it_is_typed_and_sent_by_enter(self, anna: Teller) -> None:
        expect(anna.field).to_be_focused()
        expect(anna.page.locator("[data-none]")).to_contain_text("Type a call, like GB 500")
        anna.types("gb 20 x 20")

        anna.reads("The section GB", "20 people × £20.00", "£400.00", "≈ €460.00", "promise")
        assert anna.lines.count() == 0
        anna.presses("Enter")

        expect(anna.line()).to_contain_text("£400.00")
        expect(anna.told).to_have_text(re.compile("The section GB, £400.00"))
        expect(anna.field).to_have_value("")
        assert queued(anna) == []

    def test_a_question_is_answered_by_a_digit_and_by_nothing_else(self, anna: Teller) -> None:
        anna.types("GB 20 500")
        anna.reads("20 × 500")

        anna.presses("Enter", "Enter", "x", "9")

        expect(anna.echo).to_have_attribute("data-asks", "")
        expect(anna.field).to_have_value("GB 20 500")
        anna.presses("2")
        expect(anna.field).to_have_value("GB 20@500")
        anna.reads("20 people × £500.00")
        anna.presses("Enter")
        expect(anna.line()).to_contain_text("£10,000.00")
        expect(anna.lines).to_have_count(1)

    def test_digits_that_belong_to_the_amount_answer_nothing(self, anna: Teller) -> None:
        anna.types("GB 20 1")
        anna.reads("20 × 1")

        anna.types("00")

        expect(anna.field).to_have_value("GB 20 100")

    def test_esc_goes_back_to_the_line_and_then_clears_it(self, anna: Teller) -> None:
        anna.types("GB 20 500")
        anna.reads("20 × 500")
        anna.presses("Enter", "Escape")
        expect(anna.field).to_have_value("GB 20 500")
        anna.presses("Backspace")
        expect(anna.field).to_have_value("GB 20 50")
        anna.presses("Escape")
        expect(anna.field).to_have_value("")

    def test_a_refused_line_stays_in_the_field(self, anna: Teller) -> None:
        anna.types("GB")
        anna.reads("How much? Type an amount.")

        anna.presses("Enter")

        expect(anna.field).to_have_value("GB")
        expect(anna.told).to_have_text("How much? Type an amount.")
        assert queued(anna) == []

    def test_who_types_faster_than_the_echo_gets_the_question_back(self, anna: Teller) -> None:
        anna.calls("GB 20 500")

        expect(anna.echo).to_have_attribute("data-asks", "")
        anna.presses("2", "Enter")
        expect(anna.line()).to_contain_text("£10,000.00")
        anna.has_sent_everything()
        assert queued(anna) == []

    def test_shift_enter_keeps_the_section_in_the_field(self, anna: Teller) -> None:
        anna.types("gb 5")
        anna.reads("£5.00")
        anna.presses("Shift+Enter")
        expect(anna.field).to_have_value("GB ")
        anna.sends("6", "£6.00")

    def test_tab_parks_and_shift_up_takes_it_up_again(self, anna: Teller) -> None:
        anna.types("GB five or six")
        anna.presses("Tab")
        expect(anna.line()).to_contain_text("~ parked")
        expect(anna.line()).to_contain_text("GB five or six")

        anna.presses("Shift+ArrowUp")
        expect(anna.page.get_by_text("mends line 1")).to_be_visible()
        anna.page.keyboard.press("Control+a")
        anna.sends("GB 5", "£5.00")

        expect(anna.line(1)).to_contain_text("now line 2")

    def test_the_last_line_is_taken_back(self, anna: Teller) -> None:
        anna.sends("GB 5", "£5.00")
        anna.types("/undo")
        anna.presses("Enter")
        expect(anna.line()).to_contain_text("taken back")

    def test_arrows_go_through_earlier_lines(self, anna: Teller) -> None:
        anna.sends("GB 5", "£5.00")
        anna.sends('CH 6 "Zürich"', "CHF 6.00")
        anna.types("half")
        anna.presses("ArrowUp", "ArrowUp")
        expect(anna.field).to_have_value("GB 5")
        anna.presses("ArrowDown", "ArrowDown")
        expect(anna.field).to_have_value("half")

    def test_the_help_opens_and_gives_the_field_back(self, anna: Teller) -> None:
        anna.presses("F1")
        expect(anna.page.get_by_role("dialog")).to_contain_text("twelve people")
        anna.presses("Escape")
        expect(anna.field).to_be_focused()

    def test_many_lines_are_shown_before_one_enter_sends_the_good_ones(self, anna: Teller) -> None:
        anna.pastes("GB 5", "GB 20 500", "QQQ 7", "CH 8 x 3")
        expect(anna.page.get_by_text("Enter sends 2, and parks 2.")).to_be_visible()
        assert anna.lines.count() == 0
        anna.presses("x")

        anna.presses("Enter")

        expect(anna.lines).to_have_count(4)
        expect(anna.line(3)).to_contain_text("£5.00")
        expect(anna.line(2)).to_contain_text("~ parked")
        expect(anna.line(1)).to_contain_text("QQQ 7")
        expect(anna.line(0)).to_contain_text("CHF 24.00")
        expect(anna.field).to_have_value("")

    def test_others_see_a_line_at_once(self, room: Room, anna: Teller) -> None:
        berta = room.seats("berta")
        expect(berta.field).to_be_focused()
        anna.sends("GB 5", "£5.00")
        expect(berta.line()).to_contain_text("£5.00")
        expect(berta.page.locator("[data-tellers] li")).to_have_count(2)


class TestNothingIsLost:
    """In order, each once, after whatever."""

    def test_without_a_network_lines_wait_and_go_in_order(self, anna: Teller) -> None:
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

    def test_a_reload_in_the_middle_loses_nothing(self, anna: Teller) -> None:
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

    def test_an_answer_that_is_lost_books_nothing_twice(self, anna: Teller) -> None:
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

    def test_signed_out_the_queue_stays_and_goes_after_signing_in(
        self, room: Room, anna: Teller
    ) -> None:
        anna.page.context.clear_cookies()
        anna.calls("GB 7")
        anna.waits(1, "Signed out")
        expect(anna.page.get_by_role("link", name="Sign in again")).to_be_visible()

        room.lets_in(anna.page.context, "anna")

        anna.has_sent_everything()
        expect(anna.line()).to_contain_text("£7.00")
        expect(anna.lines).to_have_count(1)

    def test_nobody_elses_queue_is_sent(self, room: Room, anna: Teller) -> None:
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

    def test_the_queue_of_a_rehearsal_is_not_sent_into_the_real_fund(
        self, room: Room, anna: Teller
    ) -> None:
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

    def test_one_tab_sends_for_all(self, room: Room, anna: Teller) -> None:
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

    def test_the_same_id_with_other_content_is_shown_and_the_teller_chooses(
        self, anna: Teller
    ) -> None:
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

    def test_a_browser_that_keeps_nothing_takes_no_line(self, anna: Teller) -> None:
        anna.page.evaluate(
            """() => { Storage.prototype.setItem = () => {
              throw new DOMException("no", "SecurityError");
            }; }"""
        )
        anna.calls("GB 5")
        expect(anna.field).to_have_value("GB 5")
        expect(anna.told).to_contain_text("This browser keeps nothing")


class TestChecking:
    """What is confirmed is what was shown."""

    @pytest.fixture
    def checker(self, room: Room, anna: Teller) -> Teller:
        anna.sends("GB 5", "£5.00")
        anna.sends("CH 6 x 2", "CHF 12.00")
        return room.seats("clara", "/check")

    def test_the_oldest_comes_first_and_enter_confirms_it(
        self, anna: Teller, checker: Teller
    ) -> None:
        card = checker.page.locator("[data-card]")
        expect(card).to_contain_text("£5.00")
        expect(card).to_contain_text("GB 5")

        checker.presses("Enter")

        expect(card).to_contain_text("CHF 12.00")
        expect(anna.line(1)).to_contain_text("✓")

    def test_a_batch_is_confirmed_with_its_sum(self, anna: Teller, checker: Teller) -> None:
        expect(checker.page.locator("[data-field=batch]")).to_have_text("All 2 together: €18.35")
        checker.presses("Shift+Enter")
        expect(checker.page.get_by_text("Nothing to check.")).to_be_visible()
        expect(anna.line(0)).to_contain_text("✓")
        expect(anna.line(1)).to_contain_text("✓")

    def test_a_line_that_was_changed_is_not_confirmed_but_shown(
        self, anna: Teller, checker: Teller
    ) -> None:
        card = checker.page.locator("[data-card]")
        expect(card).to_contain_text("£5.00")
        checker.page.route(
            "**/check",
            lambda route: route.abort() if route.request.method == "GET" else route.fallback(),
        )
        checker.page.route("**/stream", lambda route: route.abort())
        anna.sends("/undo #1", "")
        expect(anna.line(1)).to_contain_text("taken back")

        checker.presses("Enter")

        expect(checker.page.get_by_role("alert")).to_contain_text("It is now taken back")
        expect(anna.line(1)).not_to_contain_text("✓")

    def test_own_lines_are_not_there(self, room: Room, checker: Teller, anna: Teller) -> None:
        anna.page.goto(f"{room.desk}/check")
        expect(anna.page.get_by_text("Nothing to check.")).to_be_visible()

    def test_x_doubts(self, anna: Teller, checker: Teller) -> None:
        checker.presses("x")
        expect(anna.line(1)).to_contain_text("? doubted")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_the_desk_hinders_nobody(room: Room, scheme: str, size: tuple[int, int]) -> None:
    width, height = size
    anna = room.seats(color_scheme=scheme, viewport={"width": width, "height": height})
    anna.sends("GB 5", "£5.00")
    anna.types("GB 20 500")
    anna.reads("20 × 500")
    assert findings(anna) == []
    assert anna.page.evaluate("document.documentElement.scrollWidth") <= width
    anna.presses("Enter", "F1")
    assert findings(anna) == []

    anna.page.goto(f"{room.desk}/check")
    assert findings(anna) == []
    assert anna.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_pages_beside_the_desk_hinder_nobody(room: Room) -> None:
    anna = room.seats(path="/tally", viewport={"width": 390, "height": 844})
    for page in ("/tally", "/prepared", "/difference"):
        anna.page.goto(room.desk + page)
        assert findings(anna) == [], page
        assert anna.page.evaluate("document.documentElement.scrollWidth") <= 390, page


def test_paper_is_compared_with_the_desk(room: Room, anna: Teller) -> None:
    anna.sends("GB 12@20", "£240.00")
    anna.page.goto(f"{room.desk}/difference")

    anna.page.get_by_label("GB The section GB GBP").fill("260")
    anna.page.get_by_role("button", name="Compare").click()

    expect(anna.page.get_by_text("1 sum differs.")).to_be_visible()
    expect(anna.page.get_by_text("£20.00 more")).to_be_visible()
    assert findings(anna) == []


def test_without_a_keyboard_the_keys_at_the_foot_are_pressed(room: Room) -> None:
    anna = room.seats(viewport={"width": 390, "height": 844}, has_touch=True)
    anna.types("GB 5")
    anna.page.get_by_role("button", name="send, keep section").tap()
    expect(anna.line()).to_contain_text("£5.00")
    expect(anna.field).to_have_value("GB ")
