from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.scope import Scope
from fundtracker.services.allocate import Wanted, allocate, propose
from fundtracker.services.verify import verify
from tests.support.telling import whole
from tests.web.treasury.ledger import AUDITOR, CENTRE, words

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from tests.web.treasury.ledger import Ledger

EVERYWHERE = Scope.everything()
BEFORE = 11_500


def address(ledger: Ledger) -> str:
    return f"/treasury/donations/{ledger.british_gift.token}/allocate"


def agreed(page: TestResponse) -> list[str]:
    found = re.findall(r'name="agreed"\s+value="([^"]+)"', page.get_data(as_text=True))
    return list(map(html.unescape, found))


def look(client: FlaskClient, ledger: Ledger, way: str = "exact", **typed: object) -> TestResponse:
    return client.post(address(ledger), data={"way": way, **typed})


def headline(ledger: Ledger) -> int:
    totals = whole(ledger.parts, ledger.fund_id)
    return totals.received + totals.pledged


def test_what_it_does_is_said_first_and_then_done(ledger: Ledger) -> None:
    pledge = ledger.promise(3000)
    other = ledger.promise(9000, "CH", "CHF")
    client = ledger.office.sign_in(ledger.of_britain())
    form = words(client.get(address(ledger)))
    assert pledge.token in form
    assert other.token not in form
    assert "£50.00 of it pay nothing yet." in form

    page = look(client, ledger, pledge=[pledge.token])

    told = words(page)
    assert "number falls by €34.50" in told.replace("&#39;", "'")
    assert "£20.00 of the gift pay nothing" in told
    assert ledger.pledge(pledge.token).paid == 0
    before = headline(ledger)
    done = client.post(address(ledger), data={"way": "do", "agreed": agreed(page)})
    assert done.status_code == 303
    assert headline(ledger) == before - 3450
    donation = words(client.get(done.location))
    for told in (
        "The gift pays what you chose.",
        "£30.00 of a pledge of £30.00",
        "£20.00 of it pay",
    ):
        assert told in donation, told
    assert verify(ledger.parts).broken == ()


def test_a_transfer_is_split_exactly_as_it_was_typed(ledger: Ledger) -> None:
    first, second = ledger.promise(4000), ledger.promise(4000)
    client = ledger.office.sign_in(CENTRE)
    typed = {f"amount.{first.token}": "10.50", f"amount.{second.token}": "20"}

    page = look(client, ledger, pledge=[first.token, second.token], **typed)
    client.post(address(ledger), data={"way": "do", "agreed": agreed(page)})

    paid = [ledger.pledge(each.token).paid for each in (first, second)]
    assert paid == [1050, 2000]
    assert verify(ledger.parts).broken == ()


def test_it_is_split_in_proportion_to_the_last_penny(ledger: Ledger) -> None:
    made = [ledger.promise(minor) for minor in (3333, 3333, 3334)]
    client = ledger.office.sign_in(CENTRE)

    page = look(client, ledger, "pro_rata", pledge=[each.token for each in made])
    client.post(address(ledger), data={"way": "do", "agreed": agreed(page)})

    paid = [ledger.pledge(each.token).paid for each in made]
    assert sum(paid) == 5000
    assert max(paid) - min(paid) <= 1
    assert verify(ledger.parts).broken == ()


def test_pledges_in_other_currencies_get_their_share_of_what_it_is_worth(ledger: Ledger) -> None:
    made = [ledger.promise(4000), ledger.promise(6000, "GB", "EUR")]
    client = ledger.office.sign_in(CENTRE)

    page = look(client, ledger, "pro_rata", pledge=[each.token for each in made])
    done = client.post(address(ledger), data={"way": "do", "agreed": agreed(page)})

    assert done.status_code == 303
    paid = [ledger.pledge(each.token).paid for each in made]
    assert all(paid)
    assert verify(ledger.parts).broken == ()


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({}, 422),
        ({"pledge": "x"}, 404),
        ({"way": "do"}, 422),
        ({"way": "do", "agreed": "x"}, 422),
        ({"way": "do", "agreed": "nobodys:1:1:1"}, 404),
    ],
)
def test_what_cannot_be_meant_is_refused(
    ledger: Ledger, typed: dict[str, str], status: int
) -> None:
    ledger.promise()
    client = ledger.office.sign_in(CENTRE)

    assert client.post(address(ledger), data={"way": "exact"} | typed).status_code == status


@pytest.mark.parametrize("amount", ["50.01", "ten", "-1"])
def test_no_more_than_there_is_can_be_split(ledger: Ledger, amount: str) -> None:
    pledge = ledger.promise()
    client = ledger.office.sign_in(CENTRE)

    page = look(client, ledger, pledge=[pledge.token], **{f"amount.{pledge.token}": amount})

    assert page.status_code == 422
    assert f'value="{amount}"' in words(page)
    assert "checked" in words(page)


def test_what_has_changed_meanwhile_is_not_done_unseen(ledger: Ledger) -> None:
    pledge = ledger.promise(3000)
    client = ledger.office.sign_in(CENTRE)
    page = look(client, ledger, pledge=[pledge.token])
    allocate(ledger.parts, ledger.british_gift.token, [Wanted(pledge.token, 1000)], EVERYWHERE)

    late = client.post(address(ledger), data={"way": "do", "agreed": agreed(page)})

    assert late.status_code == 409
    assert ledger.pledge(pledge.token).paid == 1000


