from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from fundtracker.domain.money import Money
from fundtracker.domain.pledges import Instalment, PledgeStatus
from tests.factories.rows import a_fund
from tests.web.treasury.ledger import AUDITOR, CENTRE, words
from tests.web.treasury.test_donations import link

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.web.treasury.ledger import Ledger

LONG_AGO = (Instalment(date(2026, 6, 1), Money(10_000, "GBP")),)


def tokens(answer: TestResponse) -> list[str]:
    """The pledges of a list, in their order."""
    return re.findall(r'href="/treasury/pledges/([^"/?]{22})"', answer.get_data(as_text=True))


def test_the_newest_come_first_with_everything_that_is_known(ledger: Ledger) -> None:
    first = ledger.promise(instalments=LONG_AGO, name="Rosa")
    second = ledger.promise(5000, "CH", "CHF", status=PledgeStatus.UNCONFIRMED)

    page = ledger.office.sign_in(CENTRE).get("/treasury/pledges")

    assert tokens(page) == [second.token, first.token]
    told = words(page)
    for word in (
        "£100.00",
        "€115.00",
        "Sec GB",
        "overdue",
        "being checked",
        "no name",
        "1 June 2026",
    ):
        assert word in told
    assert "€167.50</b> open and counted, of 2 pledges: €167.50 was promised" in told
    assert "Rosa" not in told


def test_a_section_treasurer_sees_the_own_section_and_no_trace_of_others(ledger: Ledger) -> None:
    british, swiss = ledger.promise(name="Rosa"), ledger.promise(5000, "CH", "CHF")
    client = ledger.office.sign_in(ledger.of_switzerland())

    page = client.get("/treasury/pledges")
    assert tokens(page) == [swiss.token]
    assert "€52.50</b> open and counted, of 1 pledge" in words(page)
    assert "Sec GB" not in words(page)
    for query in (f"text={british.number}", "text=Rosa", f"text={british.token}"):
        assert tokens(client.get(f"/treasury/pledges?{query}")) == []
    assert client.get("/treasury/pledges?section=GB").status_code == 422
    assert client.get(f"/treasury/pledges/{british.token}").status_code == 404


def test_a_name_finds_a_pledge_for_those_who_may_see_names(ledger: Ledger) -> None:
    pledge = ledger.promise(name="Rosa Parks")

    for names, found in ((True, [pledge.token]), (False, [])):
        client = ledger.office.sign_in(ledger.of_britain(names=names))
        assert tokens(client.get("/treasury/pledges?text=rosa+parks")) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=expected", 2),
        ("status=overdue", 2),
        ("status=paid", 0),
        ("age=over_90", 2),
        ("age=not_due", 0),
        ("source=floor", 2),
        ("source=online", 0),
        ("unnamed=1", 1),
        ("dates=due&since=2026-06-01&until=2026-06-01", 1),
        ("since=2026-06-12&until=2026-06-12", 2),
        ("since=2026-06-13", 0),
        ("fund=conference&section=gb", 2),
    ],
)
def test_the_address_narrows_the_list(ledger: Ledger, query: str, found: int) -> None:
    # What is due with the end of the collection in June is long overdue at the office's clock.
    ledger.promise(instalments=LONG_AGO, name="Rosa")
    ledger.promise()

    page = ledger.office.sign_in(AUDITOR).get(f"/treasury/pledges?{query}")

    assert page.status_code == 200
    assert len(tokens(page)) == found


@pytest.mark.parametrize(
    ("query", "field"),
    [("status=succeeded", "status"), ("age=old", "age"), ("after=-1", "after"), ("fund=x", "fund")],
)
def test_a_question_with_a_mistake_is_answered_beside_it(
    ledger: Ledger, query: str, field: str
) -> None:
    page = ledger.office.sign_in(CENTRE).get(f"/treasury/pledges?{query}")

    assert page.status_code == 422
    assert f'href="#{field}"' in words(page)


def test_pages_go_on_by_key_and_keep_the_filter(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fundtracker.web.treasury.pledges.PAGE", 2)
    made = [ledger.promise().token for _ in range(5)]
    client = ledger.office.sign_in(CENTRE)

    first = client.get("/treasury/pledges?section=GB")
    second = client.get(link(first, "Older"))
    third = client.get(link(second, "Older"))

    assert [*tokens(first), *tokens(second), *tokens(third)] == made[::-1]
    assert "Older" not in words(third)


def test_where_too_many_would_be_added_up_that_is_said(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fundtracker.store.pledge_sums.MOST_ADDED", 1)
    ledger.promise()
    ledger.promise()

    page = words(ledger.office.sign_in(CENTRE).get("/treasury/pledges"))

    assert "of the newest 2 pledges of this list alone" in page


def test_the_export_asks_the_same_question(ledger: Ledger) -> None:
    ledger.promise(instalments=LONG_AGO)
    client = ledger.office.sign_in(CENTRE)
    page = client.get("/treasury/pledges?section=GB&status=overdue&age=over_90")

    asked = urlsplit(link(page, "Export this list"))
    taken = client.post(
        "/treasury/exports/new",
        data={"format": "csv", **{name: value[0] for name, value in parse_qs(asked.query).items()}},
    )

    assert parse_qs(asked.query)["what"] == ["pledges"]
    rows = taken.get_data(as_text=True).splitlines()
    assert len(rows) == 2
    assert "100.00" in rows[1]


def test_only_who_may_change_pledges_is_led_to_what_changes_them(ledger: Ledger) -> None:
    for grant, is_led in ((CENTRE, True), (AUDITOR, False)):
        page = words(ledger.office.sign_in(grant).get("/treasury/pledges"))
        assert ("Write down a pledge" in page) is is_led
        assert ("Which gifts pay" in page) is is_led


def test_nothing_yet_and_nothing_that_fits_are_said(ledger: Ledger) -> None:
    client = ledger.office.sign_in(CENTRE)

    assert "There are no pledges yet." in words(client.get("/treasury/pledges"))
    assert "No pledge fits." in words(client.get("/treasury/pledges?status=paid"))


def test_a_rehearsal_is_never_among_what_is_real_and_wears_its_band(ledger: Ledger) -> None:
    with ledger.office.database.unit_of_work() as session:
        a_fund(session, slug="trial", rehearsal=True)
    real = ledger.promise()
    trial = ledger.promise_in("trial")
    client = ledger.office.sign_in(CENTRE)

    assert tokens(client.get("/treasury/pledges")) == [real.token]
    page = client.get("/treasury/pledges?fund=trial")
    assert tokens(page) == [trial.token]
    assert "rehearsal-band" in words(page)
    assert "rehearsal-band" in words(client.get(f"/treasury/pledges/{trial.token}"))
    assert "rehearsal-band" not in words(client.get("/treasury/pledges"))
