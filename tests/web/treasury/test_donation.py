from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fundtracker.store.funds import FundRow
from tests.factories.rows import a_donation
from tests.support.deeds import deeds
from tests.web.treasury.ledger import AUDITOR, CENTRE, words

if TYPE_CHECKING:
    from tests.web.treasury.ledger import Ledger

IN_ORDER = (
    "The donor sent the form: £50.00.",
    "payment page was made.",
    "An attempt to pay was declined. (card)",
    "Received: £50.00.",
    "Settled by Stripe: €55.63 net, fee €1.37.",
    "Refunded: £20.00.",
    "bank took back £10.00.",
)


def test_the_whole_history_is_told_in_plain_words_and_in_order(ledger: Ledger) -> None:
    gift = ledger.british_gift
    line = gift.line(gift.charge(), 5700, fee=137)
    taken = gift.line(gift.dispute(), -1140, "d")
    ledger.hear(
        gift.charge(id="ch_declined", status="failed", payment_method_details={"type": "card"}),
        gift.charge(balance_transaction=line["id"]),
        line,
    )
    ledger.hear(
        gift.refund(2000),
        gift.dispute(1000, taken),
    )

    page = words(ledger.office.sign_in(CENTRE).get(f"/treasury/donations/{gift.token}"))

    places = [page.find(sentence) for sentence in IN_ORDER]
    assert -1 not in places
    assert places == sorted(places)
    for figure in ("£20.00", "€23.00", f"pi_{gift.number}", f"txn_{gift.number}", "needs_response"):
        assert figure in page


@pytest.mark.parametrize(
    ("thing", "sentence"),
    [
        ({"status": "pending"}, "A refund of £20.00 is on its way."),
        ({"status": "failed"}, "A refund of £20.00 did not go through; the gift is still here."),
    ],
)
def test_refunds_that_moved_nothing_are_told_too(
    ledger: Ledger, thing: dict[str, str], sentence: str
) -> None:
    gift = ledger.british_gift
    ledger.hear(gift.refund(2000, **thing))

    page = ledger.office.sign_in(CENTRE).get(f"/treasury/donations/{gift.token}")

    assert sentence in words(page)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("expired", "The payment page ran out. Nothing was paid."),
        ("failed", "The payment failed. Nothing was paid."),
        ("cancelled", "The payment was cancelled. Nothing was paid."),
    ],
)
def test_a_gift_that_never_came_says_how_it_ended(
    ledger: Ledger, status: str, sentence: str
) -> None:
    with ledger.office.database.unit_of_work() as session:
        fund = session.get_one(FundRow, ledger.fund_id)
        row = a_donation(session, fund, status=status)

    page = words(ledger.office.sign_in(CENTRE).get(f"/treasury/donations/{row.token}"))

    assert sentence in page
    assert "Nothing is booked for it." in page
    assert "Refund up to" not in page


def test_another_sections_donation_is_as_if_it_did_not_exist(ledger: Ledger) -> None:
    client = ledger.office.sign_in(ledger.of_switzerland())

    foreign = client.get(f"/treasury/donations/{ledger.british_gift.token}")
    unknown = client.get("/treasury/donations/donation-0")

    assert foreign.status_code == unknown.status_code == 404
    assert words(foreign) == words(unknown)


def test_names_are_hidden_until_they_are_asked_for_and_that_is_written_down(
    ledger: Ledger,
) -> None:
    address = f"/treasury/donations/{ledger.british_gift.token}"
    client = ledger.office.sign_in(ledger.of_britain(names=True))
    assert "Rosa" not in words(client.get(address))
    assert ledger.audited() == []

    page = words(client.post(f"{address}/names"))

    assert "&lt;b&gt;Rosa&lt;/b&gt;" in page
    assert "=1+1" in page
    assert ledger.audited() == [("names_read", f"donation:{ledger.british_gift.token}")]


def test_where_nothing_was_written_that_is_said(ledger: Ledger) -> None:
    with ledger.office.database.unit_of_work() as session:
        fund = session.get_one(FundRow, ledger.fund_id)
        row = a_donation(session, fund, section_id=ledger.britain)
    client = ledger.office.sign_in(ledger.of_britain(names=True))

    page = client.post(f"/treasury/donations/{row.token}/names")

    assert "Nothing was written." in words(page)


def test_who_may_not_see_names_finds_no_way_to_them(ledger: Ledger) -> None:
    address = f"/treasury/donations/{ledger.british_gift.token}"
    without = ledger.office.sign_in(CENTRE)

    assert "your role does not include names" in words(without.get(address))
    assert without.post(f"{address}/names").status_code == 403
    elsewhere = ledger.office.sign_in(AUDITOR, ledger.of_britain(names=True))
    swiss = f"/treasury/donations/{ledger.swiss_gift.token}"
    assert elsewhere.get(swiss).status_code == 200
    assert elsewhere.post(f"{swiss}/names").status_code == 404
    assert ledger.audited() == [("refused", "page:/treasury/donations/<token>/names")] * 2


def test_who_guesses_ids_is_in_the_log_with_what_they_guessed(ledger: Ledger) -> None:
    swiss = ledger.office.sign_in(ledger.of_switzerland())
    foreign = ledger.british_gift.token
    for guess in (foreign, "a-guess"):
        assert swiss.get(f"/treasury/donations/{guess}").status_code == 404
    assert swiss.get("/office/people").status_code == 403
    assert swiss.get("/treasury/no-such-page").status_code == 404

    told = [(deed.subject, deed.private.get("asked")) for deed in deeds(ledger.office.database)]
    assert told == [
        ("page:/treasury/donations/<token>", foreign),
        ("page:/treasury/donations/<token>", "a-guess"),
        ("page:/office/people", None),
    ]


def test_only_who_may_refund_is_led_there(ledger: Ledger) -> None:
    address = f"/treasury/donations/{ledger.british_gift.token}"

    assert "Refund up to £50.00" in words(ledger.office.sign_in(CENTRE).get(address))
    for grant in (AUDITOR, ledger.of_britain()):
        assert "Refund up to" not in words(ledger.office.sign_in(grant).get(address))
