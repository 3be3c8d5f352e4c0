from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.references import spoken
from fundtracker.services.answer_pledge import say_paid
from tests.factories.pledges import a_pledge
from tests.services.promising import FIFTY
from tests.web.treasury.ledger import AUDITOR, CENTRE

if TYPE_CHECKING:
    from flask.testing import FlaskClient

    from fundtracker.store.pledges import PledgeRow
    from tests.web.treasury.ledger import Ledger

PAGE = "/treasury/promises"


@pytest.fixture
def told(ledger: Ledger) -> PledgeRow:
    """£50 for Britain, of which somebody says that they are paid."""
    row = a_pledge(ledger.parts, ledger.slug, FIFTY, "GB", name="Rosa Canary")
    say_paid(ledger.parts, row.token)
    return row


def seen(client: FlaskClient) -> str:
    return client.get(PAGE).get_data(as_text=True)


def test_where_nothing_is_to_be_done_it_says_so(ledger: Ledger) -> None:
    assert "Nothing: no promise waits" in seen(ledger.office.sign_in(CENTRE))


def test_a_payment_that_somebody_tells_of_is_listed_and_settled(
    ledger: Ledger, told: PledgeRow
) -> None:
    client = ledger.office.sign_in(ledger.of_britain())
    page = seen(client)
    assert spoken(told.number) in page
    assert "£50.00" in page
    assert "Canary" not in page

    answer = client.post(PAGE, data={"token": told.token}, follow_redirects=True)

    assert "reminders go on" in answer.get_data(as_text=True)
    assert spoken(told.number) not in seen(client)
    assert ledger.audited() == [("pledge_changed", f"pledge:{told.number}")]


def test_the_page_of_the_pledge_says_and_settles_it_as_well(
    ledger: Ledger, told: PledgeRow
) -> None:
    client, page = ledger.office.sign_in(ledger.of_britain()), f"/treasury/pledges/{told.token}"
    other = a_pledge(ledger.parts, ledger.slug, FIFTY, "GB")
    assert "find the payment that its owner tells of" in client.get(page).get_data(as_text=True)
    listed = client.get("/treasury/pledges?task=find_payment").get_data(as_text=True)
    assert told.token in listed
    assert other.token not in listed

    answer = client.post(PAGE, data={"token": told.token, "at": "pledge"})

    assert answer.location == page
    settled = client.get(page).get_data(as_text=True)
    assert "To be done" not in settled
    assert "reminders go on" in settled
    assert ledger.audited() == [("pledge_changed", f"pledge:{told.number}")]


def test_who_only_reads_is_offered_no_button(ledger: Ledger, told: PledgeRow) -> None:
    client = ledger.office.sign_in(AUDITOR)

    assert spoken(told.number) in seen(client)
    assert "I have looked" not in seen(client)
    own = client.get(f"/treasury/pledges/{told.token}").get_data(as_text=True)
    assert "find the payment" in own
    assert "I have looked" not in own
    assert client.post(PAGE, data={"token": told.token}).status_code == 403


def test_another_section_sees_and_settles_nothing(ledger: Ledger, told: PledgeRow) -> None:
    client = ledger.office.sign_in(ledger.of_switzerland())

    assert spoken(told.number) not in seen(client)
    assert client.post(PAGE, data={"token": told.token}).status_code == 404
    assert spoken(told.number) in seen(ledger.office.sign_in(CENTRE))


def test_a_form_without_a_promise_is_told_so(ledger: Ledger) -> None:
    assert ledger.office.sign_in(CENTRE).post(PAGE).status_code == 422
