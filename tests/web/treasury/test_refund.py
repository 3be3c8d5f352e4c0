from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from fundtracker.domain.scope import Scope
from fundtracker.services.allocate import Wanted, allocate
from fundtracker.services.send_refund import send_refund
from fundtracker.store import refund_orders
from fundtracker.store.refund_orders import RefundOrderRow
from fundtracker.store.staff import StaffSessionRow
from tests.web.treasury.ledger import AUDITOR, CENTRE, words

if TYPE_CHECKING:
    from tests.web.treasury.ledger import Ledger

KEY = "form-of-the-day-1"


def a_form(**changes: str) -> dict[str, str]:
    return {"key": KEY, "amount": "20", "reason": "The donor asked for it"} | changes


def address(ledger: Ledger) -> str:
    return f"/treasury/donations/{ledger.british_gift.token}/refund"


def orders(ledger: Ledger) -> list[int]:
    with ledger.office.database.reading() as session:
        return list(session.scalars(select(RefundOrderRow.amount)))


def test_all_that_is_left_is_offered_and_what_it_does_is_shown_first(ledger: Ledger) -> None:
    client = ledger.office.sign_in(CENTRE)

    assert 'value="50.00"' in words(client.get(address(ledger)))
    asked = client.post(address(ledger), data=a_form())

    for told in ("Refund £20.00?", "£30.00 stays of the gift", "falls by €23.00"):
        assert told in words(asked)
    assert orders(ledger) == []


def test_an_order_is_written_down_once_and_shown_where_it_waits(ledger: Ledger) -> None:
    client = ledger.office.sign_in(CENTRE)

    for _ in range(2):
        answer = client.post(address(ledger), data=a_form(step="order"))
        assert answer.status_code == 303

    assert orders(ledger) == [2000]
    page = words(client.get(answer.location))
    for told in ("The refund was asked for.", "A refund of £20.00 was asked for.", "up to £30.00"):
        assert told in page
    assert "The donor asked for it" in page
    assert "Asked for, and not answered by Stripe yet" in words(client.get("/treasury/refunds"))
    assert [action for action, _ in ledger.audited()] == ["refund_asked"]


def test_it_is_listed_with_who_asked_once_stripe_has_answered(ledger: Ledger) -> None:
    client = ledger.office.sign_in(CENTRE)
    client.post(address(ledger), data=a_form(step="order"))
    send_refund(ledger.parts, KEY)
    ledger.hear(ledger.british_gift.refund(2000, id=f"re_{KEY}"))

    page = words(client.get("/treasury/refunds"))

    for told in ("£20.00", "−€23.00", "refunded", f"re_{KEY}", "Member"):
        assert told in page
    assert "not answered by Stripe yet" not in page


def test_what_stripe_refused_is_told_in_the_history(ledger: Ledger) -> None:
    client = ledger.office.sign_in(CENTRE)
    client.post(address(ledger), data=a_form(step="order"))
    with ledger.office.database.unit_of_work() as session:
        row = refund_orders.known(session, KEY)
        row.refused_at, row.note = row.asked_at, "Stripe refused it. Nothing went back."

    page = words(client.get(f"/treasury/donations/{ledger.british_gift.token}"))

    assert "The refund of £20.00 was refused. Stripe refused it. Nothing went back." in page
    assert "Refund up to £50.00" in page


@pytest.mark.parametrize("step", ["", "order"])
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "50.01"}, "amount"),
        ({"amount": "all"}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 501}, "reason"),
    ],
)
def test_a_mistake_is_said_at_its_field_and_keeps_the_rest(
    ledger: Ledger, changes: dict[str, str], field: str, step: str
) -> None:
    answer = ledger.office.sign_in(CENTRE).post(address(ledger), data=a_form(step=step, **changes))

    assert answer.status_code == 422
    assert f'href="#{field}"' in words(answer)
    assert f'value="{KEY}"' in words(answer)
    assert orders(ledger) == []


def test_where_nothing_is_left_there_is_no_form(ledger: Ledger) -> None:
    client = ledger.office.sign_in(CENTRE)
    client.post(address(ledger), data=a_form(amount="50", step="order"))

    assert "Nothing is left" in words(client.get(address(ledger)))
    late = client.post(address(ledger), data=a_form(key="form-of-the-day-2", step="order"))
    assert late.status_code == 409
    assert orders(ledger) == [5000]


def test_a_form_of_yesterday_is_no_form_for_another_refund(ledger: Ledger) -> None:
    client = ledger.office.sign_in(CENTRE)
    client.post(address(ledger), data=a_form(step="order"))

    assert client.post(address(ledger), data=a_form(amount="5", step="order")).status_code == 422
    assert orders(ledger) == [2000]
    about = f"donation:{ledger.british_gift.token}"
    assert ledger.audited() == [("refund_asked", about), ("refused", about)]


def test_only_who_may_refund_does_and_only_within_reach(ledger: Ledger) -> None:
    for grant in (AUDITOR, ledger.of_britain()):
        client = ledger.office.sign_in(grant)
        assert client.get(address(ledger)).status_code == 403
        assert client.post(address(ledger), data=a_form(step="order")).status_code == 403
    unknown = ledger.office.sign_in(CENTRE).post(
        "/treasury/donations/nothing/refund", data=a_form(step="order")
    )
    assert unknown.status_code == 404
    page = "page:/treasury/donations/<token>/refund"
    assert ledger.audited() == [("refused", page)] * 5
    assert orders(ledger) == []


def test_a_second_factor_of_a_while_ago_is_asked_for_again(ledger: Ledger) -> None:
    client = ledger.office.sign_in(CENTRE)
    with ledger.office.database.unit_of_work() as session:
        for row in session.scalars(select(StaffSessionRow)):
            row.proved_at = datetime.now(UTC) - timedelta(minutes=11)

    assert (
        "/account/second-factor"
        in client.get(address(ledger), headers={"Accept": "text/html"}).location
    )
    assert client.post(address(ledger), data=a_form(step="order")).status_code == 401
    assert orders(ledger) == []


def test_what_becomes_of_the_pledge_that_it_pays_is_asked_and_said(ledger: Ledger) -> None:
    pledge = ledger.promise(4000)
    token = ledger.british_gift.token
    allocate(ledger.parts, token, [Wanted(pledge.token)], Scope.everything())
    client = ledger.office.sign_in(CENTRE)
    assert "This gift pays a pledge. What becomes of that?" in words(client.get(address(ledger)))

    unsaid = client.post(address(ledger), data=a_form(amount="20"))
    assert unsaid.status_code == 422
    assert 'href="#fate"' in words(unsaid)
    for fate, told, falls in (
        ("withdrawn", "is withdrawn then", "€23.00"),
        ("reopened", "is open again then", "€11.50"),
    ):
        asked = words(client.post(address(ledger), data=a_form(amount="20", fate=fate)))
        assert told in asked
        assert f"falls by {falls} as soon as" in asked
        assert f'name="fate" value="{fate}"' in asked
    free = words(client.post(address(ledger), data=a_form(amount="10")))
    assert "The pledge that this gift pays" not in free
    client.post(address(ledger), data=a_form(amount="20", fate="withdrawn", step="order"))
    assert orders(ledger) == [2000]
