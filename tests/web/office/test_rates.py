from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.roles import Grant, Role
from fundtracker.domain.totals import Totals
from fundtracker.store import funds, rates, totals
from fundtracker.web.context import context_of
from tests.factories.ecb import as_csv, as_xml
from tests.factories.rows import a_donation, a_fund
from tests.support.deeds import deeds
from tests.support.desk import Desk

if TYPE_CHECKING:
    from fundtracker.domain.rate_tables import RateTable
    from tests.support.desk import Sheet
    from tests.support.office import Office

RATES = "/office/funds/hall/rates"
ENTER, IMPORT, LOCK = f"{RATES}/enter", f"{RATES}/import", f"{RATES}/lock"
TODAY = datetime.now(UTC).date()
FILE = as_xml(TODAY.isoformat())


@pytest.fixture(autouse=True)
def hall_id(office: Office) -> int:
    """Return a fund in euros with rates of GBP, CHF and CLP; a gift in SEK waits for one."""
    account = context_of(office.app).parts.gateway.account
    with office.database.unit_of_work() as session:
        a_fund(session, slug="other")
        fund = a_fund(session, slug="hall", sections_in={"GB": "GBP", "SE": "SEK"})
        totals.add(session, {(fund.id, 0): Totals(received=17_120_000, donations=412)})
        waits = {"rate_mantissa": None, "rate_scale": None, "account": account}
        a_donation(session, fund, currency="SEK", amount=50_000, **waits)
        return fund.id


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office.sign_in(Grant(Role.CENTRAL_TREASURER)))


def tables(office: Office) -> list[RateTable]:
    with office.database.reading() as session:
        return rates.tables(session, funds.by_slug(session, "hall").id)


def current(office: Office) -> dict[str, str]:
    return {code: str(rate) for code, rate in tables(office)[0].rates.items()}


def upload(desk: Desk, content: bytes) -> Sheet:
    return desk.send(IMPORT, file=(io.BytesIO(content), "eurofxref-daily.xml"))


def confirmed(desk: Desk, told: Sheet, **typed: str) -> Sheet:
    """Send the first form of a page of the import back: the one that carries the file."""
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', told.html)
    carried = {name: unescape(value) for name, value in fields}
    return desk.send(told, IMPORT, **carried | typed)


# ---- who sees what ------------------------------------------------------------------------------


def test_the_rates_that_hold_are_shown_with_their_inverse(desk: Desk) -> None:
    page = desk.see(RATES)

    assert "From test, of 2026-06-01; set by command:test on 2026-06-12 20:00." in page.words
    assert "GBP 1.15 0.869565" in page.words
    assert "SEK: 1, SEK 500.00 together" in page.words
    assert "in currencies without a rate; nobody can give in them: SEK." in page.words


def test_who_reads_for_one_fund_knows_of_no_other(office: Office, hall_id: int) -> None:
    desk = Desk(office.sign_in(Grant(Role.CENTRAL_TREASURER, fund_id=hall_id)))

    for path in ("", "/enter", "/import", "/lock"):
        assert desk.see(f"/office/funds/hall/rates{path}").status == 200
        other = desk.see(f"/office/funds/other/rates{path}")
        nothing = desk.see(f"/office/funds/nothing/rates{path}")
        assert other.status == nothing.status == 404
        assert other.words == nothing.words
        if path:
            assert desk.client.post(f"/office/funds/other/rates{path}").status_code == 404


def test_who_may_only_read_changes_nothing(office: Office) -> None:
    desk = Desk(office.sign_in(Grant(Role.AUDITOR)))

    page = desk.see(RATES)

    assert page.status == 200
    assert "Enter by hand" not in page.words
    for path in (ENTER, IMPORT, LOCK):
        assert desk.see(path).status == desk.client.post(path).status_code == 403


def test_without_any_rates_it_says_what_is_possible(desk: Desk, office: Office) -> None:
    with office.database.unit_of_work() as session:
        funds.row_of(session, "hall").rate_table_id = None

    assert "gifts are possible in EUR alone" in desk.see(RATES).words


