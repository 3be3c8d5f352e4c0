from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from fundtracker.domain.errors import FundClosed, FundPaused, InvalidAmount, NoRate
from fundtracker.domain.funds import largest_gift
from fundtracker.domain.money import Money
from fundtracker.domain.rates import Rate
from fundtracker.domain.references import reference, spoken
from fundtracker.domain.scope import Scope
from fundtracker.domain.totals import Totals
from fundtracker.services.change_pledge import Shown
from fundtracker.services.decide_pledge import cancel_pledge
from fundtracker.services.give import GiftRequest, give
from fundtracker.services.set_rates import set_rates
from fundtracker.services.show_pledge import show_pledge
from fundtracker.services.thank import PaidPledge, outcome
from fundtracker.services.verify import verify
from fundtracker.store import funds
from fundtracker.store.donations import DonationRow
from tests.factories.pledges import a_pledge
from tests.factories.rows import a_fund
from tests.factories.stripe import Payment, event
from tests.services.promising import FIFTY
from tests.support.telling import tell_and_settle, whole

if TYPE_CHECKING:
    from fundtracker.services.parts import Parts
    from fundtracker.store.pledges import PledgeRow

# £50 at 1.15.
BASE = 5750


@pytest.fixture(autouse=True)
def hall_id(parts: Parts) -> int:
    with parts.database.unit_of_work() as session:
        a_fund(session, slug="strike")
        return a_fund(session, slug="hall").id


@pytest.fixture
def pledge(parts: Parts) -> PledgeRow:
    """£50 that were called out for Britain."""
    return a_pledge(parts, "hall", FIFTY, "GB")


def gift(number: str, amount: Money = FIFTY, section: str = "") -> GiftRequest:
    return GiftRequest("a-form-of-today", amount, section, pledge=number)


def donations(parts: Parts) -> list[DonationRow]:
    with parts.database.reading() as session:
        query = select(DonationRow).options(undefer("*")).order_by(DonationRow.id)
        return list(session.scalars(query))


def pay(parts: Parts) -> None:
    """Let the newest donation be paid on its page."""
    row = donations(parts)[-1]
    paid = Payment(row.token, row.amount, row.currency.lower())
    tell_and_settle(parts, event(paid.session()), event(paid.charge()))


def test_a_gift_that_pays_a_promise_moves_received_and_not_the_number(
    parts: Parts, pledge: PledgeRow, hall_id: int
) -> None:
    before = whole(parts, hall_id)
    give(parts, "hall", gift(pledge.number))
    pay(parts)

    after = whole(parts, hall_id)
    assert before == Totals(pledged=BASE, pledges=1)
    assert after == Totals(received=BASE, donations=1, pledges=1)
    assert show_pledge(parts, pledge.token).standing.is_paid
    assert verify(parts).broken == ()


def test_what_is_over_paid_is_a_gift(parts: Parts, pledge: PledgeRow, hall_id: int) -> None:
    give(parts, "hall", gift(pledge.number, Money(6000, "GBP")))
    pay(parts)

    assert whole(parts, hall_id) == Totals(received=6900, donations=1, pledges=1)


@pytest.mark.parametrize("write", [str, str.lower, spoken, reference])
def test_a_number_is_found_however_it_is_typed(
    parts: Parts, pledge: PledgeRow, write: type[str]
) -> None:
    give(parts, "hall", gift(write(pledge.number)))

    (row,) = donations(parts)
    assert (row.pledge_id, row.reference, row.reference_key) == (pledge.id, None, None)


def test_it_takes_the_promises_section_and_rate(parts: Parts, pledge: PledgeRow) -> None:
    set_rates(parts, "hall", {"GBP": Rate.parse("1.30")}, source="test")

    give(parts, "hall", gift(pledge.number, section="CH"))

    (row,) = donations(parts)
    assert row.section_id == pledge.section_id
    assert (row.rate_mantissa, row.rate_scale) == (115, 2)


@pytest.mark.parametrize("rate", ["0.50", "2.00"])
def test_no_refusal_tells_which_numbers_there_are(
    parts: Parts, pledge: PledgeRow, rate: str
) -> None:
    set_rates(parts, "hall", {"GBP": Rate.parse(rate)}, source="test")
    with parts.database.reading() as session:
        most = largest_gift(funds.by_slug(session, "hall"), Rate.parse(rate), "GBP")

    for number in (pledge.number, "AAAAAAAA"):
        with pytest.raises(InvalidAmount):
            give(parts, "hall", gift(number, replace(most, minor=most.minor + 1)))
        assert give(parts, "hall", gift(number, most)).url


