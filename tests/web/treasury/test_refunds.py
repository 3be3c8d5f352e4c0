from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

from tests.web.treasury.ledger import AUDITOR, CENTRE, words

if TYPE_CHECKING:
    from tests.web.treasury.ledger import Ledger


@pytest.fixture
def refunded(ledger: Ledger) -> Ledger:
    """Return a ledger in which a part of each gift went back, the British one before."""
    ledger.hear(ledger.british_gift.refund(2000))
    ledger.hear(ledger.swiss_gift.refund(500, status="pending"))
    return ledger


def ids(page: str) -> list[str]:
    return re.findall(r'class="ledger-id">\s*(re_\d+)', page)


def test_the_last_heard_of_comes_first_whoever_asked_for_it(refunded: Ledger) -> None:
    page = words(refunded.office.sign_in(CENTRE).get("/treasury/refunds"))

    expected = [f"re_{refunded.swiss_gift.number}", f"re_{refunded.british_gift.number}"]
    assert sorted(ids(page)) == sorted(expected)
    for told in ("−€23.00", "on its way", "at Stripe's own desk".replace("'", "&#39;")):
        assert told in page.replace("'", "&#39;")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=pending", 1),
        ("status=succeeded", 1),
        ("section=CH", 1),
        ("fund=conference", 2),
        ("method=online", 2),
        ("account=simulator", 2),
        ("since=2026-06-12&until=2026-06-12", 2),
        ("since=2026-06-12&dates=booking", 1),
        ("until=2026-06-11", 0),
    ],
)
def test_the_address_narrows_the_list(refunded: Ledger, query: str, found: int) -> None:
    page = refunded.office.sign_in(AUDITOR).get(f"/treasury/refunds?{query}")

    assert page.status_code == 200
    assert len(ids(words(page))) == found


def test_a_refund_is_found_by_its_own_id_and_by_that_of_its_payment(refunded: Ledger) -> None:
    client = refunded.office.sign_in(CENTRE)
    number = refunded.british_gift.number

    for text in (f"re_{number}", f"pi_{number}", refunded.british_gift.token):
        assert ids(words(client.get(f"/treasury/refunds?text={text}"))) == [f"re_{number}"]


def test_another_section_sees_nothing_of_it(refunded: Ledger) -> None:
    client = refunded.office.sign_in(refunded.of_switzerland())
    foreign = f"re_{refunded.british_gift.number}"

    assert foreign not in words(client.get("/treasury/refunds"))
    assert ids(words(client.get(f"/treasury/refunds?text={foreign}"))) == []
    assert ids(words(client.get(f"/treasury/refunds?after={foreign}"))) == []


def test_pages_go_on_by_key(refunded: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fundtracker.web.treasury.refunds.PAGE", 1)
    client = refunded.office.sign_in(CENTRE)

    first = words(client.get("/treasury/refunds"))
    older = re.search(r'<a href="([^"]+)" rel="next">', first)
    assert older
    second = words(client.get(html.unescape(older[1])))

    assert len({*ids(first), *ids(second)}) == 2
    assert 'rel="next"' not in second


@pytest.mark.parametrize("query", ["after=%3Cb%3E", "status=lost", "section=SE"])
def test_a_mistake_is_said_and_nothing_listed(refunded: Ledger, query: str) -> None:
    page = refunded.office.sign_in(CENTRE).get(f"/treasury/refunds?{query}")

    assert page.status_code == 422
    assert ids(words(page)) == []


def test_an_empty_list_says_so(ledger: Ledger) -> None:
    client = ledger.office.sign_in(CENTRE)

    assert "Nothing was refunded yet." in words(client.get("/treasury/refunds"))
    assert "No refund fits." in words(client.get("/treasury/refunds?status=failed"))
