from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.donations import Back
from fundtracker.domain.facts import TransactionFact
from fundtracker.domain.ledger import Account, Journal, balances, totals
from fundtracker.domain.money import Money
from fundtracker.domain.postings import Gift, returned, settled
from fundtracker.domain.postings import given as arrived
from fundtracker.domain.rates import Rate
from fundtracker.domain.totals import Totals
from tests.support.books import example, lines

GIFT = Gift(
    fund=1,
    section=2,
    holder="main",
    currency="GBP",
    amount=5000,
    base_currency="EUR",
    rate=Rate.parse("1.15"),
)
IN_EUROS = TransactionFact("txn_1", "charge", 5700, 137, 5563, "EUR", "ch_1")
REFUND = Back("re_1", "refund", 2000)
DISPUTE = Back("txn_4", "dispute_withdrawn", 3000)


def moved(gift: Gift, *backs: Back) -> list[Journal]:
    """Book one movement after the other."""
    sums = [sum(back.amount for back in backs[:number]) for number in range(len(backs))]
    return [returned(gift, back, before) for back, before in zip(backs, sums, strict=True)]


def pounds(minor: int) -> Money:
    return Money(minor, "GBP")


def test_fifty_pounds_arrive() -> None:
    assert lines([arrived(GIFT, "pi_1")]) == example(
        "stripe_clearing GBP +50.00 | gifts GBP -50.00 [-57.50]"
    )


def test_the_bank_of_stripe_settles_them_in_euros() -> None:
    assert lines([settled(IN_EUROS, pounds(5000), "main")]) == example(
        """stripe EUR +55.63 | fees EUR +1.37 | exchange EUR -57.00
           exchange GBP +50.00 | stripe_clearing GBP -50.00"""
    )


def test_or_in_pounds() -> None:
    in_pounds = TransactionFact("txn_1", "charge", 5000, 120, 4880, "GBP", "ch_1")

    assert lines([settled(in_pounds, pounds(5000), "main")]) == example(
        "stripe GBP +48.80 | fees GBP +1.20 | stripe_clearing GBP -50.00"
    )


def test_twenty_are_refunded() -> None:
    line = TransactionFact("txn_2", "refund", -2260, 0, -2260, "EUR", "re_1")

    assert lines(moved(GIFT, REFUND)) == example(
        "gifts_returned GBP +20.00 [+23.00] | stripe_clearing GBP -20.00"
    )
    assert lines([settled(line, pounds(-2000), "main")]) == example(
        """stripe_clearing GBP +20.00 | exchange GBP -20.00
           exchange EUR +22.60 | stripe EUR -22.60"""
    )


def test_the_refund_fails_and_all_of_it_is_mirrored() -> None:
    line = TransactionFact("txn_3", "refund_failure", 2260, 0, 2260, "EUR", "re_1")
    _, mirror = moved(GIFT, REFUND, Back("re_1", "refund_failed", -2000))

    assert (mirror.source, mirror.kind) == ("re_1", "refund_failed")
    assert lines([mirror]) == example(
        "gifts_returned GBP -20.00 [-23.00] | stripe_clearing GBP +20.00"
    )
    assert lines([settled(line, pounds(2000), "main")]) == example(
        """stripe_clearing GBP -20.00 | exchange GBP +20.00
           exchange EUR -22.60 | stripe EUR +22.60"""
    )


def test_thirty_are_disputed_with_a_fee() -> None:
    line = TransactionFact("txn_4", "adjustment", -3360, 1500, -4860, "EUR", "du_1")

    assert lines(moved(GIFT, DISPUTE)) == example(
        "gifts_returned GBP +30.00 [+34.50] | stripe_clearing GBP -30.00"
    )
    assert lines([settled(line, pounds(-3000), "main")]) == example(
        """stripe_clearing GBP +30.00 | exchange GBP -30.00
           exchange EUR +33.60 | fees EUR +15.00 | stripe EUR -48.60"""
    )


def test_the_dispute_is_won_and_all_of_it_is_mirrored() -> None:
    line = TransactionFact("txn_5", "adjustment", 3360, -1500, 4860, "EUR", "du_1")
    _, mirror = moved(GIFT, DISPUTE, Back("txn_5", "dispute_reinstated", -3000))

    assert lines([mirror]) == example(
        "gifts_returned GBP -30.00 [-34.50] | stripe_clearing GBP +30.00"
    )
    assert lines([settled(line, pounds(3000), "main")]) == example(
        """stripe_clearing GBP -30.00 | exchange GBP +30.00
           exchange EUR -33.60 | fees EUR -15.00 | stripe EUR +48.60"""
    )


def test_a_payout_leaves() -> None:
    payout = TransactionFact("txn_6", "payout", -90000, 0, -90000, "EUR", "po_1")

    assert lines([settled(payout, None, "main")]) == example(
        "payout_transit EUR +900.00 | stripe EUR -900.00"
    )


