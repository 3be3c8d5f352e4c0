from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from fundtracker.domain.funds import CountingRule, FundStatus
from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.totals import Totals
from fundtracker.services.hold import hold
from fundtracker.store import funds, snapshots, totals
from fundtracker.store.staff import StaffSessionRow
from fundtracker.web.context import context_of
from tests.factories.rows import a_donation, a_fund
from tests.support.deeds import deeds
from tests.support.desk import Desk

if TYPE_CHECKING:
    from fundtracker.domain.funds import Fund
    from tests.support.office import Office

CLOSES = datetime(2099, 6, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def hall_id(office: Office) -> int:
    """Return a fund with 1,000 euros received, 2,000 promised and 500 being checked."""
    with office.database.unit_of_work() as session:
        fund = a_fund(session, slug="hall", closes_at=CLOSES, milestones=(10_000_000,))
        sums = Totals(received=100_000, pledged=200_000, unconfirmed=50_000, donations=4)
        totals.add(session, {(fund.id, 0): sums})
        a_fund(session, slug="next", name="Next <b>one</b>", status="draft", closes_at=None)
        return fund.id


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office.sign_in(Grant(Role.ADMINISTRATOR)))


@pytest.fixture
def reader(office: Office) -> Desk:
    return Desk(office.sign_in(Grant(Role.AUDITOR)))


def fund(office: Office, slug: str = "hall") -> Fund:
    with office.database.reading() as session:
        return funds.by_slug(session, slug)


# ---- who sees what ------------------------------------------------------------------------------


def test_every_fund_is_listed_and_names_are_only_words(desk: Desk) -> None:
    page = desk.see("/office/funds")

    assert "Founding conference" in page.html
    assert "Next &lt;b&gt;one&lt;/b&gt;" in page.html
    assert "/office/new-fund" in page.html


def test_who_reads_for_one_fund_knows_of_no_other(office: Office, hall_id: int) -> None:
    desk = Desk(office.sign_in(Grant(Role.AUDITOR, fund_id=hall_id)))

    assert "Next" not in desk.see("/office/funds").words
    assert desk.see("/office/funds/hall").status == 200
    other, nothing = desk.see("/office/funds/next"), desk.see("/office/funds/nothing")
    assert other.status == nothing.status == 404
    assert other.words == nothing.words


def test_who_may_only_read_sees_no_form_and_can_send_none(reader: Desk, office: Office) -> None:
    page = reader.see("/office/funds/hall")

    assert "everything announced" in page.words
    assert "Europe/Zurich" in page.words
    assert [address for address in page.forms if "/funds/" in address] == []
    assert "/office/new-fund" not in reader.see("/office/funds").html
    for path in ("", "/target", "/milestones", "/pause", "/end/closed", "/base"):
        assert reader.client.post(f"/office/funds/hall{path}").status_code == 403
    assert fund(office).status is FundStatus.OPEN


# ---- a new one ----------------------------------------------------------------------------------

AUTUMN = {
    "slug": "autumn",
    "name": "Autumn appeal",
    "currency": "GBP",
    "target": "20,000",
    "timezone": "Europe/London",
    "opens": "2030-06-14T18:00",
    "presets": "10, 25;50",
    "counting_rule": "received",
    "rehearsal": "yes",
}


def test_a_new_fund_is_a_draft_as_it_was_typed(desk: Desk, office: Office) -> None:
    page = desk.send("/office/new-fund", **AUTUMN)

    assert "It is a draft" in page.words
    made = fund(office, "autumn")
    assert (made.status, made.currency, made.target) == (FundStatus.DRAFT, "GBP", 2_000_000)
    assert made.opens_at == datetime(2030, 6, 14, 17, tzinfo=UTC)
    assert (made.closes_at, made.ceiling) == (None, 2_000_000)
    assert (made.presets, made.rehearsal) == ((10, 25, 50), True)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"slug": "hall"}, "There is a fund called hall already."),
        ({"slug": "Autumn appeal"}, "A fund&#39;s address has 1 to 60"),
        ({"name": " "}, "Please enter a name."),
        ({"name": "x" * 81}, "This is too long"),
        ({"currency": "XXX"}, "Gifts in XXX are not possible."),
        ({"target": ""}, "Enter an amount in digits"),
        ({"target": "-5"}, "Enter an amount of more than zero."),
        ({"ceiling": "many"}, "Enter an amount in digits"),
        ({"timezone": "London"}, "There is no timezone of that name"),
        ({"opens": "2030-06-14"}, "Enter a day and a time"),
        ({"opens": "2030-03-31T01:30"}, "leave out 01:30"),
        ({"opens": "2030-10-27T01:30"}, "Do you mean the first"),
        ({"closes": "2030-06-14T17:00"}, "A fund closes after it has opened."),
        ({"presets": "ten"}, "Enter whole amounts"),
        ({"presets": "1 2 3 4 5 6 7"}, "at most 6 different amounts"),
        ({"counting_rule": "guesses"}, "Please choose what the large number counts."),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(
    desk: Desk, office: Office, change: dict[str, str], sentence: str
) -> None:
    page = desk.send("/office/new-fund", **AUTUMN | change)

    assert page.status == 422
    assert sentence in page.html
    sent = AUTUMN | change
    kept = page.forms["/office/new-fund"]
    assert {name: kept[name] for name in ("slug", "presets", "opens")} == {
        name: sent[name] for name in ("slug", "presets", "opens")
    }
    with office.database.reading() as session:
        assert {each.slug for each in funds.all_funds(session)} == {"hall", "next"}


