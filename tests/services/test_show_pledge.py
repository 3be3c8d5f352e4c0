from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from fundtracker.domain.errors import UnknownPledge
from fundtracker.domain.money import Money
from fundtracker.domain.pledge_terms import PledgeTerms
from fundtracker.domain.pledges import PledgeStatus
from fundtracker.domain.rates import Rate
from fundtracker.services.answer_pledge import withdraw
from fundtracker.services.change_pledge import Shown
from fundtracker.services.set_rates import set_rates
from fundtracker.services.show_pledge import show_pledge
from fundtracker.store import funds, pledge_terms
from fundtracker.store.pledges import PledgeRow
from tests.factories.pledges import a_pledge, read
from tests.factories.rows import a_donation, a_fund
from tests.factories.stripe import Payment, event
from tests.services.promising import FIFTY, confirmed
from tests.support.telling import tell_and_settle

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts


@pytest.fixture(autouse=True)
def _a_fund(parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        a_fund(session, slug="hall")


def pay(parts: Parts, token: str, amount: int, *, settled: bool = True) -> None:
    """Pay so many pence for a pledge by card."""
    with parts.database.unit_of_work() as session:
        fund = funds.row_of(session, "hall")
        pledge_id = read(parts, token).id
        status = "created" if settled else "processing"
        row = a_donation(session, fund, amount=amount, pledge_id=pledge_id, status=status)
        given = Payment(row.token, amount)
    if settled:
        tell_and_settle(parts, event(given.session()), event(given.charge()))


def test_a_promise_is_shown_with_its_parts(parts: Parts) -> None:
    token = confirmed(parts, parts=2)

    shown = show_pledge(parts, token)

    assert shown.standing.promised == FIFTY
    assert (shown.section, shown.made_on, shown.status) == (
        "The section GB",
        date(2026, 6, 12),
        PledgeStatus.OPEN,
    )
    assert [(part.due, part.open.minor) for part in shown.parts] == [
        (date(2026, 7, 12), 2500),
        (date(2026, 8, 12), 2500),
    ]
    assert shown.is_expected
    assert not shown.waits
    assert shown.next_part == shown.parts[0]
    assert shown.contact.named
    assert shown.contact.has_email
    assert not shown.may_be_named


def test_what_was_paid_and_what_is_on_its_way_is_shown(parts: Parts) -> None:
    token = confirmed(parts, parts=2)
    pay(parts, token, 3000)
    pay(parts, token, 1000, settled=False)

    shown = show_pledge(parts, token)

    assert shown.standing.paid == Money(3000, "GBP")
    assert [payment.amount for payment in shown.payments] == [Money(3000, "GBP")]
    assert shown.on_the_way == (Money(1000, "GBP"),)
    assert shown.next_part == shown.parts[1]


def test_what_is_paid_has_no_next_part(parts: Parts) -> None:
    token = confirmed(parts)
    pay(parts, token, 5000)

    shown = show_pledge(parts, token)

    assert shown.next_part is None
    assert shown.standing.is_paid


def test_what_is_withdrawn_is_expected_no_more(parts: Parts) -> None:
    token = confirmed(parts)
    withdraw(parts, Shown(token, read(parts, token).version))

    assert not show_pledge(parts, token).is_expected


def test_what_does_not_count_yet_waits(parts: Parts) -> None:
    with parts.database.unit_of_work() as session:
        pledge_terms.save(session, funds.by_slug(session, "hall").id, PledgeTerms(0))

    assert show_pledge(parts, confirmed(parts)).waits


def test_a_promise_from_the_hall_may_be_of_no_section_and_of_nobody(parts: Parts) -> None:
    row = a_pledge(parts, "hall", FIFTY)

    shown = show_pledge(parts, row.token)

    assert shown.section == ""
    assert shown.may_be_named
    assert not shown.contact.has_email


def test_it_is_paid_at_its_own_rates_whatever_they_are_now(parts: Parts) -> None:
    row = a_pledge(parts, "hall", FIFTY)
    set_rates(
        parts,
        "hall",
        {"GBP": Rate.parse("1.30"), "USD": Rate.parse("0.90")},
        source="test",
    )

    found = show_pledge(parts, row.token).rates

    assert found["GBP"] == Rate.parse("1.15")
    assert found["CHF"] == Rate.parse("1.05")
    # What its table does not have gets today's.
    assert found["USD"] == Rate.parse("0.90")


def test_a_promise_of_before_there_were_rates_has_its_own(parts: Parts) -> None:
    row = a_pledge(parts, "hall", Money(5000, "EUR"))
    with parts.database.unit_of_work() as session:
        session.get_one(PledgeRow, row.id).rate_table_id = None

    assert show_pledge(parts, row.token).rates["EUR"] == Rate.ONE


def test_nothing_is_shown_of_a_draft_or_of_nothing(parts: Parts) -> None:
    token = confirmed(parts)
    with parts.database.unit_of_work() as session:
        funds.locked(session, "hall").status = "draft"

    for unknown in (token, "nothing", "x" * 9999):
        with pytest.raises(UnknownPledge):
            show_pledge(parts, unknown)
