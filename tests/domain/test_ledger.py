from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.errors import Unbalanced
from fundtracker.domain.ledger import COUNTED, Account, Entry, Journal, balances, entry, totals
from fundtracker.domain.money import Money
from fundtracker.domain.totals import Totals

BANK = Entry(Account.BANK, 600, "CHF")
GIFT = Entry(Account.GIFTS, -600, "CHF", base=-630, fund=7, section=3)


def test_a_journal_sums_to_zero() -> None:
    assert balances(Journal("line", "gift", (BANK, GIFT)).entries) == {"CHF": 0}


@pytest.mark.parametrize(
    "entries",
    [
        (),
        (BANK,),
        (BANK, Entry(Account.FEE_COVER, -599, "CHF")),
        (BANK, Entry(Account.FEE_COVER, -600, "EUR")),
    ],
)
def test_what_does_not_balance_in_each_currency_is_no_journal(entries: tuple[Entry, ...]) -> None:
    with pytest.raises(Unbalanced):
        Journal("line", "gift", entries)


@pytest.mark.parametrize("account", Account)
def test_a_base_stands_on_the_accounts_that_are_counted_and_on_no_other(account: Account) -> None:
    Entry(account, 1, "EUR", base=1 if account in COUNTED else None)

    with pytest.raises(Unbalanced):
        Entry(account, 1, "EUR", base=None if account in COUNTED else 1)


def test_an_entry_that_is_not_counted_belongs_to_nobody_in_particular() -> None:
    assert entry(Account.STRIPE, Money(5, "EUR"), holder="main") == Entry(
        Account.STRIPE, 5, "EUR", holder="main"
    )


def test_totals_are_sums_of_base_by_place() -> None:
    returned = Entry(Account.GIFTS_RETURNED, 200, "CHF", base=210, fund=7, section=3)
    pledge = Entry(Account.PLEDGED, 100, "CHF", base=105, fund=7, section=0)
    checking = Entry(Account.UNCONFIRMED, 9, "EUR", base=9, fund=7, section=0)

    assert totals([BANK, GIFT, returned, pledge, checking]) == {
        (7, 3): Totals(received=420),
        (7, 0): Totals(pledged=105, unconfirmed=9),
    }


def test_money_of_no_fund_is_in_no_total() -> None:
    assert totals([Entry(Account.GIFTS, -1, "EUR", base=-1)]) == {}


ENTRIES = st.lists(
    st.builds(
        lambda account, base, fund, section: Entry(
            account, base, "EUR", base if account in COUNTED else None, fund, section
        ),
        st.sampled_from(Account),
        st.integers(-(10**12), 10**12),
        st.sampled_from([None, 1, 2]),
        st.integers(0, 2),
    )
)


@given(first=ENTRIES, second=ENTRIES)
def test_totals_of_parts_add_up_to_the_totals_of_all(
    first: list[Entry], second: list[Entry]
) -> None:
    apart = [totals(first), totals(second)]

    for place, whole in totals(first + second).items():
        assert whole == sum((part.get(place, Totals()) for part in apart), Totals())