def test_a_time_that_comes_twice_can_be_told_apart(desk: Desk, office: Office) -> None:
    question = desk.send("/office/new-fund", **AUTUMN | {"opens": "2030-10-27T01:30"})

    desk.send(question, "/office/new-fund", opens_which="second")

    assert fund(office, "autumn").opens_at == datetime(2030, 10, 27, 1, 30, tzinfo=UTC)
    assert 'value="second" selected' in desk.see("/office/funds/autumn").html


def test_who_changes_a_single_fund_makes_no_other(office: Office, hall_id: int) -> None:
    desk = Desk(office.sign_in(Grant(Role.ADMINISTRATOR, fund_id=hall_id)))

    assert desk.client.post("/office/new-fund", data=AUTUMN).status_code == 403
    assert desk.client.post("/office/funds/next", data={}).status_code == 404
    with office.database.reading() as session:
        assert {each.slug for each in funds.all_funds(session)} == {"hall", "next"}


# ---- settings -----------------------------------------------------------------------------------


def test_settings_are_saved(desk: Desk, office: Office) -> None:
    page = desk.send(
        "/office/funds/hall",
        name="The evening",
        ceiling="5000.50",
        presets="5 10",
        timezone="Asia/Tokyo",
    )

    assert "The settings are saved." in page.words
    saved = fund(office)
    assert (saved.name, saved.ceiling, saved.presets) == ("The evening", 500_050, (5, 10))
    # Times are local: the same clock, in another place.
    assert saved.opens_at == datetime(2026, 5, 31, 17, tzinfo=UTC)
    assert page.forms["/office/funds/hall"]["ceiling"] == "5000.50"


def test_a_form_that_nobody_touched_changes_nothing(desk: Desk, office: Office) -> None:
    with office.database.unit_of_work() as session:
        funds.row_of(session, "hall").opens_at = datetime(2026, 6, 1, 8, 0, 59, tzinfo=UTC)
    before = fund(office)

    desk.send("/office/funds/hall")

    assert fund(office) == before


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"opens": ""}, "Enter a day and a time"),
        ({"closes": "soon"}, "Enter a day and a time"),
        ({"timezone": "nowhere"}, "There is no timezone of that name"),
        ({"ceiling": "0.10"}, "The largest gift cannot be below"),
        ({"name": "Fun\u202ed"}, "hidden character"),
    ],
)
def test_settings_that_cannot_be_are_refused(
    desk: Desk, office: Office, change: dict[str, str], sentence: str
) -> None:
    before = fund(office)

    page = desk.send("/office/funds/hall", **change)

    assert (page.status, sentence in page.html) == (422, True)
    assert fund(office) == before


def test_another_number_in_the_hall_is_told_before_it_is_shown(desk: Desk, office: Office) -> None:
    told = desk.send("/office/funds/hall", counting_rule="received")

    assert told.status == 200
    assert "The large number goes from €3,500.00 to €1,000.00." in told.words
    assert fund(office).counting_rule is CountingRule.EVERYTHING_ANNOUNCED

    # Something else than what was told is told again.
    again = desk.send(told, "/office/funds/hall", counting_rule="received_and_pledged")
    assert "from €3,500.00 to €3,000.00." in again.words
    desk.send(again, "/office/funds/hall")

    assert fund(office).counting_rule is CountingRule.RECEIVED_AND_PLEDGED


