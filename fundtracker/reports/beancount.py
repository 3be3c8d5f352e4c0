"""The journal as Beancount reads it: the same entries under the names that accounting expects.

Our journals balance in each currency by themselves, conversions too, so that no price is needed.
Memo accounts (promises) are not accounting and stay out. An account is opened where it is first
used in the file, on a day before all others: Beancount sorts by day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING
from unicodedata import normalize
from zoneinfo import ZoneInfo

from fundtracker.domain.ledger import Account
from fundtracker.domain.money import Money
from fundtracker.reports.tables import decimals, instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from typing import TextIO

OPENED = "1970-01-01"
# No other part of a name looks like these.
NO_SECTION, NO_HOLDER = "NoSection", "NoHolder"
# Whose money: the Stripe account, the bank account or the bag stands last in the account's name.
_HELD = {
    Account.STRIPE_CLEARING: "Assets:Stripe:Clearing",
    Account.STRIPE: "Assets:Stripe:Balance",
    Account.PAYOUT_TRANSIT: "Assets:Payout-Transit",
    Account.BANK: "Assets:Bank",
    Account.CASH: "Assets:Cash",
    Account.REMITTANCE_TRANSIT: "Assets:Remittance-Transit",
    Account.EXCHANGE: "Equity:Exchange",
    Account.FEE_COVER: "Income:Fee-Cover",
    Account.FEES: "Expenses:Fees",
    Account.LOSS: "Expenses:Loss",
    Account.SUSPENSE: "Equity:Suspense",
}
# For what and by whom it was given: fund and section stand last.
_GIVEN = {
    Account.GIFTS: "Income:Gifts",
    Account.GIFTS_RETURNED: "Income:Gifts-Returned",
}
MEMO = frozenset(Account) - _HELD.keys() - _GIVEN.keys()
# What becomes a part of a name by nothing but a capital letter in front.
_CODE = re.compile(r"[A-Z][A-Z0-9]*", re.ASCII)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_DIGEST = 6


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of a transaction; `base` in minor units of the fund's currency, None uncounted."""

    account: str
    holder: str
    section: str
    currency: str
    amount: int
    base: int | None


@dataclass(frozen=True, slots=True)
class Transaction:
    """A journal of ours; `fund`, `section` and `donation` are empty where there is none."""

    id: int
    booked_at: datetime
    source: str
    kind: str
    fund: str
    fund_currency: str
    timezone: str
    section: str
    donation: str
    actor: str
    postings: tuple[Posting, ...]


def write_beancount(
    title: str,
    facts: Iterable[tuple[str, str]],
    transactions: Iterable[Transaction],
    file: TextIO,
) -> int:
    """Write transactions, and return how many; those of memo accounts alone are left out."""
    file.writelines(f"; {_line(name)}: {_line(text)}\n" for name, text in facts)
    file.write(f'option "title" {_quoted(title)}\n')
    known: set[str] = set()
    count = 0
    for each in transactions:
        postings = [one for one in each.postings if Account(one.account) not in MEMO]
        if not postings:
            continue
        file.writelines(
            f'option "operating_currency" {_quoted(name)}\n'
            for name in _new(known, [each.fund_currency])
        )
        file.writelines(
            f"{OPENED} open {name}\n"
            for name in _new(known, [account_name(one, each.fund) for one in postings])
        )
        file.writelines(_written(each, postings))
        count += 1
    return count


def account_name(posting: Posting, fund: str) -> str:
    """Return the account of a posting, by a name that no other account of ours has."""
    kind = Account(posting.account)
    if kind in _GIVEN:
        section = component(posting.section, _CODE, NO_SECTION)
        return f"{_GIVEN[kind]}:{component(fund, _SLUG, NO_HOLDER)}:{section}"
    return f"{_HELD[kind]}:{component(posting.holder, _SLUG, NO_HOLDER)}"


def component(text: str, plain: re.Pattern[str], nothing: str) -> str:
    """Return one part of an account's name: ASCII letters, digits and hyphens, a capital first.

    What does not match `plain` carries a digest, so that no two of ours ever become one.
    """
    if not text:
        return nothing
    ascii_text = normalize("NFKD", text).encode("ascii", "ignore").decode()
    word = re.sub(r"[^A-Za-z0-9]+", "-", ascii_text).strip("-") or "X"
    word = word[0].upper() + word[1:]
    if plain.fullmatch(text):
        return word
    # No plain text has a capital there.
    return f"{word}-X{sha256(text.encode()).hexdigest()[:_DIGEST]}"


def _written(transaction: Transaction, postings: Iterable[Posting]) -> Iterator[str]:
    day = transaction.booked_at.astimezone(ZoneInfo(transaction.timezone)).date()
    marks = [f"#{_mark(tag)}" for tag in (transaction.fund, transaction.section) if tag]
    if transaction.donation:
        # Everything that was ever booked for one donation.
        marks.append(f"^{_mark(transaction.donation)}")
    yield "\n" + " ".join([f"{day} * {_quoted(transaction.kind)}", *marks]) + "\n"
    yield f"  journal: {transaction.id}\n"
    yield f"  source: {_quoted(transaction.source)}\n"
    yield f"  booked_at: {_quoted(instant(transaction.booked_at))}\n"
    yield f"  booked_by: {_quoted(transaction.actor)}\n"
    for one in postings:
        amount = decimals(Money(one.amount, one.currency))
        yield f"  {account_name(one, transaction.fund)}  {amount} {one.currency}\n"
        if one.base is not None:
            counted = decimals(Money(one.base, transaction.fund_currency))
            yield f"    base: {counted} {transaction.fund_currency}\n"


def _mark(text: str) -> str:
    """Write what stands behind # and ^: letters, digits and hyphens."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", text)


def _new(known: set[str], names: Iterable[str]) -> list[str]:
    """Return the names that were not met before, each once, and remember them."""
    new = [name for name in dict.fromkeys(names) if name and name not in known]
    known.update(new)
    return new


def _quoted(text: str) -> str:
    escaped = _line(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _line(text: str) -> str:
    """Keep a text on its line."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
