from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.references import reference
from fundtracker.domain.scope import Scope
from fundtracker.services.allocate import Wanted, allocate
from fundtracker.services.verify import verify
from fundtracker.store import treasury
from fundtracker.store.funds import FundRow
from tests.factories.rows import a_donation
from tests.support.telling import whole
from tests.web.treasury.ledger import AUDITOR, CENTRE, words

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.web.treasury.ledger import Ledger

BEFORE = 11_500


def a_form(**changes: str) -> dict[str, str]:
    return {
        "attempt": "form-of-the-day-1",
        "fund": "conference",
        "section": "GB",
        "method": "bank",
        "given_on": "2026-06-10",
        "amount": "1,000.50",
        "currency": "GBP",
        "holder": "Cooperative Bank",
        "reference": "Gift 12",
        "public_name": "A branch",
    } | changes


def enter(client: FlaskClient, **changes: str) -> TestResponse:
    return client.post("/treasury/enter", data=a_form(**changes))


def received(ledger: Ledger) -> int:
    return whole(ledger.parts, ledger.fund_id).received


def test_a_gift_by_bank_is_entered_and_shown(ledger: Ledger) -> None:
    client = ledger.office.sign_in(ledger.of_britain())

    answer = enter(client)

    assert answer.status_code == 303
    page = words(client.get(answer.location))
    for told in ("Entered: £1,000.50.", "€1,150.58", "by bank", "Cooperative Bank", "Member"):
        assert told in page
    assert received(ledger) == BEFORE + 115_058
    assert verify(ledger.parts).broken == ()
    assert [action for action, _ in ledger.audited()] == ["gift_entered"]


def test_sent_twice_it_is_one_gift(ledger: Ledger) -> None:
    client = ledger.office.sign_in(CENTRE)

    assert enter(client).location == enter(client).location
    assert received(ledger) == BEFORE + 115_058


def test_one_after_the_other_is_entered_without_choosing_again(ledger: Ledger) -> None:
    client = ledger.office.sign_in(CENTRE)

    answer = enter(client, next="yes")

    page = words(client.get(answer.location))
    assert '<option value="GB" selected>' in page
    assert 'value="2026-06-10"' in page
    assert "Gift 12" not in answer.location
    assert "1,000.50" not in page.split("</main>")[0].split("Entered: £1,000.50.")[1]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "a lot"}, "amount"),
        ({"amount": ""}, "amount"),
        ({"currency": "XXX"}, "currency"),
        ({"currency": "SEK"}, "currency"),
        ({"given_on": ""}, "given_on"),
        ({"given_on": "tomorrow"}, "given_on"),
        ({"given_on": "2062-06-10"}, "given_on"),
        ({"method": "online"}, "method"),
        ({"method": ""}, "method"),
        ({"holder": ""}, "holder"),
        ({"fund": ""}, "fund"),
        ({"reference": "a\u202eb"}, "reference"),
    ],
)
def test_a_mistake_is_said_at_its_field_and_nothing_typed_is_lost(
    ledger: Ledger, changes: dict[str, str], field: str
) -> None:
    answer = enter(ledger.office.sign_in(CENTRE), **changes)

    page = words(answer)
    assert answer.status_code == 422
    assert f'href="#{field}"' in page
    assert f'id="{field}-error"' in page
    assert 'value="form-of-the-day-1"' in page
    assert received(ledger) == BEFORE


def test_a_form_without_its_number_is_loaded_anew(ledger: Ledger) -> None:
    answer = enter(ledger.office.sign_in(CENTRE), attempt="1")

    assert answer.status_code == 422
    assert "load this form anew" in words(answer)


def test_what_looks_the_same_is_asked_about(ledger: Ledger) -> None:
    client = ledger.office.sign_in(CENTRE)
    enter(client)

    asked = enter(client, attempt="form-of-the-day-2")
    assert asked.status_code == 422
    assert 'name="another"' in words(asked)
    assert enter(client, attempt="form-of-the-day-2", another="yes").status_code == 303
    assert received(ledger) == BEFORE + 2 * 115_058


@pytest.mark.parametrize("changes", [{"section": "GB"}, {"section": ""}, {"fund": "elsewhere"}])
def test_who_changes_the_hidden_choice_is_refused_and_written_down(
    ledger: Ledger, changes: dict[str, str]
) -> None:
    client = ledger.office.sign_in(ledger.of_switzerland())

    answer = enter(client, **{"section": "CH", "currency": "CHF", **changes})

    assert answer.status_code == 422
    assert received(ledger) == BEFORE
    assert [action for action, _ in ledger.audited()] == ["refused"]


def test_only_the_own_sections_are_offered(ledger: Ledger) -> None:
    page = words(ledger.office.sign_in(ledger.of_switzerland()).get("/treasury/enter"))

    assert "The section CH" in page
    assert "The section GB" not in page
    assert "no section" not in page
    assert "no section" in words(ledger.office.sign_in(CENTRE).get("/treasury/enter"))


def test_who_only_reads_enters_nothing(ledger: Ledger) -> None:
    client = ledger.office.sign_in(AUDITOR)

    assert client.get("/treasury/enter").status_code == 403
    assert enter(client).status_code == 403


@pytest.mark.parametrize(("status", "taken"), [("closed", True), ("archived", False)])
def test_money_arrives_after_the_end_until_all_is_settled(
    ledger: Ledger,
    status: str,
    taken: bool,  # noqa: FBT001 - drawn
) -> None:
    with ledger.office.database.unit_of_work() as session:
        session.get_one(FundRow, ledger.fund_id).status = status
    client = ledger.office.sign_in(CENTRE)

    assert ("Money still arrives" in words(client.get("/treasury/enter"))) is taken
    answer = enter(client)

    assert answer.status_code == (303 if taken else 409)
    assert received(ledger) == BEFORE + (115_058 if taken else 0)