def test_a_pledge_is_looked_for_in_the_whole_fund(ledger: Ledger) -> None:
    pledge = ledger.promise(9000, "CH", "CHF")
    client = ledger.office.sign_in(CENTRE)

    assert pledge.token not in words(client.get(address(ledger)))
    assert pledge.token in words(client.get(f"{address(ledger)}?text={pledge.number}"))
    assert client.get(f"{address(ledger)}?text=a%E2%80%AEb").status_code == 422


def test_who_may_not_change_pledges_is_offered_nothing(ledger: Ledger) -> None:
    ledger.promise()
    auditor = ledger.office.sign_in(AUDITOR)

    assert auditor.get(address(ledger)).status_code == 403
    page = words(auditor.get(f"/treasury/donations/{ledger.british_gift.token}"))
    assert "Let it pay a pledge" not in page
    swiss = ledger.office.sign_in(ledger.of_switzerland())
    assert swiss.get(address(ledger)).status_code == 404
    assert swiss.post(address(ledger), data={"way": "exact", "pledge": "x"}).status_code == 404


def test_a_gift_that_pays_all_it_can_says_so(ledger: Ledger) -> None:
    pledge = ledger.promise(5000)
    allocate(ledger.parts, ledger.british_gift.token, [Wanted(pledge.token)], EVERYWHERE)

    page = words(ledger.office.sign_in(CENTRE).get(address(ledger)))

    assert "All of this gift pays something already" in page


def test_a_part_is_taken_back_from_the_gifts_page(ledger: Ledger) -> None:
    pledge = ledger.promise(5000)
    allocate(ledger.parts, ledger.british_gift.token, [Wanted(pledge.token)], EVERYWHERE)
    client = ledger.office.sign_in(CENTRE)
    page = words(client.get(f"/treasury/donations/{ledger.british_gift.token}"))
    back = re.search(r'action="(/treasury/allocations/[^"]+/reverse)"', page)
    assert back

    answer = client.post(back[1], data={"donation": ledger.british_gift.token})

    assert answer.status_code == 303
    assert answer.location == f"/treasury/donations/{ledger.british_gift.token}"
    assert ledger.pledge(pledge.token).paid == 0
    assert client.post(back[1]).status_code == 409
    assert verify(ledger.parts).broken == ()


def test_a_match_is_offered_with_its_effect_and_agreed_to(ledger: Ledger) -> None:
    pledge = ledger.promise(5000)
    client = ledger.office.sign_in(ledger.of_britain())

    page = client.get("/treasury/pledges/matches")
    told = words(page).replace("&#39;", "'")
    assert "the same section and the same sum, within the hour of the promise" in told
    assert "number would fall by €57.50" in told
    form = dict(re.findall(r'name="(donation|pledge|agreed)" value="([^"]+)"', words(page)))
    answer = client.post("/treasury/pledges/matches", data=form | {"verdict": "pay"})

    assert answer.status_code == 303
    assert ledger.pledge(pledge.token).paid == 5000
    assert "Nothing seems to." in words(client.get(answer.location))
    assert verify(ledger.parts).broken == ()


def test_a_match_that_is_none_is_not_offered_again(ledger: Ledger) -> None:
    pledge = ledger.promise(5000)
    client = ledger.office.sign_in(CENTRE)
    form = {"donation": ledger.british_gift.token, "pledge": pledge.token, "fund": "conference"}

    answer = client.post("/treasury/pledges/matches", data=form | {"verdict": "reject"})

    assert answer.location == "/treasury/pledges/matches?fund=conference"
    assert "Nothing seems to." in words(client.get(answer.location))
    assert ledger.pledge(pledge.token).paid == 0


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"verdict": "pay"}, 422),
        ({"verdict": "pay", "agreed": "1:1:1"}, 404),
        ({"verdict": "reject"}, 404),
    ],
)
def test_an_edited_match_is_refused(ledger: Ledger, form: dict[str, str], status: int) -> None:
    client = ledger.office.sign_in(CENTRE)

    assert client.post("/treasury/pledges/matches", data=form).status_code == status


def test_matches_of_a_fund_that_is_none_are_not_shown(ledger: Ledger) -> None:
    client = ledger.office.sign_in(CENTRE)

    assert client.get("/treasury/pledges/matches?fund=conference").status_code == 200
    assert client.get("/treasury/pledges/matches?fund=other").status_code == 404
    assert client.get("/treasury/pledges/matches?fund=<b>").status_code == 422


@pytest.mark.parametrize(("verdict", "paid"), [("confirm", 5000), ("reverse", 0)])
def test_what_was_proposed_waits_and_is_decided(ledger: Ledger, verdict: str, paid: int) -> None:
    pledge = ledger.promise(6000)
    token = propose(ledger.parts, ledger.british_gift.token, Wanted(pledge.token), EVERYWHERE)
    client = ledger.office.sign_in(ledger.of_britain())
    assert "£50.00 of it would pay £50.00." in words(client.get("/treasury/pledges/matches"))

    answer = client.post(f"/treasury/allocations/{token}/{verdict}")

    assert answer.location == "/treasury/pledges/matches"
    assert ledger.pledge(pledge.token).paid == paid
    swiss = ledger.office.sign_in(ledger.of_switzerland())
    assert swiss.post(f"/treasury/allocations/{token}/{verdict}").status_code == 404