def test_while_the_count_is_held_the_held_numbers_are_told(desk: Desk, office: Office) -> None:
    parts = context_of(office.app).parts
    hold(parts, "hall")
    with office.database.unit_of_work() as session:
        totals.add(session, {(fund(office).id, 0): Totals(received=900_000)})
    with office.database.reading() as session:
        held = snapshots.load(session, "hall")

    told = desk.send("/office/funds/hall", counting_rule="received")
    desk.send(told, "/office/funds/hall")

    assert "from €3,500.00 to €1,000.00." in told.words
    assert "The count is held" in told.words
    with office.database.reading() as session:
        assert snapshots.load(session, "hall") == held
    assert json.loads(held)["headline"] == 350_000
    assert fund(office).counting_rule is CountingRule.RECEIVED


def test_nobody_looks_at_a_draft_so_nothing_is_asked(desk: Desk, office: Office) -> None:
    desk.send("/office/funds/next", counting_rule="received")

    assert fund(office, "next").counting_rule is CountingRule.RECEIVED


def test_two_who_edit_the_same_fund_see_the_difference(desk: Desk, office: Office) -> None:
    mine = desk.see("/office/funds/hall")
    Desk(office.sign_in(Grant(Role.ADMINISTRATOR))).send("/office/funds/hall", name="Hers")

    late = desk.send(mine, "/office/funds/hall", name="His", ceiling="7000")

    assert late.status == 409
    assert "Somebody else has changed this" in late.words
    assert "It is now: Hers" in late.words
    assert late.forms["/office/funds/hall"]["name"] == "His"
    assert fund(office).name == "Hers"
    assert deeds(office.database)[-1].action == "refused"
    desk.send(late, "/office/funds/hall")
    assert (fund(office).name, fund(office).ceiling) == ("His", 700_000)


# ---- target and milestones ----------------------------------------------------------------------


def test_a_target_is_raised_in_three_steps_and_remembered(desk: Desk, office: Office) -> None:
    address = "/office/funds/hall/target"

    asked = desk.send("/office/funds/hall", address, target="500000")
    assert (asked.status, "Please choose what per cents are of" in asked.words) == (422, True)
    told = desk.send(asked, address, mark="keep")
    assert "The target goes from €400,000.00 to €500,000.00." in told.words
    assert fund(office).target == 40_000_000
    page = desk.send(told, address, mark="keep")

    assert (fund(office).target, fund(office).first_target) == (50_000_000, 40_000_000)
    assert "Per cents are of the first target, €400,000.00." in page.words
    assert "Member" in page.words
    assert "€400,000.00 €500,000.00" in page.words


def test_the_new_target_may_replace_the_first(desk: Desk, office: Office) -> None:
    address = "/office/funds/hall/target"

    told = desk.send("/office/funds/hall", address, target="1,000,000", mark="replace")
    desk.send(told, address, mark="replace")

    assert (fund(office).target, fund(office).first_target) == (100_000_000, 100_000_000)


def test_a_draft_gets_its_target_without_questions(desk: Desk, office: Office) -> None:
    desk.send("/office/funds/next", "/office/funds/next/target", target="7000")

    assert (fund(office, "next").target, fund(office, "next").first_target) == (700_000, 700_000)


@pytest.mark.parametrize("target", ["", "0", "-1", "a lot", "1e9"])
def test_a_target_that_is_none_is_refused(desk: Desk, office: Office, target: str) -> None:
    page = desk.send("/office/funds/hall", "/office/funds/hall/target", target=target, mark="keep")

    assert page.status == 422
    assert fund(office).target == 40_000_000


def test_two_who_change_the_target_do_so_one_after_the_other(desk: Desk, office: Office) -> None:
    address = "/office/funds/hall/target"
    mine = desk.send("/office/funds/hall", address, target="500000", mark="keep")
    hers = desk.send("/office/funds/hall", address, target="600000", mark="keep")
    desk.send(hers, address)

    late = desk.send(mine, address)

    assert (late.status, "It is now: 600000" in late.words) == (409, True)
    assert fund(office).target == 60_000_000


def test_milestones_come_and_go(desk: Desk, office: Office) -> None:
    address = "/office/funds/hall/milestones"

    page = desk.send("/office/funds/hall", address, milestone="2000")
    assert "€2,000.00 reached" in page.words
    desk.client.post(address, data={"remove": "10000000"})
    refused = [
        desk.client.post(address, data=data).status_code
        for data in ({"milestone": "2000"}, {"remove": "200000"}, {"milestone": "x"}, {})
    ]

    assert refused == [422, 422, 422, 422]
    with office.database.reading() as session:
        marks = funds.milestones(session, fund(office).id)
        assert [mark.amount for mark in marks] == [200_000]


# ---- status -------------------------------------------------------------------------------------


