from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.ledger import Account, Journal, totals
from fundtracker.domain.money import Money
from fundtracker.domain.pledge_postings import Part, Promise, change
from fundtracker.domain.postings import Gift
from fundtracker.domain.postings import given as arrived
from fundtracker.domain.rates import Rate
from fundtracker.domain.totals import Totals
from tests.support.books import example, lines

if TYPE_CHECKING:
    from collections.abc import Iterable

FRANCS, PESOS = Rate.parse("1.05"), Rate.parse("0.00098")
PLEDGE = Promise(
    fund=1, section=2, currency="CHF", promised=100_000, base_currency="EUR", rate=FRANCS
)
BY_BANK = Gift(1, 2, "postfinance", "CHF", 60_000, "EUR", FRANCS, 0, Account.BANK)
BY_CARD = Gift(1, 2, "main", "EUR", 45_000, "EUR", Rate.ONE)


def pay(promise: Promise, gift: Gift, source: str) -> tuple[Promise, list[Journal]]:
    """A gift for a pledge: it arrives, and pays what is open."""
    part = promise.part_of(Money(gift.amount, gift.currency), gift.base(gift.amount))
    paid = promise.paying(part)
    memo = change(promise, paid, source, "allocated")
    return paid, [arrived(gift, source), *([memo] if memo else [])]


def made(promise: Promise) -> Journal:
    journal = change(None, promise, "pledge-1", "promised")
    assert journal is not None
    return journal


def headline(journals: Iterable[Journal]) -> int:
    sums = totals(entry for journal in journals for entry in journal.entries)
    whole = sum(sums.values(), Totals())
    return whole.received + whole.pledged


def test_a_thousand_francs_are_promised() -> None:
    promised = made(PLEDGE)

    assert lines([promised]) == example("pledged CHF +1000.00 [+1050.00] | promises CHF -1000.00")
    assert headline([promised]) == 105_000


def test_six_hundred_of_them_by_bank_leave_the_headline_where_it_was() -> None:
    _, paid = pay(PLEDGE, BY_BANK, "line-7")

    assert lines(paid) == example(
        """bank CHF +600.00 | gifts CHF -600.00 [-630.00]
           pledged CHF -600.00 [-630.00] | promises CHF +600.00"""
    )
    assert headline([made(PLEDGE), *paid]) == 105_000


def test_more_than_is_left_by_card_raises_it_by_what_is_over_paid() -> None:
    promise, first = pay(PLEDGE, BY_BANK, "line-7")
    promise, second = pay(promise, BY_CARD, "pi_1")

    assert lines(second) == example(
        """stripe_clearing EUR +450.00 | gifts EUR -450.00 [-450.00]
           pledged CHF -400.00 [-420.00] | promises CHF +400.00"""
    )
    assert headline([made(PLEDGE), *first, *second]) == 108_000
    assert promise.paid == promise.promised
    assert promise.open_base == 0


def test_money_for_a_pledge_that_is_paid_is_a_gift_and_no_more() -> None:
    promise, _ = pay(PLEDGE, replace(BY_BANK, amount=100_000), "line-7")

    assert promise.part_of(Money(1, "EUR"), 1) == Part(0, 0)
    assert change(promise, promise, "pi_2", "allocated") is None


def test_a_part_in_another_currency_pays_what_it_is_worth() -> None:
    promise, paid = pay(PLEDGE, replace(BY_CARD, amount=10_500), "pi_1")

    assert promise.paid == 10_000
    assert headline([made(PLEDGE), *paid]) == 105_000


def test_whether_a_pledge_is_paid_is_decided_in_its_own_currency() -> None:
    """A rest of base stays until the fund's close: 3 × 0.49 is 1 cent less than 1.48."""
    promise = Promise(1, 2, "CLP", 1508, "EUR", PESOS)
    coin = Gift(1, 2, "main", "CLP", 503, "EUR", PESOS)
    journals = [made(promise)]
    for number, amount in enumerate([503, 503, 502]):
        promise, paid = pay(promise, replace(coin, amount=amount), f"pi_{number}")
        journals += paid

    assert promise.paid == 1508
    assert promise.open_base == 1
    assert headline(journals) == 148


def test_pesos_are_counted_as_pesos_though_their_base_is_rounded() -> None:
    promise = Promise(1, 2, "CLP", 100_000, "EUR", PESOS)

    assert promise.part_of(Money(50_123, "CLP"), 4912) == Part(50_123, 4912)


def test_what_is_being_checked_is_a_layer_of_its_own_until_it_is_confirmed() -> None:
    unconfirmed = replace(PLEDGE, layer=Account.UNCONFIRMED)
    confirmed = change(unconfirmed, PLEDGE, "pledge-1", "confirmed")

    assert lines([made(unconfirmed)]) == example(
        "unconfirmed CHF +1000.00 [+1050.00] | promises CHF -1000.00"
    )
    assert lines([confirmed]) == example(
        "unconfirmed CHF -1000.00 [-1050.00] | pledged CHF +1000.00 [+1050.00]"
    )


def test_a_pledge_that_is_given_up_loses_its_open_part_and_gets_it_back() -> None:
    promise, paid = pay(PLEDGE, BY_BANK, "line-7")
    given_up = replace(promise, layer=None, expected=False)
    away = change(promise, given_up, "pledge-1", "written_off")
    back = change(given_up, promise, "pledge-1", "reopened")

    assert away is not None
    assert lines([away]) == example("pledged CHF -400.00 [-420.00] | promises CHF +400.00")
    assert lines([back]) == example("pledged CHF +400.00 [+420.00] | promises CHF -400.00")
    assert headline([made(PLEDGE), *paid, away]) == 63_000
    assert given_up.part_of(Money(1, "CHF"), 1) == Part(0, 0)


def test_another_section_gets_what_one_loses() -> None:
    moved = change(PLEDGE, replace(PLEDGE, section=3), "pledge-1", "moved:1")

    assert moved is not None
    sums = totals(moved.entries)
    assert {place: each.pledged for place, each in sums.items()} == {
        (1, 2): -105_000,
        (1, 3): 105_000,
    }


def test_a_reversed_allocation_opens_the_pledge_again() -> None:
    promise, _ = pay(PLEDGE, BY_BANK, "line-7")
    reversed_ = promise.paying(Part(-60_000, -63_000))

    assert reversed_ == PLEDGE
    assert lines([change(promise, reversed_, "line-7", "allocation_reversed")]) == example(
        "pledged CHF +600.00 [+630.00] | promises CHF -600.00"
    )


PARTS = st.lists(
    st.tuples(st.sampled_from(["CHF", "CLP", "EUR"]), st.integers(1, 80_000)), max_size=8
)


@given(promised=st.integers(1, 200_000), parts=PARTS)
def test_a_gift_for_a_pledge_raises_the_headline_by_what_is_over_paid_and_nothing_else(
    promised: int, parts: list[tuple[str, int]]
) -> None:
    promise = replace(PLEDGE, promised=promised)
    rates = {"CHF": FRANCS, "CLP": PESOS, "EUR": Rate.ONE}
    journals, given_base = [made(promise)], 0
    for number, (currency, amount) in enumerate(parts):
        gift = replace(BY_CARD, currency=currency, amount=amount, rate=rates[currency])
        given_base += gift.base(amount)
        promise, paid = pay(promise, gift, f"pi_{number}")
        journals += paid

        assert headline(journals) == max(promise.promised_base, given_base)
        assert 0 <= promise.paid <= promised
        assert promise.open_base == max(0, promise.promised_base - given_base)
