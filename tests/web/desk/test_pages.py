from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from fundtracker.domain.roles import Grant, Role
from fundtracker.store.funds import FundRow
from tests.factories.rows import a_fund
from tests.support.desk import Desk
from tests.web.desk.browsers import SLUG

if TYPE_CHECKING:
    from tests.web.desk.browsers import Browsers


def change_fund(desk: Browsers, status: str) -> None:
    with desk.office.database.unit_of_work() as session:
        session.execute(update(FundRow).values(status=status))


def test_the_page_hands_its_script_everything_to_begin_with(desk: Browsers) -> None:
    desk.anna.type("GB 500")

    data = desk.anna.page

    assert (data["fund"], data["me"]["initials"], data["me"]["name"]) == (SLUG, "AL", "Anna Lindt")
    assert data["me"]["key"] != desk.anna.member.token
    assert data["urls"]["lines"] == f"/desk/{SLUG}/lines"
    assert [line["number"] for line in data["state"]["lines"]] == [1]
    assert data["csrf"]
    assert data["words"]["connected"]
    assert {"EUR", "GBP", "CHF"} <= data["money"]["currencies"].keys()


def test_who_checks_gets_the_lines_to_check_with_the_page(desk: Browsers) -> None:
    desk.anna.type("GB 500")

    page = desk.ben.client.get(f"/desk/{SLUG}/check")

    assert page.status_code == 200
    assert '"check": [{' in page.text


def test_desks_are_listed_the_open_ones_first(desk: Browsers) -> None:
    with desk.office.database.unit_of_work() as session:
        a_fund(session, slug="a-closed", name="A closed one", status="closed")
        a_fund(session, slug="a-draft", name="A draft", status="draft")

    page = Desk(desk.anna.client).see("/desk/")

    assert page.words.index("Founding conference") < page.words.index("A closed one")
    assert "A draft" not in page.words
    assert Desk(desk.anna.client).see("/account/").html.count('href="/desk/"')


# ---- paper --------------------------------------------------------------------------------------


def test_a_sheet_has_a_line_for_each_section_and_each_currency_that_was_called(
    desk: Browsers,
) -> None:
    for line in ("GB 12@20", "GB 5 EUR", "? 7", "~ CH 3"):
        desk.anna.type(line)

    page = Desk(desk.anna.client).see(f"/desk/{SLUG}/tally")

    assert page.status == 200
    for told in (
        "The section GB EUR",
        "The section GB GBP",
        "The section CH CHF",
        "? not named EUR",
    ):
        assert told in page.words


def test_paper_is_held_against_the_desk(desk: Browsers) -> None:
    desk.anna.type("GB 500")
    desk.anna.type("CH 20")
    browser = Desk(desk.anna.client)

    page = browser.send(
        f"/desk/{SLUG}/difference",
        f"/desk/{SLUG}/difference",
        **{"GB-GBP": "450", "CH-CHF": "20.00", "none-EUR": "0"},
    )

    assert "The sums on paper are saved." in page.words
    assert "£50.00 less" in page.words
    assert "the same" in page.words
    typed = page.forms[f"/desk/{SLUG}/difference"]
    assert (typed["GB-GBP"], typed["CH-CHF"], typed["none-EUR"]) == ("450.00", "20.00", "0.00")
    page = browser.send(page, f"/desk/{SLUG}/difference", **{"GB-GBP": "600", "CH-CHF": ""})
    assert "£100.00 more" in page.words


def test_a_sum_that_cannot_be_read_stays_as_it_was_typed(desk: Browsers) -> None:
    browser, address = Desk(desk.anna.client), f"/desk/{SLUG}/difference"

    page = browser.send(address, address, **{"GB-GBP": "many"})

    assert page.status == 422
    assert page.forms[address]["GB-GBP"] == "many"
    assert "Enter an amount" in page.words


def test_of_two_who_type_one_sum_the_second_chooses(desk: Browsers) -> None:
    address = f"/desk/{SLUG}/difference"
    anna, ben = Desk(desk.anna.client), Desk(desk.ben.client)
    opened = ben.see(address)
    anna.send(address, address, **{"GB-GBP": "450", "none-EUR": "9"})

    page = ben.send(opened, address, **{"GB-GBP": "600", "CH-CHF": "20"})

    assert page.status == 409
    assert "choose which ones hold" in page.words
    assert "£450.00, typed by Anna Lindt" in page.words
    typed = page.forms[address]
    assert (typed["GB-GBP"], typed["CH-CHF"], "choice-none-EUR" in page.html) == (
        "600",
        "20",
        False,
    )
    page = ben.send(page, address)
    assert (page.status, "Choose which of the two holds." in page.words) == (422, True)
    assert "£450.00, typed by Anna Lindt" in page.words
    page = ben.send(page, address, **{"choice-GB-GBP": "theirs"})
    kept = page.forms[address]
    assert (kept["GB-GBP"], kept["CH-CHF"], kept["none-EUR"]) == ("450.00", "20.00", "9.00")