@pytest.mark.parametrize("kind", ["payout_failure", "payout_cancel"])
def test_a_payout_that_did_not_arrive_comes_back(kind: str) -> None:
    back = TransactionFact("txn_7", kind, 90000, 0, 90000, "EUR", "po_1")

    assert lines([settled(back, None, "main")]) == example(
        "payout_transit EUR -900.00 | stripe EUR +900.00"
    )


def test_the_donor_covers_the_fee() -> None:
    assert lines([arrived(replace(GIFT, cover=120), "pi_1")]) == example(
        "stripe_clearing GBP +51.20 | gifts GBP -50.00 [-57.50] | fee_cover GBP -1.20"
    )


def test_money_goes_back_from_the_gift_first_then_from_the_cover_then_as_a_loss() -> None:
    covered = replace(GIFT, cover=120)

    assert lines(moved(covered, Back("re_1", "refund", 5000))) == example(
        "gifts_returned GBP +50.00 [+57.50] | stripe_clearing GBP -50.00"
    )
    assert lines(moved(covered, Back("du_1", "dispute_withdrawn", 5300))) == example(
        """gifts_returned GBP +50.00 [+57.50] | fee_cover GBP +1.20 | loss GBP +1.80
           stripe_clearing GBP -53.00"""
    )


def test_six_hundred_francs_arrive_at_the_bank() -> None:
    francs = Gift(1, 2, "postfinance", "CHF", 60000, "EUR", Rate.parse("1.05"), 0, Account.BANK)

    assert lines([arrived(francs, "line-7")]) == example(
        "bank CHF +600.00 | gifts CHF -600.00 [-630.00]"
    )


def test_fifty_thousand_chilean_pesos_have_no_cents() -> None:
    pesos = Gift(1, 2, "main", "CLP", 50000, "EUR", Rate.parse("0.00098"))

    assert lines([arrived(pesos, "pi_1")]) == example(
        "stripe_clearing CLP +50000 | gifts CLP -50000 [-49.00]"
    )


def test_what_a_line_cannot_explain_goes_to_suspense() -> None:
    unknown = TransactionFact("txn_8", "climate_order", -500, 0, -500, "EUR", "ord_1")
    odd = TransactionFact("txn_9", "charge", 4990, 120, 4870, "GBP", "ch_1")

    assert lines([settled(unknown, None, "main")]) == example(
        "stripe EUR -5.00 | suspense EUR +5.00"
    )
    assert lines([settled(odd, pounds(5000), "main")]) == example(
        """stripe GBP +48.70 | fees GBP +1.20 | stripe_clearing GBP -50.00
           suspense GBP +0.10"""
    )


def test_a_line_that_moves_nothing_books_nothing() -> None:
    nothing = TransactionFact("txn_10", "adjustment", 0, 0, 0, "EUR", None)

    assert settled(nothing, None, "main") is None


def test_a_gift_without_a_rate_is_never_counted_as_if_it_were_one() -> None:
    with pytest.raises(ValueError, match="without a rate"):
        arrived(replace(GIFT, rate=None), "pi_1")


RATES = st.builds(Rate, st.integers(1, 10**6), st.integers(0, 6))
GIFTS = st.builds(
    Gift,
    fund=st.just(1),
    section=st.integers(0, 3),
    holder=st.just("main"),
    currency=st.sampled_from(["GBP", "CLP", "KWD", "EUR"]),
    amount=st.integers(1, 10**9),
    base_currency=st.sampled_from(["EUR", "JPY"]),
    rate=RATES,
    cover=st.integers(0, 10**4),
)


@given(gift=GIFTS, data=st.data())
def test_whatever_goes_back_in_whatever_parts_what_is_left_is_the_base_of_what_is_kept(
    gift: Gift, data: st.DataObject
) -> None:
    journals, gone = [arrived(gift, "pi_1")], 0
    for number in range(data.draw(st.integers(0, 6))):
        amount = data.draw(st.integers(-gone, 2 * gift.charged).filter(bool))
        journals.append(returned(gift, Back(f"re_{number}", "refund", amount), gone))
        gone += amount
    entries = [entry for journal in journals for entry in journal.entries]
    kept = gift.kept(gone)

    assert all(not any(balances(journal.entries).values()) for journal in journals)
    assert totals(entries) == {(1, gift.section): Totals(received=gift.base(kept))}
    assert 0 <= kept <= gift.amount
    standing = dict.fromkeys(Account, 0)
    for entry in entries:
        standing[entry.account] += entry.amount
    assert standing[Account.STRIPE_CLEARING] == gift.charged - gone
    assert standing[Account.GIFTS] + standing[Account.GIFTS_RETURNED] == -kept
    assert standing[Account.LOSS] == max(0, gone - gift.charged)


@given(gift=GIFTS)
def test_a_gift_given_back_whole_ends_at_nothing(gift: Gift) -> None:
    back = returned(gift, Back("re_1", "refund", gift.charged), 0)
    entries = arrived(gift, "pi_1").entries + back.entries

    assert totals(entries) == {(1, gift.section): Totals()}
    assert sum(entry.amount for entry in entries if entry.account == gift.arrives) == 0
