from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

from tests.web.treasury.ledger import AUDITOR, CENTRE, words

if TYPE_CHECKING:
    from tests.web.treasury.ledger import Ledger


@pytest.fixture
def booked(ledger: Ledger) -> Ledger:
    """Return a ledger with a gift of each section, a settlement, a refund and a payout."""
    gift = ledger.british_gift
    line = gift.line(gift.charge(), 5700, fee=137)
    payout = gift.line({"id": "po_1", "object": "payout"}, -900, "p", type="payout")
    ledger.hear(gift.charge(balance_transaction=line["id"]), line)
    ledger.hear(gift.refund(2000))
    ledger.hear(payout)
    return ledger


def sources(page: str) -> list[str]:
    return re.findall(r'class="ledger-id">\s*([a-z]+_[a-z0-9]+)', page)


def test_each_journal_stands_there_with_its_entries(booked: Ledger) -> None:
    page = words(booked.office.sign_in(CENTRE).get("/treasury/journals"))

    number = booked.british_gift.number
    swiss = booked.swiss_gift.number
    assert sources(page) == [
        f"txn_{number}p",
        f"re_{number}",
        f"txn_{number}",
        f"pi_{swiss}",
        f"pi_{number}",
    ]
    for told in ("−£50.00", "−€57.50", "€55.63", "gifts returned", "payouts on their way"):
        assert told in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kind=gift", 2),
        ("kind=refund", 1),
        ("kind=nothing", 0),
        ("section=CH", 1),
        ("fund=conference", 4),
        ("method=online", 4),
        ("status=open", 0),
        ("account=simulator", 5),
        ("since=2026-06-12&until=2026-06-12", 5),
        ("until=2026-06-11", 0),
    ],
)
def test_the_address_narrows_the_list(booked: Ledger, query: str, found: int) -> None:
    page = booked.office.sign_in(AUDITOR).get(f"/treasury/journals?{query}")

    assert page.status_code == 200
    assert len(sources(words(page))) == found


def test_what_a_text_names_are_its_donation_and_its_own_journal(booked: Ledger) -> None:
    client = booked.office.sign_in(CENTRE)
    number = booked.british_gift.number

    assert len(sources(words(client.get(f"/treasury/journals?text=pi_{number}")))) == 3
    assert sources(words(client.get(f"/treasury/journals?text=txn_{number}p"))) == [
        f"txn_{number}p"
    ]


def test_a_section_sees_its_own_journals_alone(booked: Ledger) -> None:
    client = booked.office.sign_in(booked.of_switzerland())

    assert sources(words(client.get("/treasury/journals"))) == [f"pi_{booked.swiss_gift.number}"]
    for text in (f"txn_{booked.british_gift.number}", f"txn_{booked.british_gift.number}p"):
        assert sources(words(client.get(f"/treasury/journals?text={text}"))) == []


@pytest.mark.parametrize("query", ["", "since=2026-06-01"])
def test_pages_go_on_by_key(booked: Ledger, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    monkeypatch.setattr("fundtracker.web.treasury.journals.PAGE", 2)
    client = booked.office.sign_in(CENTRE)
    address: str | None = f"/treasury/journals?{query}"
    seen: list[str] = []

    while address:
        page = words(client.get(address))
        seen += sources(page)
        older = re.search(r'<a href="([^"]+)" rel="next">', page)
        address = html.unescape(older[1]) if older else None

    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("query", ["after=x", "kind=%3Cb%3E", "since=x"])
def test_a_mistake_is_said_and_nothing_listed(booked: Ledger, query: str) -> None:
    page = booked.office.sign_in(CENTRE).get(f"/treasury/journals?{query}")

    assert page.status_code == 422
    assert sources(words(page)) == []


def test_a_page_of_nowhere_is_empty(booked: Ledger) -> None:
    client = booked.office.sign_in(booked.of_switzerland())

    for query in ("after=1&since=2026-06-01", "text=nothing"):
        assert "No journal fits." in words(client.get(f"/treasury/journals?{query}"))