# ---- by hand ------------------------------------------------------------------------------------


def test_rates_are_looked_at_before_they_are_set(desk: Desk, office: Office) -> None:
    told = desk.send(ENTER, rate_GBP="1.16", rate_SEK="0.09", source="the bank")

    assert "GBP +0.9 % 1.15 1.16 0.862069" in told.words
    assert "CHF the same" in told.words
    assert "SEK new" in told.words
    assert "keep the rate that they had: 412, worth €171,200.00 together" in told.words
    assert "counted as far as they arrived: 1, SEK 500.00 together" in told.words
    assert current(office)["GBP"] == "1.15"
    page = desk.send(told, ENTER)

    assert "The exchange rates are set." in page.words
    assert current(office) == {"CHF": "1.05", "CLP": "0.00098", "GBP": "1.16", "SEK": "0.09"}
    assert (tables(office)[0].source, tables(office)[0].as_of) == ("the bank", TODAY)
    assert "Earlier tables" in page.words
    assert "wait for a rate" not in page.words


def test_another_currency_is_added_and_an_empty_field_takes_one_away(
    desk: Desk, office: Office
) -> None:
    told = desk.send(ENTER, rate_CHF="", code="NOK", rate="0.086")
    assert "no rate any more" in told.words
    desk.send(told, ENTER)

    assert current(office) == {"CLP": "0.00098", "GBP": "1.15", "NOK": "0.086"}
    assert tables(office)[0].source == "by hand"


@pytest.mark.parametrize(
    ("rate", "sentence"),
    [("0.87", "This looks upside down."), ("11.5", "Is a point missing?")],
)
def test_a_steep_change_is_pointed_at(desk: Desk, rate: str, sentence: str) -> None:
    assert sentence in desk.send(ENTER, rate_GBP=rate).words


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"rate_GBP": "much"}, "A rate is a positive number"),
        ({"rate_GBP": "0"}, "A rate is a positive number"),
        ({"rate_GBP": "-1.15"}, "A rate is a positive number"),
        ({"rate_GBP": "1" * 19}, "A rate is a positive number"),
        ({"code": "NOK", "rate": ""}, ""),
        ({"code": "XXX", "rate": "1"}, "Gifts in XXX are not possible."),
        ({"code": "EUR", "rate": "1"}, "its rate is always 1"),
        ({"code": "", "rate": "1"}, "Gifts in"),
        ({"as_of": "yesterday"}, "Enter a day, such as 2026-06-12."),
        ({"source": "x" * 81}, "This is too long"),
    ],
)
def test_what_is_no_rate_changes_nothing(
    desk: Desk, office: Office, change: dict[str, str], sentence: str
) -> None:
    page = desk.send(ENTER, **change)

    assert page.status == (422 if sentence else 200)
    assert sentence in page.words
    assert len(tables(office)) == 1


def test_what_was_not_told_is_not_set(desk: Desk, office: Office) -> None:
    told = desk.send(ENTER, rate_GBP="1.16")

    again = desk.send(told, ENTER, rate_GBP="1.17")

    assert again.status == 200
    assert "1.17" in again.words
    assert len(tables(office)) == 1


def test_two_who_set_rates_see_the_difference(desk: Desk, office: Office) -> None:
    mine = desk.send(ENTER, rate_GBP="1.16")
    desk.send(desk.send(ENTER, rate_GBP="1.17"), ENTER)

    late = desk.send(mine, ENTER)

    assert (late.status, "It is now: 1.17" in late.words) == (409, True)
    assert current(office)["GBP"] == "1.17"
    assert deeds(office.database)[-1].action == "refused"
    desk.send(late, ENTER)
    assert current(office)["GBP"] == "1.16"


# ---- the ECB's file -----------------------------------------------------------------------------