def test_a_fund_is_paused_opened_closed_and_archived(desk: Desk, office: Office) -> None:
    steps = (
        ("/pause", FundStatus.PAUSED),
        ("/open", FundStatus.OPEN),
        ("/end/closed", FundStatus.CLOSED),
        ("/open", FundStatus.OPEN),
        ("/end/closed", FundStatus.CLOSED),
        ("/end/archived", FundStatus.ARCHIVED),
    )
    for path, status in steps:
        if "/end/" in path:
            assert desk.see(f"/office/funds/hall{path}").status == 200
        assert desk.client.post(f"/office/funds/hall{path}").status_code == 303
        assert fund(office).status is status

    page = desk.see("/office/funds/hall")
    assert "archived" in page.words
    assert "/office/funds/hall/open" not in page.forms


def test_what_a_status_does_not_allow_is_refused_and_recorded(desk: Desk, office: Office) -> None:
    answer = desk.client.post("/office/funds/next/pause")

    assert answer.status_code == 422
    assert "cannot be done with a fund that is draft" in answer.text
    assert fund(office, "next").status is FundStatus.DRAFT
    assert deeds(office.database)[-1].action == "refused"


def test_a_fund_whose_time_is_over_is_not_opened(desk: Desk, office: Office) -> None:
    with office.database.unit_of_work() as session:
        row = funds.row_of(session, "hall")
        row.status, row.closes_at = "closed", datetime(2026, 6, 2, tzinfo=UTC)

    answer = desk.client.post("/office/funds/hall/open")

    assert (answer.status_code, "closing time" in answer.text) == (422, True)


@pytest.mark.parametrize("path", ["hall/end/draft", "hall/end/open", "hall/end/archived"])
def test_there_are_two_ends_each_in_its_time(desk: Desk, path: str) -> None:
    assert desk.see(f"/office/funds/{path}").status == 404


def test_an_end_asks_for_a_second_factor_shown_just_now(office: Office) -> None:
    member, client = office.seat(Grant(Role.ADMINISTRATOR))
    with office.database.unit_of_work() as session:
        sitting = session.scalars(
            select(StaffSessionRow).where(StaffSessionRow.staff_id == member.id)
        ).one()
        sitting.proved_at = datetime.now(UTC) - timedelta(hours=1)

    assert client.get("/office/funds/hall").status_code == 200
    for path in ("end/closed", "base"):
        answer = client.get(f"/office/funds/hall/{path}", headers={"Accept": "text/html"})
        assert "/second-factor" in answer.location
        assert client.post(f"/office/funds/hall/{path}").status_code == 401
    assert fund(office).status is FundStatus.OPEN


# ---- what it rests on ---------------------------------------------------------------------------


def test_a_draft_moves_as_long_as_nobody_gave(desk: Desk, office: Office) -> None:
    page = desk.send("/office/funds/next/base", slug="spring", currency="JPY", rehearsal="yes")

    assert page.status == 200
    moved = fund(office, "spring")
    assert (moved.currency, moved.target, moved.rehearsal) == ("JPY", 400_000, True)
    assert "These gifts and promises are not real." in page.words


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"slug": "hall"}, 422, "There is a fund called hall already."),
        ({"slug": "No"}, 422, "1 to 60 of the letters"),
        ({"currency": "XXX"}, 422, "Gifts in XXX are not possible."),
        ({"slug": "spring", "made_from": "of yesterday"}, 409, "Somebody else has changed this"),
    ],
)
def test_a_draft_does_not_move_just_anywhere(
    desk: Desk, office: Office, change: dict[str, str], status: int, sentence: str
) -> None:
    page = desk.send("/office/funds/next/base", **change)

    assert (page.status, sentence in page.words) == (status, True)
    assert fund(office, "next").currency == "EUR"


def test_a_fund_that_was_given_to_says_why_it_stays(desk: Desk, office: Office) -> None:
    with office.database.unit_of_work() as session:
        a_donation(session, funds.row_of(session, "next"))

    assert "fixed since the fund was opened" in desk.see("/office/funds/hall/base").words
    assert "there are donations" in desk.see("/office/funds/next").words
    answer = desk.client.post(
        "/office/funds/hall/base", data={"slug": "x", "currency": "EUR", "rehearsal": "yes"}
    )
    assert answer.status_code in {409, 422}
    assert not fund(office).rehearsal


def test_a_rehearsal_says_so_on_its_pages(desk: Desk, office: Office) -> None:
    with office.database.unit_of_work() as session:
        a_fund(session, slug="trial", rehearsal=True)

    for path in ("", "/rates", "/end/closed", "/sections/import"):
        assert "rehearsal-band" in desk.see(f"/office/funds/trial{path}").html
        assert "rehearsal-band" not in desk.see(f"/office/funds/hall{path}").html