def test_a_choice_holds_where_another_sum_cannot_be_read(desk: Browsers) -> None:
    address = f"/desk/{SLUG}/difference"
    anna, ben = Desk(desk.anna.client), Desk(desk.ben.client)
    opened = ben.see(address)
    anna.send(address, address, **{"GB-GBP": "450"})
    page = ben.send(opened, address, **{"GB-GBP": "600"})

    page = ben.send(page, address, **{"choice-GB-GBP": "theirs", "CH-CHF": "many"})

    assert (page.status, page.forms[address]["GB-GBP"]) == (422, "450.00")
    page = ben.send(page, address, **{"CH-CHF": "20"})
    kept = page.forms[address]
    assert (kept["GB-GBP"], kept["CH-CHF"]) == ("450.00", "20.00")


def test_the_second_may_also_hold_by_her_own(desk: Browsers) -> None:
    address = f"/desk/{SLUG}/difference"
    anna, ben = Desk(desk.anna.client), Desk(desk.ben.client)
    anna.send(address, address, **{"GB-GBP": "450"})
    opened = ben.see(address)
    anna.send(address, address, **{"GB-GBP": ""})

    page = ben.send(opened, address, **{"GB-GBP": "600", "shown-CH-CHF": "many"})

    assert "None: it was taken away" in page.words
    page = ben.send(page, address, **{"choice-GB-GBP": "mine"})
    assert page.forms[address]["GB-GBP"] == "600.00"


def test_in_the_archive_nothing_is_counted_any_more(desk: Browsers) -> None:
    change_fund(desk, "archived")
    browser, address = Desk(desk.anna.client), f"/desk/{SLUG}/difference"

    page = browser.send(address, address, **{"GB-GBP": "5"})

    assert page.status == 409
    assert "archived" in page.words


# ---- what is prepared ---------------------------------------------------------------------------


def test_an_announcement_is_written_down_and_forgotten(desk: Browsers) -> None:
    browser, address = Desk(desk.anna.client), f"/desk/{SLUG}/prepared"

    page = browser.send(address, address, line='GB 3@500/m6 "Leeds"')
    assert "GB The section GB 3 × £500.00 in 6 parts each Leeds Anna Lindt" in page.words

    answer = desk.anna.client.post(address, data={"discard": "GB"})
    assert answer.status_code == 303
    assert "Leeds" not in browser.see(address).words


@pytest.mark.parametrize("shown", [None, "yesterday", "2026-11-28T10:00:00"])
def test_one_of_somebody_else_is_shown_before_it_is_replaced(
    desk: Browsers, shown: str | None
) -> None:
    anna, ben = Desk(desk.anna.client), Desk(desk.ben.client)
    address = f"/desk/{SLUG}/prepared"
    before = anna.see(address)
    ben.send(address, address, line="GB 500")

    told = {} if shown is None else {"shown": shown}
    page = anna.send(before, address, line="GB 600", **told)

    assert page.status == 422
    assert "Somebody else has written down £500.00 for GB meanwhile." in page.words
    assert 'value="GB 600"' in page.html
    again = {"line": "GB 600", "shown": page.forms[address]["shown"]}
    assert desk.anna.client.post(address, data=again).status_code == 303
    assert "£600.00" in anna.see(address).words


def test_one_that_is_booked_names_its_line(desk: Browsers) -> None:
    browser, address = Desk(desk.anna.client), f"/desk/{SLUG}/prepared"
    browser.send(address, address, line="GB =500")
    desk.anna.type("GB !")

    page = browser.see(address)

    assert "= £500.00" in page.words
    assert "line 1" in page.words
    assert desk.anna.client.post(address, data={"discard": "GB"}).status_code == 422


@pytest.mark.parametrize("line", ["GB 1.500", "? 500", ""])
def test_what_is_asked_or_refused_is_said_beside_the_line(desk: Browsers, line: str) -> None:
    address = f"/desk/{SLUG}/prepared"

    page = Desk(desk.anna.client).send(address, address, line=line)

    assert page.status == 422
    assert page.forms[address]["line"] == line
    assert "Error" in page.html


# ---- the office ---------------------------------------------------------------------------------


def test_the_office_decides_how_a_desk_works(desk: Browsers) -> None:
    office = Desk(desk.browser(Grant(Role.ADMINISTRATOR), name="Olga Ott").client)
    address = f"/office/funds/{SLUG}/desk"

    first, second = office.see(address), office.see(address)
    page = office.send(first, address, in_fund_currency="yes")

    assert "Saved." in page.words
    assert desk.anna.page["state"]["settings"]["default_currency"] == "EUR"
    assert desk.anna.type("GB 500")["each"]["currency"] == "EUR"
    stale = office.send(second, address, two_keyers="yes")
    assert stale.status == 409
    assert "Somebody else has changed this" in stale.words


def test_the_office_says_what_a_section_is_called(desk: Browsers) -> None:
    office = Desk(desk.browser(Grant(Role.ADMINISTRATOR), name="Olga Ott").client)
    address = "/office/sections/GB/aliases"
    assert "by its code" in office.see("/office/sections/GB").words

    first, second = office.see(address), office.see(address)
    page = office.send(first, address, aliases="UK eng")

    assert "it is also called ENG UK" in page.words
    assert desk.anna.type("eng 500")["section"] == "GB"
    assert office.send(second, address, aliases="GBR").status == 409
    refused = office.send(address, address, aliases="CH")
    assert refused.status == 422
    assert "is a section already" in refused.words
    assert office.see("/office/sections/XX/aliases").status == 404
