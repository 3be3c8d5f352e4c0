from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from fundtracker.domain.roles import Grant, Role
from fundtracker.store.funds import FundRow
from fundtracker.web.treasury import listing
from tests.factories.rows import a_donation
from tests.factories.stripe import Payment
from tests.web.treasury.ledger import AUDITOR, CENTRE, words

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.web.treasury.ledger import Ledger


def tokens(answer: TestResponse) -> list[str]:
    """The donations of a list, in their order."""
    return re.findall(r'href="/treasury/donations/([^"/]+)"', answer.get_data(as_text=True))


def link(answer: TestResponse, name: str) -> str:
    """Where a link of the page leads."""
    found = re.search(rf'<a href="([^"]+)"[^>]*>{name}</a>', answer.get_data(as_text=True))
    assert found, f"no link {name}"
    return html.unescape(found[1])


def test_the_newest_come_first_with_everything_that_is_known(ledger: Ledger) -> None:
    page = ledger.office.sign_in(CENTRE).get("/treasury/donations")

    assert tokens(page) == [ledger.swiss_gift.token, ledger.british_gift.token]
    told = words(page)
    for word in (
        "£50.00",
        "€57.50",
        "1.15",
        "Sec GB",
        "online (card)",
        "received",
        "not known yet",
    ):
        assert word in told
    assert "€115.00</b> received and kept, from 2 gifts" in told


def test_a_fee_is_shown_once_it_is_known_and_never_as_nothing(ledger: Ledger) -> None:
    gift = ledger.british_gift
    line = gift.line(gift.charge(), 5700, fee=137)
    ledger.hear(gift.charge(balance_transaction=line["id"]), line)

    page = words(ledger.office.sign_in(CENTRE).get("/treasury/donations?section=GB"))

    assert "€1.37" in page
    assert "not known yet" not in page
    assert "€0.00" not in page


def test_a_section_treasurer_sees_the_own_section_and_no_trace_of_others(ledger: Ledger) -> None:
    client = ledger.office.sign_in(ledger.of_switzerland())

    page = client.get("/treasury/donations")
    assert tokens(page) == [ledger.swiss_gift.token]
    assert "€57.50</b> received and kept, from 1 gift" in words(page)
    assert "Sec GB" not in words(page)
    assert "The section GB" not in words(page)

    for query in (
        f"text={ledger.british_gift.token}",
        f"text=pi_{ledger.british_gift.number}",
        f"after={10**17}&text=pi_{ledger.british_gift.number}",
    ):
        assert tokens(client.get(f"/treasury/donations?{query}")) == []


@pytest.mark.parametrize("query", ["section=GB", "section=SE", "section=-", "fund=other"])
def test_what_is_out_of_reach_is_as_unknown_as_what_is_not_there(
    ledger: Ledger, query: str
) -> None:
    page = ledger.office.sign_in(ledger.of_switzerland()).get(f"/treasury/donations?{query}")

    assert page.status_code == 422
    assert tokens(page) == []
    assert "You can see no" in words(page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("fund=conference", 2),
        ("section=gb", 1),
        ("method=online", 2),
        ("method=bank", 0),
        ("status=succeeded", 2),
        ("status=open", 0),
        ("account=simulator", 2),
        ("account=main", 0),
        ("since=2026-06-12&until=2026-06-12", 2),
        ("since=2026-06-13", 0),
        ("until=2026-06-11&dates=booking", 0),
        ("since=2026-06-12&dates=booking", 2),
        ("text=nothing", 0),
    ],
)
def test_the_address_narrows_the_list(ledger: Ledger, query: str, found: int) -> None:
    page = ledger.office.sign_in(AUDITOR).get(f"/treasury/donations?{query}")

    assert page.status_code == 200
    assert len(tokens(page)) == found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since=yesterday", "since"),
        ("method=%3Cscript%3E", "method"),
        ("since=2026-06-12&until=2026-06-11", "until"),
        ("text=a%E2%80%AEb", "text"),
        ("after=-1", "after"),
        ("after=99999999999999999999", "after"),
    ],
)
def test_a_question_with_a_mistake_is_answered_beside_it_and_kept(
    ledger: Ledger, query: str, field: str
) -> None:
    page = ledger.office.sign_in(CENTRE).get(f"/treasury/donations?{query}&section=GB")

    assert page.status_code == 422
    assert f'href="#{field}"' in words(page)
    assert '<option value="GB" selected>' in words(page)
    assert tokens(page) == []
    assert "<script>" not in words(page)


def test_pages_go_on_by_key_and_keep_the_filter(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fundtracker.web.treasury.donations.PAGE", 2)
    with ledger.office.database.unit_of_work() as session:
        fund = session.get_one(FundRow, ledger.fund_id)
        made = [a_donation(session, fund, section_id=ledger.britain).token for _ in range(4)]
    client = ledger.office.sign_in(CENTRE)

    first = client.get("/treasury/donations?section=GB")
    second = client.get(link(first, "Older"))
    third = client.get(link(second, "Older"))

    pages = [tokens(page) for page in (first, second, third)]
    assert pages == [made[:1:-1], made[1::-1], [ledger.british_gift.token]]
    assert "Older" not in words(third)
    assert link(third, "Newest") == "/treasury/donations?section=GB"


def test_pages_by_date_go_on_where_the_last_one_ended(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fundtracker.web.treasury.donations.PAGE", 1)
    client = ledger.office.sign_in(CENTRE)

    first = client.get("/treasury/donations?since=2026-06-01")
    second = client.get(link(first, "Older"))

    assert tokens(first) + tokens(second) == [ledger.swiss_gift.token, ledger.british_gift.token]


def test_the_export_asks_the_same_question(ledger: Ledger) -> None:
    client = ledger.office.sign_in(CENTRE)
    page = client.get("/treasury/donations?section=GB&since=2026-06-01&after=5000")

    asked = urlsplit(link(page, "Export this list"))

    assert asked.path == "/treasury/exports/new"
    assert parse_qs(asked.query) == {
        "what": ["donations"],
        "section": ["GB"],
        "since": ["2026-06-01"],
    }
    assert client.get(link(page, "Export this list")).status_code == 200


def test_no_name_stands_in_the_list_whatever_one_may_see(ledger: Ledger) -> None:
    client = ledger.office.sign_in(ledger.of_britain(names=True))

    assert "Rosa" not in words(client.get("/treasury/donations"))


def test_a_donation_without_a_rate_is_not_counted_and_says_so(ledger: Ledger) -> None:
    with ledger.office.database.unit_of_work() as session:
        fund = session.get_one(FundRow, ledger.fund_id)
        row = a_donation(session, fund, account="simulator", rate_mantissa=None, rate_scale=None)
    ledger.hear(Payment(row.token).session())

    assert "no rate" in words(ledger.office.sign_in(CENTRE).get("/treasury/donations"))


def test_an_empty_fund_says_so(ledger: Ledger) -> None:
    nobody = Grant(Role.SECTION_TREASURER, section_id=0)
    client = ledger.office.sign_in(nobody)

    assert "There are no donations yet." in words(client.get("/treasury/donations"))
    assert "No donation fits." in words(client.get("/treasury/donations?method=bank"))


def test_only_who_may_enter_gifts_is_led_there(ledger: Ledger) -> None:
    assert "Enter a gift" in words(ledger.office.sign_in(CENTRE).get("/treasury/donations"))
    assert "Enter a gift" not in words(ledger.office.sign_in(AUDITOR).get("/treasury/donations"))


def test_a_page_is_fifty_lines() -> None:
    assert listing.PAGE == 50