def test_a_file_is_looked_at_before_its_rates_are_set(desk: Desk, office: Office) -> None:
    told = upload(desk, FILE)

    assert f"The file is of {TODAY}" in told.words
    assert "GBP +2.8 % 1.15 1.18217283367" in told.words
    assert "that this fund has no use for: 2." in told.words
    assert "does not know these, whose rates stay as they are: CHF" not in told.words
    assert "stay as they are: CLP." in told.words
    assert len(tables(office)) == 1
    page = confirmed(desk, told)

    assert "The exchange rates are set." in page.words
    newest = tables(office)[0]
    assert (newest.source, newest.as_of) == ("ECB", TODAY)
    assert current(office)["SEK"] == "0.089249854969"


def test_a_file_of_another_day_is_asked_about_by_its_date(desk: Desk, office: Office) -> None:
    day = TODAY - timedelta(days=9)
    told = upload(desk, as_xml(day.isoformat()))
    assert f"I want the rates of {day}." in told.words

    asked = confirmed(desk, told)
    assert (asked.status, f"This file is of {day}" in asked.words) == (422, True)
    assert len(tables(office)) == 1
    confirmed(desk, asked, day=day.isoformat())

    assert tables(office)[0].as_of == day


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Please choose a file"),
        (FILE[:300], "broken or cut off"),
        (as_csv("12 June 2026")[:-5], "cut off"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]>' + FILE, "declares a document type"),
        (b"<html/>", "not one of the ECB"),
        (as_xml((TODAY + timedelta(days=2)).isoformat()), "still to come"),
        (FILE.replace(b"0.84590", b"-1"), "The rate of GBP in this file is not one"),
        (as_xml(TODAY.isoformat(), rates={"USD": "1.1"}), "no rate between EUR and a currency"),
        (b"x" * 61 * 1024, "at most 60 KiB"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_and_recorded(
    desk: Desk, office: Office, content: bytes, sentence: str
) -> None:
    page = upload(desk, content)

    assert (page.status, sentence in page.words) == (422, True)
    assert len(tables(office)) == 1
    assert deeds(office.database)[-1].action == "refused"


def test_rates_that_somebody_set_meanwhile_are_looked_at_again(desk: Desk, office: Office) -> None:
    told = upload(desk, FILE)
    desk.send(desk.send(ENTER, rate_GBP="1.17"), ENTER)

    late = confirmed(desk, told)

    assert (late.status, "Somebody else has changed this" in late.words) == (409, True)
    assert current(office)["GBP"] == "1.17"
    confirmed(desk, late)
    assert current(office)["GBP"] == "1.18217283367"


# ---- the lock -----------------------------------------------------------------------------------


def test_locked_rates_ask_for_a_reason_which_is_recorded(desk: Desk, office: Office) -> None:
    page = desk.send(LOCK)
    assert "The exchange rates are locked." in page.words
    assert "locked by Member" in page.words
    assert "Lock …" not in page.words

    for told in (desk.send(ENTER, rate_GBP="1.16"), upload(desk, FILE)):
        assert "These rates are locked. Why replace them?" in told.words
    asked = desk.send(desk.send(ENTER, rate_GBP="1.16"), ENTER)
    assert (asked.status, "say why" in asked.words) == (422, True)
    imported = confirmed(desk, upload(desk, FILE))
    assert (imported.status, "say why" in imported.words) == (422, True)
    desk.send(asked, ENTER, reason="a typo on the sheet")

    assert current(office)["GBP"] == "1.16"
    assert not tables(office)[0].is_locked
    assert tables(office)[1].is_locked


def test_only_what_was_looked_at_is_locked(desk: Desk, office: Office) -> None:
    looked_at = desk.see(LOCK)
    desk.send(desk.send(ENTER, rate_GBP="1.17"), ENTER)

    late = desk.send(looked_at, LOCK)

    assert (late.status, "Somebody else has changed this" in late.words) == (409, True)
    assert not tables(office)[0].is_locked
    assert desk.client.post(LOCK, data={"table": "x"}).status_code == 409