def test_a_foreign_page_cannot_choose_the_forms_number(ledger: Ledger) -> None:
    page = words(ledger.office.sign_in(CENTRE).get("/treasury/enter?attempt=mine-and-not-yours"))

    assert "mine-and-not-yours" not in page


def test_a_wrong_entry_is_reversed_and_entered_again_corrected(ledger: Ledger) -> None:
    client = ledger.office.sign_in(ledger.of_britain())
    address = enter(client).location
    assert "Reverse it" in words(client.get(address))

    form = client.get(f"{address}/reverse")
    assert "falls by €1,150.58" in words(form)
    answer = client.post(f"{address}/reverse", data={"reason": "It was 100.50"})

    assert answer.location == address
    page = words(client.get(address))
    for told in ("cancelled", "Reversed: £1,000.50 was taken out of the books again."):
        assert told in page
    assert received(ledger) == BEFORE
    again = re.search(r'href="(/treasury/enter[^"]+)"', client.get(address).text)
    assert again
    corrected = words(client.get(html.unescape(again[1])))
    assert 'value="1000.50"' in corrected
    assert 'value="Cooperative Bank"' in corrected
    assert verify(ledger.parts).broken == ()


def test_a_reversal_wants_a_reason_and_happens_once(ledger: Ledger) -> None:
    client = ledger.office.sign_in(CENTRE)
    address = enter(client).location

    assert client.post(f"{address}/reverse", data={"reason": " "}).status_code == 422
    assert received(ledger) == BEFORE + 115_058
    client.post(f"{address}/reverse", data={"reason": "Twice"})
    second = client.post(f"{address}/reverse", data={"reason": "Twice"})

    assert second.status_code == 303
    assert "reversed already" in words(client.get(address))
    assert received(ledger) == BEFORE


def test_a_gift_of_another_section_or_through_stripe_is_not_reversed(ledger: Ledger) -> None:
    swiss = ledger.office.sign_in(ledger.of_switzerland())
    foreign = f"/treasury/donations/{ledger.british_gift.token}/reverse"
    own = f"/treasury/donations/{ledger.swiss_gift.token}/reverse"

    assert swiss.get(foreign).status_code == 404
    assert swiss.post(foreign, data={"reason": "x"}).status_code == 404
    assert swiss.post(own, data={"reason": "x"}).status_code == 422
    assert ledger.audited() == [("refused", "page:/treasury/donations/<token>/reverse")] * 2


def test_what_was_entered_is_listed_by_its_day(ledger: Ledger) -> None:
    client = ledger.office.sign_in(CENTRE)
    enter(client)

    for query in ("method=bank", "until=2026-06-10", "text=GIFT12"):
        assert "£1,000.50" in words(client.get(f"/treasury/donations?{query}"))
    booked = "since=2026-06-10&until=2026-06-10&dates=booking"
    assert "No donation fits." in words(client.get(f"/treasury/donations?{booked}"))


def test_a_gift_of_nobodys_has_no_name(ledger: Ledger) -> None:
    client = ledger.office.sign_in(ledger.of_britain(names=True))
    address = enter(client, public_name="", reference="").location

    assert "Nothing was written." in words(client.post(f"{address}/names"))
    with ledger.office.database.reading() as session:
        line = treasury.by_token(session, address.rpartition("/")[2], Scope.everything())
    assert line is not None
    assert line.public_name is None


def test_an_entry_may_wait_until_the_fund_has_begun(ledger: Ledger) -> None:
    with ledger.office.database.unit_of_work() as session:
        fund = session.get_one(FundRow, ledger.fund_id)
        fund.opens_at += timedelta(days=400)
        a_donation(session, fund)

    assert enter(ledger.office.sign_in(CENTRE)).status_code == 422


def test_what_was_entered_can_pay_pledges_at_once(ledger: Ledger) -> None:
    pledge = ledger.promise(100_000)
    client = ledger.office.sign_in(ledger.of_britain())

    plain = enter(client, pays="yes")
    named = enter(client, pays="yes", reference=f"{reference(pledge.number)} thanks")

    assert plain.location.endswith("/allocate")
    assert named.location.endswith(f"/allocate?text={pledge.number}")
    assert pledge.token in words(client.get(named.location))


def test_what_a_reversal_opens_again_is_said_before(ledger: Ledger) -> None:
    client = ledger.office.sign_in(ledger.of_britain())
    address = enter(client).location
    pledge = ledger.promise(40_000)
    foreign = ledger.promise(10_000, "CH", "CHF")
    everywhere = Scope.everything()
    token = address.rpartition("/")[2]
    wanted = [Wanted(pledge.token), Wanted(foreign.token)]
    allocate(ledger.parts, token, wanted, everywhere)

    form = words(client.get(f"{address}/reverse"))

    assert "expected again" in form
    assert "£400.00 more are open, of a pledge of £400.00" in form
    assert f"/treasury/pledges/{pledge.token}" in form
    assert foreign.token not in form
    assert "And of pledges of other sections." in form
    central = words(ledger.office.sign_in(CENTRE).get(f"{address}/reverse"))
    assert f"/treasury/pledges/{foreign.token}" in central
    assert "And of pledges of other sections." not in central


def test_a_gift_that_pays_its_promise_moves_no_number_when_it_is_reversed(ledger: Ledger) -> None:
    client = ledger.office.sign_in(CENTRE)
    address = enter(client).location
    pledge = ledger.promise(200_000)
    everywhere = Scope.everything()
    allocate(ledger.parts, address.rpartition("/")[2], [Wanted(pledge.token)], everywhere)

    assert "number stays as it is" in words(client.get(f"{address}/reverse"))
