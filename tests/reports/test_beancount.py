from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from beancount import loader
from beancount.core import data, inventory, realization
from hypothesis import given
from hypothesis import strategies as st

from fundtracker.domain.ledger import Account
from fundtracker.reports.beancount import (
    Posting,
    Transaction,
    account_name,
    write_beancount,
)
from tests.reports.lines import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Sequence

LATE = datetime(2026, 6, 12, 22, 30, tzinfo=UTC)


def posting(
    account: str, amount: int, currency: str = "GBP", base: int | None = None, **fields: str
) -> Posting:
    given: dict[str, Any] = {"holder": "main", "section": ""} | fields
    return Posting(account, given["holder"], given["section"], currency, amount, base)


def transaction(*postings: Posting, **fields: Any) -> Transaction:  # noqa: ANN401 - whatever it has
    given: dict[str, Any] = {
        "id": 7,
        "booked_at": LATE,
        "source": "pi_1",
        "kind": "gift",
        "fund": "conference",
        "fund_currency": "EUR",
        "timezone": "Europe/Zurich",
        "section": "GB",
        "donation": "Ab-1_x",
        "actor": "worker",
        "postings": postings,
    }
    return Transaction(**given | fields)


GIFT = transaction(
    posting("stripe_clearing", 5000), posting("gifts", -5000, base=-5750, section="GB")
)
CONVERSION = transaction(
    posting("stripe", 5563, "EUR"),
    posting("fees", 137, "EUR"),
    posting("exchange", -5700, "EUR"),
    posting("exchange", 5000),
    posting("stripe_clearing", -5000),
    kind="settlement",
)


def written(*transactions: Transaction) -> str:
    file = io.StringIO()
    write_beancount("Journals", [("Filters", "none")], transactions, file)
    return file.getvalue()


def loaded(text: str) -> Sequence[Any]:
    entries, errors, _ = loader.load_string(text)
    assert errors == []
    return list(entries)


def balances(text: str) -> dict[tuple[str, str], Decimal]:
    """Return what Beancount makes of a file, by account and currency."""
    found = {}
    for account in realization.iter_children(  # type: ignore[no-untyped-call]
        realization.realize(loaded(text))  # type: ignore[no-untyped-call]
    ):
        assert isinstance(account.balance, inventory.Inventory)
        for each in account.balance:
            found[account.account, each.units.currency] = each.units.number
    return found


def test_beancount_reads_a_gift_and_its_conversion() -> None:
    assert balances(written(GIFT, CONVERSION)) == {
        ("Assets:Stripe:Balance:Main", "EUR"): Decimal("55.63"),
        ("Equity:Exchange:Main", "EUR"): Decimal("-57.00"),
        ("Equity:Exchange:Main", "GBP"): Decimal("50.00"),
        ("Expenses:Fees:Main", "EUR"): Decimal("1.37"),
        ("Income:Gifts:Conference:GB", "GBP"): Decimal("-50.00"),
    }


def test_a_transaction_carries_what_it_is_of() -> None:
    (each,) = [entry for entry in loaded(written(GIFT)) if isinstance(entry, data.Transaction)]

    # Half past midnight where the fund is.
    assert each.date == date(2026, 6, 13)
    assert each.narration == "gift"
    assert each.tags == {"conference", "GB"}
    assert each.links == {"Ab-1_x"}
    assert each.meta["journal"] == 7
    assert each.meta["source"] == "pi_1"
    assert each.meta["booked_at"] == "2026-06-12T22:30:00Z"
    assert [str((one.meta or {}).get("base")) for one in each.postings] == ["None", "-57.50 EUR"]


def test_the_file_says_of_what_it_is_and_opens_each_account_once() -> None:
    text = written(GIFT, GIFT)

    assert text.startswith('; Filters: none\noption "title" "Journals"\n')
    assert text.count('option "operating_currency" "EUR"') == 1
    assert text.count("open Assets:Stripe:Clearing:Main") == 1


def test_promises_are_no_accounting() -> None:
    promise = transaction(posting("pledged", 100, base=115), posting("promises", -100))
    mixed = replace(GIFT, postings=(*GIFT.postings, *promise.postings))

    assert write_beancount("", [], [promise], io.StringIO()) == 0
    assert balances(written(mixed)) == balances(written(GIFT))


def test_a_journal_of_the_whole_house_has_no_fund() -> None:
    payout = transaction(
        posting("payout_transit", 900, "EUR"),
        posting("stripe", -900, "EUR"),
        fund="",
        fund_currency="",
        section="",
        donation="",
        timezone="UTC",
    )

    (each,) = [entry for entry in loaded(written(payout)) if isinstance(entry, data.Transaction)]

    assert (each.tags, each.links) == (frozenset(), frozenset())


@pytest.mark.parametrize("text", [*HOSTILE, 'a"b', "back\\slash", "two\nlines", "; comment"])
def test_whatever_stands_in_a_text_stays_a_text(text: str) -> None:
    hostile = transaction(
        posting("bank", 100, holder=text),
        posting("gifts", -100, base=-115, section="GB"),
        source=text,
        actor=text,
        kind=text,
    )

    (each,) = [entry for entry in loaded(written(hostile)) if isinstance(entry, data.Transaction)]

    assert each.narration == "".join(c if c.isprintable() else " " for c in text)


LIKE = ("main", "Main", "MAIN", "x-1", "NoHolder", "noholder")
texts = st.text(max_size=30) | st.sampled_from(LIKE)


@given(st.lists(texts, unique=True, min_size=1, max_size=8))
def test_no_two_holders_share_an_account_and_all_are_names(holders: list[str]) -> None:
    postings = [posting("bank", 100, holder=holder) for holder in holders]
    back = posting("gifts", -100 * len(holders), base=0)

    found = loaded(written(transaction(*postings, back)))

    opened = [each.account for each in found if isinstance(each, data.Open)]
    assert len(opened) == len(holders) + 1


@given(st.sets(texts, max_size=8))
def test_no_two_sections_share_an_account(sections: set[str]) -> None:
    names = {account_name(posting("gifts", 1, base=1, section=each), "f") for each in sections}

    assert len(names) == len(sections)


def test_every_account_of_ours_has_a_name_or_is_a_memo() -> None:
    memo = {Account.PLEDGED, Account.UNCONFIRMED, Account.PROMISES}
    names = {account_name(posting(each, 1), "f") for each in Account if each not in memo}

    assert len(names) == len(Account) - len(memo)
