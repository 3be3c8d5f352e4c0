from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.pledges import PledgeStatus
from fundtracker.domain.roles import Grant, Role
from fundtracker.services.verify import verify
from fundtracker.store.funds import FundRow
from tests.factories.rows import a_section
from tests.support.telling import whole
from tests.web.treasury.ledger import CENTRE, words

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.web.treasury.ledger import Ledger


def a_form(**changes: str) -> dict[str, str]:
    return {
        "attempt": "form-of-the-day-1",
        "fund": "conference",
        "section": "GB",
        "name": "",
        "amount": "1,000",
        "currency": "GBP",
        "due": "2026-09-01",
        "parts": "3",
    } | changes


def write(client: FlaskClient, **changes: str) -> TestResponse:
    return client.post("/treasury/pledges/new", data=a_form(**changes))


def token_of(answer: TestResponse) -> str:
    return answer.location.rpartition("/")[2]


def test_a_section_treasurer_writes_down_what_the_section_promises(ledger: Ledger) -> None:
    client = ledger.office.sign_in(ledger.of_britain())
    assert "The section GB" in words(
        client.get("/treasury/pledges/new?fund=conference&due=2026-09-01")
    )

    answer = write(client)

    assert answer.status_code == 303
    page = words(client.get(answer.location))
    for told in (
        "Written down: £1,000.00.",
        "Written down by a treasurer: £1,000.00.",
        "1 September 2026",
        "1 November 2026",
        "£333.34",
        "by the section",
    ):
        assert told in page, told
    assert "no name" not in page
    assert whole(ledger.parts, ledger.fund_id).pledged == 115_000
    assert verify(ledger.parts).broken == ()
    assert ledger.audited()[-1][0] == "pledge_made"


def test_the_same_form_twice_is_one_pledge(ledger: Ledger) -> None:
    client = ledger.office.sign_in(ledger.of_britain())

    first, second = write(client, next="yes"), write(client)

    assert "fund=conference&section=GB&currency=GBP&due=2026-09-01&parts=3" in first.location
    assert second.status_code == 303
    assert whole(ledger.parts, ledger.fund_id).pledges == 1


def test_a_persons_pledge_has_a_name_that_no_page_tells(ledger: Ledger) -> None:
    client = ledger.office.sign_in(CENTRE)

    answer = write(client, section="", name="Rosa Parks")

    assert answer.status_code == 303
    assert "Rosa" not in words(client.get(answer.location))
    assert ledger.pledge(token_of(answer)).name_key is not None


def test_what_is_above_the_ceiling_counts_once_somebody_else_has_confirmed_it(
    ledger: Ledger,
) -> None:
    with ledger.office.database.unit_of_work() as session:
        session.get_one(FundRow, ledger.fund_id).ceiling = 100_000
    member, client = ledger.office.seat(CENTRE)
    answer = write(client)
    token = token_of(answer)
    assert whole(ledger.parts, ledger.fund_id).pledged == 0
    assert "not counted" in words(client.get(answer.location))

    own = client.post(f"/treasury/pledges/{token}/confirm", data={"version": "1"})
    assert own.status_code == 409
    assert "Somebody else" in words(own)
    other = ledger.office.sign_in(CENTRE)
    assert (
        other.post(f"/treasury/pledges/{token}/confirm", data={"version": "1"}).status_code == 303
    )

    assert whole(ledger.parts, ledger.fund_id).pledged == 115_000
    assert ledger.pledge(token).status == PledgeStatus.OPEN
    assert member.token


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"attempt": ""}, ""),
        ({"fund": ""}, "fund"),
        ({"fund": "other"}, "fund"),
        ({"section": "SE"}, "section"),
        ({"section": "CH"}, "section"),
        ({"section": ""}, "section"),
        ({"amount": "0"}, "amount"),
        ({"amount": "ten"}, "amount"),
        ({"currency": "JPY"}, "currency"),
        ({"currency": "???"}, "currency"),
        ({"due": ""}, "due"),
        ({"due": "soon"}, "due"),
        ({"parts": "0"}, "parts"),
        ({"parts": "61"}, "parts"),
        ({"parts": "3.5"}, "parts"),
        ({"amount": "0.02"}, "parts"),
        ({"name": "a\u202eb"}, "name"),
    ],
)
def test_a_mistake_is_told_at_its_field_and_nothing_is_written(
    ledger: Ledger, changes: dict[str, str], field: str
) -> None:
    answer = write(ledger.office.sign_in(ledger.of_britain()), **changes)

    assert answer.status_code in {409, 422}
    assert f'href="#{field}"' in words(answer) or not field
    assert whole(ledger.parts, ledger.fund_id).pledges == 0


def test_of_no_section_it_has_to_be_somebodys(ledger: Ledger) -> None:
    answer = write(ledger.office.sign_in(CENTRE), section="")

    assert answer.status_code == 422
    assert 'href="#name"' in words(answer)


def test_without_a_fund_there_is_nothing_to_write(ledger: Ledger) -> None:
    with ledger.office.database.unit_of_work() as session:
        nobody = Grant(Role.SECTION_TREASURER, section_id=a_section(session, "SE", "SEK"))

    page = words(ledger.office.sign_in(nobody).get("/treasury/pledges/new"))

    assert "There is no fund for which you could write anything down." in page
