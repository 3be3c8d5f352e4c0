from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.pledge_terms import PledgeTerms
from fundtracker.domain.roles import Grant, Role
from fundtracker.store import funds, pledge_terms
from tests.factories.rows import a_fund
from tests.support.deeds import deeds
from tests.support.desk import Desk

if TYPE_CHECKING:
    from tests.support.office import Office

PAGE = "/office/funds/hall/promises"
FUND = "/office/funds/hall"
IBAN = "DE89 3704 0044 0532 0130 00"
# Whatever the timezone of the fund is at the moment.
LONG_AGO = (datetime.now(UTC) - timedelta(days=9)).date()


@pytest.fixture(autouse=True)
def hall_id(office: Office) -> int:
    with office.database.unit_of_work() as session:
        return a_fund(session, slug="hall").id


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office.sign_in(Grant(Role.CENTRAL_TREASURER)))


def terms(office: Office) -> PledgeTerms:
    with office.database.reading() as session:
        return pledge_terms.of_fund(session, funds.by_slug(session, "hall"))


def test_the_usual_terms_are_shown_to_who_reads_of_funds(office: Office) -> None:
    page = Desk(office.sign_in(Grant(Role.AUDITOR))).see(FUND)

    assert "Count at once up to €400.00" in page.words
    assert "no account: promises are paid by card" in page.words
    assert PAGE not in page.html


def test_a_treasurer_decides_and_the_log_remembers(office: Office, desk: Desk) -> None:
    page = desk.send(
        PAGE,
        automatic_limit="100",
        holder="The movement",
        iban=IBAN,
        bic="cobadeff xxx",
        details="Or ask <us>.",
        booked_until=str(LONG_AGO),
    )

    assert "The terms of promises are saved." in page.html
    assert "DE89370400440532013000" in page.html
    assert terms(office) == PledgeTerms(
        10_000,
        "The movement",
        "DE89370400440532013000",
        "COBADEFFXXX",
        "Or ask <us>.",
        LONG_AGO,
    )
    (deed,) = deeds(office.database)
    assert (deed.action, deed.facts["after"]["automatic_limit"]) == ("fund_changed", 10_000)
    again = desk.see(PAGE)
    assert again.forms[PAGE]["iban"] == IBAN
    assert "Or ask &lt;us&gt;." in again.html


@pytest.mark.parametrize("typed", ["0", "0.00", "00,0"])
def test_nothing_counts_at_once_where_the_limit_is_zero(
    office: Office, desk: Desk, typed: str
) -> None:
    desk.send(PAGE, automatic_limit=typed)

    assert terms(office).automatic_limit == 0
    assert desk.see(PAGE).forms[PAGE]["automatic_limit"] == "0"


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"automatic_limit": ""}, "automatic_limit", "Enter an amount, or 0"),
        ({"automatic_limit": "."}, "automatic_limit", "Enter an amount"),
        ({"automatic_limit": "1e9"}, "automatic_limit", "Enter an amount"),
        ({"automatic_limit": "-5"}, "automatic_limit", "more than zero"),
        ({"iban": "DE00"}, "iban", "This is no IBAN"),
        ({"iban": IBAN}, "holder", "Banks ask for the name"),
        ({"bic": "X"}, "bic", "A BIC has eight or eleven"),
        ({"details": "x" * 501}, "details", "too long"),
        ({"booked_until": "soon"}, "booked_until", "Enter a day"),
        ({"booked_until": "2199-01-01"}, "booked_until", "has not come yet"),
    ],
)
def test_a_mistake_is_told_at_its_field_and_saves_nothing(
    office: Office, desk: Desk, typed: dict[str, str], field: str, sentence: str
) -> None:
    page = desk.send(PAGE, **{"details": "as it was"} | typed)

    assert page.status == 422
    assert f"{field}-error" in page.ids
    assert sentence in page.html
    assert typed.get("details", "as it was") in page.html
    assert terms(office) == PledgeTerms(40_000)


def test_two_who_change_them_at_once_notice(office: Office, desk: Desk) -> None:
    shown = desk.see(PAGE)
    desk.send(PAGE, automatic_limit="100")

    page = desk.send(shown, automatic_limit="200")

    assert page.status == 409
    assert "It is now: 100" in page.words
    assert terms(office).automatic_limit == 10_000


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.TELLER, Role.SCREEN_OPERATOR])
def test_nobody_else_sends_money_elsewhere(office: Office, role: Role) -> None:
    client = office.sign_in(Grant(role))

    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, data={"automatic_limit": "0"}).status_code == 403


def test_a_treasurer_of_another_fund_finds_nothing(office: Office) -> None:
    with office.database.unit_of_work() as session:
        other = a_fund(session, slug="other").id
    client = office.sign_in(Grant(Role.CENTRAL_TREASURER, other))

    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, data={"automatic_limit": "0"}).status_code == 404