def test_a_currency_that_neither_table_has_is_refused(parts: Parts, pledge: PledgeRow) -> None:
    with pytest.raises(NoRate):
        give(parts, "hall", gift(pledge.number, Money(5000, "USD")))


@pytest.mark.parametrize(
    "typed", ["AAAAAAAA", "promised in the hall", "  the £50 of  Anna ", "x" * 300]
)
def test_an_unknown_number_never_stops_a_gift_and_is_kept_for_the_treasurer(
    parts: Parts, typed: str
) -> None:
    started = give(parts, "hall", gift(typed, section="GB"))
    pay(parts)

    (row,) = donations(parts)
    assert started.url
    assert row.pledge_id is None
    assert row.reference == typed[:80].strip()
    assert row.kept == 5000
    assert outcome(parts, "hall", started.session_id).for_promise


def test_what_cannot_stand_on_a_page_is_left_out(parts: Parts) -> None:
    give(parts, "hall", gift("K7\u202eQP"))

    (row,) = donations(parts)
    assert (row.reference, row.reference_key) == (None, None)


def test_a_promise_that_is_withdrawn_or_of_another_fund_is_unknown(
    parts: Parts, pledge: PledgeRow
) -> None:
    other = a_pledge(parts, "strike", FIFTY)
    cancel_pledge(parts, Shown(pledge.token, pledge.version), Scope.everything())

    for number in (other.number, pledge.number):
        give(parts, "hall", gift(number))

    assert [row.pledge_id for row in donations(parts)] == [None, None]


def test_the_same_form_twice_pays_once(parts: Parts, pledge: PledgeRow, hall_id: int) -> None:
    first = give(parts, "hall", gift(pledge.number))
    assert give(parts, "hall", gift(pledge.number)) == first
    pay(parts)
    again = give(parts, "hall", gift(pledge.number))

    assert again.url is None
    assert len(donations(parts)) == 1
    assert whole(parts, hall_id).received == BASE


def test_another_number_is_another_gift(parts: Parts, pledge: PledgeRow) -> None:
    give(parts, "hall", gift(pledge.number))
    give(parts, "hall", gift(""))

    assert [row.pledge_id for row in donations(parts)] == [pledge.id, None]


def test_a_promise_is_paid_after_the_closing_where_a_gift_is_refused(
    parts: Parts, pledge: PledgeRow
) -> None:
    with parts.database.unit_of_work() as session:
        funds.locked(session, "hall").status = "closed"

    give(parts, "hall", replace(gift(pledge.number), page=pledge.token))

    assert [row.pledge_id for row in donations(parts)] == [pledge.id]
    with pytest.raises(FundClosed):
        give(parts, "hall", replace(gift(""), attempt="another-form"))


def test_then_its_page_pays_it_and_a_number_tells_nobody_whether_there_is_one(
    parts: Parts, pledge: PledgeRow
) -> None:
    with parts.database.unit_of_work() as session:
        funds.locked(session, "hall").status = "closed"

    for number in (pledge.number, "AAAAAAAA"):
        with pytest.raises(FundClosed):
            give(parts, "hall", gift(number))


def test_a_page_of_another_fund_pays_nothing_here(parts: Parts, pledge: PledgeRow) -> None:
    other = a_pledge(parts, "strike", FIFTY)

    for attempt, page in (("one-form", other.token), ("another-form", "no page at all")):
        give(parts, "hall", replace(gift(""), attempt=attempt, page=page))

    assert [row.pledge_id for row in donations(parts)] == [None, None]


def test_one_form_asks_for_one_number_only(parts: Parts, pledge: PledgeRow) -> None:
    wrong = reference("AAAAAAAA")

    give(parts, "hall", gift(f"{wrong} {reference(pledge.number)}"))
    give(parts, "hall", gift(f"{wrong} " * 3000 + reference(pledge.number)))

    assert [row.pledge_id for row in donations(parts)] == [None, None]


def test_but_not_while_the_fund_is_paused(parts: Parts, pledge: PledgeRow) -> None:
    with parts.database.unit_of_work() as session:
        funds.locked(session, "hall").status = "paused"

    with pytest.raises(FundPaused):
        give(parts, "hall", gift(pledge.number))


def test_who_paid_is_told_what_is_still_open(parts: Parts, pledge: PledgeRow) -> None:
    started = give(parts, "hall", gift(pledge.number, Money(2000, "GBP")))
    before = outcome(parts, "hall", started.session_id)
    pay(parts)
    after = outcome(parts, "hall", started.session_id)

    assert before.pledge == PaidPledge(pledge.token, FIFTY)
    assert after.pledge == PaidPledge(pledge.token, Money(3000, "GBP"))
    assert after.for_promise
